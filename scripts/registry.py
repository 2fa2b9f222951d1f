"""Compares the public functions of ohem-core with the registry of operations, and with ohem-std.

registry.py CORE.json STD.json REGISTRY [--list]: see scripts/registry.sh.
"""

import json
import re
import sys
from pathlib import Path

EXPERT = "kernel"
SOURCES = Path("crates/ohem-testkit/src")

# Arguments that std lacks, because it returns their contents, or owns the memory. `*` is any function.
OUTPUTS = {
    "storage": ["*"],  # memory
    "candidates": [],
    "out": ["*"],  # the result
    "losses": [
        "loss::cross_entropy_planes",
        "loss::binary_cross_entropy",
        "loss::cross_entropy",
        "loss::probability_cross_entropy",
        "loss::sigmoid_cross_entropy",
        "loss::regression_losses",
    ],
    "indices": ["rank::top_k"],  # all of them take part
    "kept": ["rules::segmentation::by_loss", "rules::segmentation::by_probability"],
    "selected_of": ["rules::rfcn"],  # images are numbered by std
    "labels": ["targets::label"],
    "boxes": ["targets::decode"],
    "targets": ["targets::encode"],
    "overlaps": ["targets::assign", "targets::assign_batch", "targets::assign_own"],
    "matches": ["targets::assign", "targets::assign_batch", "targets::assign_own"],
    "memory": ["targets::sample", "targets::split"],
    "floats": ["iou::BoxColumns::new"],
    "ranks": ["rules::pisa"],  # memory
    "weights": ["rules::pisa"],
}

# Arguments that std has in place of the length of an output, or of a capacity in a type.
LENGTHS = {"gather::mask": ["len"], "merge::merge": ["len"], "merge::Stream::new": ["len"]}

# Functions that std lacks, with the reason.
ONLY_CORE = {
    "Miner::start": "in steps, for a control loop",
    "Miner::with_storage": "over memory that std owns",
    "Mining::finish": "in steps, for a control loop",
    "Mining::selected": "in steps, for a control loop",
    "Mining::step": "in steps, for a control loop",
    "Nms::with_storage": "over memory that std owns",
    "iou::BoxColumns::floats": "the length of memory that std owns",
    "merge::TopBatch::with_buffers": "over memory that std owns",
}


class Crate:
    """What rustdoc says of a crate: its functions by their identity, with every path that leads to them."""

    def __init__(self, path, others=()):
        document = json.loads(Path(path).read_text())
        self.index, self.known = document["index"], document["paths"]
        self.others = {other.name: other for other in others}
        self.name = self.index[str(document["root"])]["name"]
        self.functions, self.items, self.errors = {}, {}, set()
        self.public = {}  # the first public path of each item, by the path where it is defined
        self.walk(document["root"], "")

    def item(self, identity):
        return self.index.get(str(identity))

    def walk(self, identity, path):
        item = self.item(identity)
        if item is None:
            return self.foreign(identity, path)
        if any("hidden" in str(attribute) for attribute in item["attrs"]):
            return
        (kind, inner), = item["inner"].items()
        if str(identity) in self.known:
            self.public.setdefault("::".join(self.known[str(identity)]["path"]), path)
        if kind == "use":
            self.walk(inner["id"], join(parent(path), inner["name"]))
        elif kind == "module":
            for child in inner["items"]:
                self.child(child, path)
        elif kind == "function":
            self.function(item, path)
        elif kind in ("struct", "enum", "union"):
            self.items[path] = kind
            self.methods(inner, path)
        elif kind == "trait":
            self.items[path] = kind
            for child in inner["items"]:
                self.child(child, path)
        elif kind == "type_alias":
            self.items[path] = kind
            target = inner["type"].get("resolved_path")
            aliased = self.item(target["id"]) if target else None
            if aliased and "struct" in aliased["inner"]:
                self.methods(aliased["inner"]["struct"], path)
            elif target:
                self.foreign(target["id"], path)
        elif kind in ("constant", "static", "macro"):
            self.items[path] = kind

    def child(self, identity, path):
        item = self.item(identity)
        if item is None:
            return
        in_trait = "trait" in str(self.items.get(path))
        if item["visibility"] == "public" or in_trait:
            name = item["inner"].get("use", {}).get("name") or item["name"]
            self.walk(identity, join(path, name))

    def methods(self, inner, path):
        for identity in inner["impls"]:
            block = self.item(identity)["inner"]["impl"]
            if block["trait"] is None:
                for child in block["items"]:
                    self.child(child, path)
            elif block["trait"]["path"].split("::")[-1] == "Error":
                self.errors.add(parent_of_impl(block))

    def function(self, item, path):
        entry = self.functions.setdefault(item["id"], {"item": item["inner"]["function"], "paths": []})
        if path not in entry["paths"]:
            entry["paths"].append(path)

    def foreign(self, identity, path):
        """Takes over the items re-exported from another crate."""
        known = self.known.get(str(identity))
        other = self.others.get(known["path"][0]) if known else None
        old = other.public.get("::".join(known["path"])) if other else None
        for function in other.functions.values() if old else ():
            for path_there in function["paths"]:
                if path_there == old or path_there.startswith(old + "::"):
                    new = path + path_there[len(old):]
                    self.functions.setdefault((other.name, new), {"item": function["item"], "paths": [new]})

    def by_path(self):
        return {path: function for function in self.functions.values() for path in function["paths"]}


def join(path, name):
    return f"{path}::{name}" if path else name


def parent(path):
    return path.rpartition("::")[0]


def parent_of_impl(block):
    return block["for"].get("resolved_path", {}).get("path", "")


def is_expert(path):
    return path.split("::")[0] == EXPERT


def arguments(function):
    return [name for name, _ in function["item"]["sig"]["inputs"]]


def type_parameters(function):
    return [p["name"] for p in function["item"]["generics"]["params"] if "type" in p["kind"]]


def shows_token(function):
    """Whether a function names an instruction set."""
    shown = json.dumps([function["item"]["sig"], function["item"]["generics"]])
    return re.search(r'"(path|name)": "([A-Za-z_:]*::)?(Simd|Portable|Scalar)"', shown) is not None


def read_registry(path):
    """The paths that each operation names, and the file of the operation."""
    operations = {}
    for line in Path(path).read_text().splitlines():
        kind, name, covers = line.split("\t")
        modules = kind.split("::")[1:-1]
        operations[name] = (SOURCES.joinpath(*modules).with_suffix(".rs"), covers.split())
    return operations


def called(file):
    """The words of the code of an entry, strings and comments left out, and of what it shares with others."""
    words = set()
    shared = [SOURCES / "registry" / name for name in ("sink.rs", "table.rs")]
    while file.is_relative_to(SOURCES):
        shared.append(file)
        file = file.parent.with_suffix(".rs")
    for source in shared:
        code = re.sub(r"//[^\n]*", "", source.read_text())
        words.update(re.findall(r"\w+", re.sub(r'"(\\.|[^"\\])*"', "", code)))
    return words


def registered(core, operations, tell):
    """Compares the functions of core with those of the entries."""
    by_path, covered = core.by_path(), {}
    for name, (file, covers) in operations.items():
        words = called(file)
        for path in covers:
            if path not in by_path:
                tell(f"{name}: there is no function {path} in ohem-core")
                continue
            if path.split("::")[-1] not in words:
                tell(f"{name}: {path} is named, but {file} does not call it")
            covered.setdefault(id(by_path[path]), []).append(name)
    for function in core.functions.values():
        if id(function) not in covered:
            tell(f"{function['paths'][0]} is in no entry of the registry")
    return covered


def plain(core, tell):
    """Outside the expert module, functions show at most two type parameters and no instruction set."""
    for function in core.functions.values():
        path = function["paths"][0]
        if is_expert(path):
            continue
        if len(type_parameters(function)) > 2:
            tell(f"{path} shows {len(type_parameters(function))} type parameters: at most 2 outside {EXPERT}")
        if shows_token(function):
            tell(f"{path} shows an instruction set, which belongs in {EXPERT}")


def outputs(path):
    return {name for name, paths in OUTPUTS.items() if "*" in paths or path in paths}


def in_std(core, std, tell):
    """Each function of core has its like in std, with the same arguments in the same order."""
    by_path, compared = std.by_path(), 0
    for function in core.functions.values():
        paths = [path for path in function["paths"] if not is_expert(path)]
        if not paths or any(path in ONLY_CORE for path in paths):
            continue
        path = next((path for path in paths if path in by_path), None)
        if path is None:
            tell(f"ohem-std has no {' or '.join(paths)}")
            continue
        compared += 1
        ours, theirs = arguments(function), arguments(by_path[path])
        added = [name for name in theirs if name not in ours]
        kept = [name for name in ours if name in theirs]
        missing = [name for name in ours if name not in theirs and name not in outputs(path)]
        if missing or added != LENGTHS.get(path, []) or kept + added != theirs:
            tell(f"{path}({', '.join(ours)}) of ohem-core is {path}({', '.join(theirs)}) in ohem-std")
    for path in ONLY_CORE:
        if path not in core.by_path():
            tell(f"there is no {path} in ohem-core, though {Path(__file__).name} says so")
    return compared


def main():
    core = Crate(sys.argv[1])
    std = Crate(sys.argv[2], [core])
    operations = read_registry(sys.argv[3])
    faults = []
    covered = registered(core, operations, faults.append)
    plain(core, faults.append)
    compared = in_std(core, std, faults.append)
    for fault in faults:
        print(f"registry: {fault}")
    if "--list" in sys.argv:
        for function in core.functions.values():
            print(f"{function['paths'][0]:<56} {' '.join(covered.get(id(function), []))}")
    expert = sum(is_expert(function["paths"][0]) for function in core.functions.values())
    types = [path for path in core.items if not is_expert(path) and not path.startswith("error::")]
    print(f"registry: {len(operations)} operations cover {len(covered)} of {len(core.functions)} public functions")
    print(f"registry: ohem-core has {len(core.functions) - expert} functions and {len(types)} types, traits and"
          f" aliases outside {EXPERT}, {expert} functions in it, {len(core.errors)} error types")
    print(f"registry: {compared} functions have the same path and arguments in ohem-std")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
