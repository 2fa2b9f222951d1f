"""A random table with random options, see scripts/tables.sh."""

import csv
import gzip
import io
import json
import os
import random
import struct
import zlib

OLD = b"old content"

NUMBERS = """0 -0 1 -1 2 7 5e-324 -5e-324 1e-310 2.2250738585072014e-308 1e-45 1e-38 1e-100 1e-16 0.1 0.5 99 9999999 1e7
-1e7 1e10 1e16 1e38 3.5e38 1e300 1.7976931348623157e308 -1.7976931348623157e308 inf -inf nan -nan 1e999""".split()
LOSSES = [number for number in NUMBERS if "nan" not in number]
NAMES = ["0", "1", "1.0", "-1", "-1.0", "2", "007", "cat", "dog", "background", "bg", "<a>&\"'", "\x1b[2J", "\u202e\u2028",
         "\u0085\u009b", "\ufffe\uffff", "e\u0301\u0301", "\U0001f468\u200d\U0001f52c", "a\nb", "x" * 300, "1e5", "p0"]

# Names that files can have.
FILES = ["0", "1", "2", "007", "cat", "<a>&\"'", "\x1b[2J", "e\u0301\u0301", "a b", "x.y"]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height):
    rows = b"".join(b"\0" + bytes((x * 7 + y * 5) % 256 for x in range(3 * width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PHOTO = png(64, 48)


class Case:
    """A table, its options, and the files that they name. All of it follows from the seed and the number."""

    def __init__(self, seed, number, folder):
        self.random = random.Random(f"{seed} {number}")
        self.folder = folder
        self.has_scores = self.chance(0.12)
        self.images = []
        self.table = self.make_table()
        self.killed_after = self.random.random() * 0.1 if self.chance(0.04) else None
        self.results = {}  # path of a result, with its old content or None
        self.arguments = ["mine"] + self.source() + self.options()

    def usually(self, share):
        """A chance that is small for detections."""
        return self.chance(share * (0.1 if self.has_scores else 1))

    def chance(self, share):
        return self.random.random() < share

    def pick(self, *choices):
        return self.random.choice(choices)

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    # The table.

    def number(self, numbers):
        kind = self.random.randrange(4)
        if kind == 0:
            return self.random.choice(numbers)
        if kind == 1:
            return repr(self.random.uniform(-50, 50))
        if kind == 2:
            return repr(10 ** self.random.uniform(-320, 300))
        return str(self.random.randrange(100))

    def corners(self, plain):
        if plain:
            x, y = self.random.randrange(90), self.random.randrange(90)
            return [str(n) for n in (x, y, x + self.random.randrange(30), y + self.random.randrange(30))]
        if self.chance(0.3):
            a, b = self.number(NUMBERS), self.number(NUMBERS)
            return [a, a, b, b]
        return [self.number(NUMBERS) for _ in range(4)]

    def make_table(self):
        rows = self.pick(0, 1, 2, 5, 20, 60)
        if self.chance(0.03):
            rows = self.random.randrange(2000, 20000)
        classes = self.pick(0, 0, 1, 2, 5)
        extra = self.pick(0, 0, 1, 3)
        if self.chance(0.02):
            classes, rows = self.random.randrange(1000, 20000), min(rows, 20)
        if self.chance(0.02):
            extra, rows = self.random.randrange(1000, 20000), min(rows, 20)
        # Detections go with their ground truth, with few exceptions: most wrong inputs are refused at the first mistake.
        usual = self.has_scores and self.chance(0.9)
        names = [self.pick(*(FILES if usual else NAMES)) for _ in range(self.pick(1, 3, 12))]
        self.images = names
        if self.chance(0.02):
            names[0] = self.pick("x", "\u0301", "\u202e", "\u7d30") * self.random.randrange(20000, 100000)
            rows = min(rows, 60)
        if classes and self.chance(0.8):
            labels = [str(label) for label in range(classes + (self.chance(0.1)))]
        else:
            labels = [self.pick(*NAMES) for _ in range(self.pick(1, 3, 12))]
        losses = NUMBERS if self.chance(0.3) else LOSSES
        plain = usual or self.chance(0.4)
        header = [self.pick("image", "image_id"), "x1", "y1", "x2", "y2", "label"]
        header += [self.pick("loss", "loss", "loss", "loss_cls")] if self.chance(0.9) else []
        header += [self.pick("score", "confidence")] if self.has_scores else []
        header += [self.pick("overlap", "max_overlap", "iou")] if self.chance(0.3) else []
        header += [f"p{label}" for label in range(classes)] + [f"more {column}" for column in range(extra)]
        if self.chance(0.05) and not usual:
            header[self.random.randrange(len(header))] += self.pick("x", "")
        if self.chance(0.03) and not usual:
            header.append(self.random.choice(header))
        table = [header]
        for row in range(rows):
            cells = dict(zip(("x1", "y1", "x2", "y2"), self.corners(plain)))
            line = []
            for name in header:
                if name in cells:
                    line.append(cells[name])
                elif name in ("image", "image_id"):
                    line.append(str(row) if rows > 1000 and len(names) == 12 else self.random.choice(names))
                elif name == "label":
                    line.append(self.random.choice(labels))
                elif name.startswith("loss"):
                    line.append(self.number(losses))
                else:
                    line.append(self.pick("0.5", "0", "1"))
            table.append(line)
        order = list(range(len(header)))
        if self.chance(0.5):
            self.random.shuffle(order)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=self.pick("\n", "\r\n", "\n\n"))
        writer.writerows([line[column] for column in order] for line in table)
        text = self.pick("", "", "", "\ufeff") + self.pick("", "", "", "# a comment\n") + out.getvalue()
        return self.spoilt(self.packed(text.encode("utf-8"), table))

    def packed(self, text, table):
        """The table in another format, at times."""
        kind = self.random.randrange(12)
        if kind == 0:
            return gzip.compress(text, mtime=0)
        if kind == 1:
            return "".join(json.dumps(dict(zip(table[0], line))) + "\n" for line in table[1:]).encode()
        if kind == 2:
            return json.dumps([dict(zip(table[0], line)) for line in table[1:]]).encode()
        return text

    def spoilt(self, table):
        table = bytearray(table)
        if self.chance(0.07) and table:
            del table[self.random.randrange(len(table)):]
        if self.chance(0.07) and table:
            for _ in range(self.pick(1, 3)):
                at = self.random.randrange(len(table))
                table[at] = self.pick(0, 10, 34, 44, 255, self.random.randrange(256))
        return bytes(table)

    # The command line.

    def source(self):
        self.stdin = self.table
        if self.chance(0.5):
            return ["-"]
        self.stdin = b""
        return [self.file(self.pick("rois.csv", "\x1b[2J\u202e.csv"), self.table)] if self.chance(0.97) else []

    def options(self):
        options, chance = [], self.chance
        rule = self.pick(None, None, "fast-rcnn", "no-nms", "rfcn", "tensorflow", "ssd", "mmdet")
        if rule:
            options += ["--rule", rule]
        counts = ("0", "7", "128", "1000000000000", "100000", "18446744073709551615", "-1", "x")
        shares = ("0", "0.3", "0.5", "0.7", "1", "1.5", "-1", "nan", "inf", "1e-300")
        every = {
            "--batch-size": (counts, (None, "fast-rcnn", "no-nms", "tensorflow", "mmdet")),
            "--iou-threshold": (shares, (None, "fast-rcnn", "tensorflow")),
            "--nms-threshold": (shares, ()),
            "--suppress": (("above", "at-or-above", "never"), (None, "fast-rcnn", "no-nms")),
            "--convention": (("pixel", "continuous"), (None, "fast-rcnn", "no-nms")),
            "--per-image": (counts, ("rfcn",)),
            "--negatives-per-positive": (shares + ("3",), ("tensorflow", "ssd", "mmdet")),
            "--min-negatives": (counts, ("tensorflow", "ssd")),
            "--ignored": (("excluded", "compete"), ("tensorflow",)),
            "--neg-overlap": (shares, ("ssd",)),
            "--overlap-column": (("iou", "overlap", "x1", "\u202e"), ("ssd",)),
            "--positive-fraction": (shares, ("mmdet",)),
        }
        for option, (values, users) in every.items():
            if self.usually(0.4 if rule in users else 0.01):
                # Mostly values that the option accepts.
                options += [option, self.random.choice(values if chance(0.2) else values[:5])]
        if chance(0.05):
            options.append("--no-nms")
        if chance(0.15):
            options += ["--box-format", self.pick("xyxy", "xywh", "cxcywh")]
        if chance(0.15):
            options += ["--background", self.pick("0", "1", "-1", "cat", "\u202e", "80")]
        if chance(0.15):
            options += ["--ignore", self.pick("255", "1", "cat,0", "-1,\x1b[2J")]
        if chance(0.1):
            options += ["--limit", self.pick("0", "3", "1000000000")]
        if chance(0.1):
            options.append(self.pick("--quiet", "-q"))
        if chance(0.05):
            options += ["--columns", self.pick("x1=y1", "image=label,label=image", "x2=\u202e", "nothing")]
        if chance(0.05):
            options += ["--delimiter", self.pick(",", ";", "tab", "ab")]
        if chance(0.5):
            options += ["--precision", self.pick("f32", "f64")]
        if chance(0.6):
            options += ["--nan", self.pick("error", "skip", "skip", "first", "first")]
        if b"loss_cls" in self.table[:500] and self.usually(0.8):
            options += ["--loss-column", "loss_cls"]
        elif self.usually(0.03):
            options += ["--loss-column", self.pick("x1", "x1,y1", "x1=2,loss=0.5", "loss=-1", "missing", "\x1b[2J" * 1000)]
        if b"p0" in self.table[:500] and self.usually(0.5) and "--loss-column" not in options:
            options.append("--loss-from-probabilities")
        self.format = self.pick("table", "csv", "json", "coco")
        if self.format != "table" or chance(0.3):
            options += ["--format", self.format]
        if chance(0.1):
            options += ["--classes", self.pick("cat,dog", "0=a,1=b,2=c", "1=x,dog", "\x1b[2J,\u202e", "background,a", "1=a,1=b", "")]
        if chance(0.05):
            options += ["--max-drawn", self.pick("0", "1", "50", "18446744073709551615", "-1")]
        if chance(0.8 if self.has_scores else 0.02):
            options += ["--ground-truth", self.ground_truth()]
        if chance(0.3 if self.has_scores else 0.05):
            options += ["--image-dir", self.pictures()]
        return options + self.outputs()

    # Files that options name.

    def known_images(self):
        """Names of images in the table that can be names of files."""
        return [name for name in self.images if len(name) < 100 and not set(name) & set("/\n\ufffe\uffff")] or ["0"]

    def pictures(self):
        """A folder with pictures of some images, or a missing folder, or a file."""
        if self.chance(0.1):
            return self.pick(self.path("missing"), self.file("pictures", b"no folder"))
        for name in self.known_images():
            photo = self.pick(PHOTO, PHOTO, PHOTO[:60], b"", b"text")
            self.file(os.path.join("pictures", name + self.pick(".png", ".jpg", ".jpeg", "")), photo)
        return self.path("pictures")

    def ground_truth(self):
        """Objects in the images of the table, as COCO, VOC, YOLO or a table; damaged at times."""
        kind = self.pick("coco", "coco", "table", "table", "voc", "yolo", "missing")
        images, objects = self.known_images(), []
        for _ in range(self.pick(0, 1, 5, 30)):
            x, y = self.random.randrange(60), self.random.randrange(40)
            box = [x, y, x + self.pick(1, 9, 30), y + self.pick(1, 9, 30)]
            box = self.corners(False) if self.chance(0.01) else box
            objects.append((self.random.choice(images), box, self.pick("1", "2", "cat", "0")))
        if kind == "coco":
            ids = {name: index for index, name in enumerate(images)}
            text = json.dumps({
                "images": [{"id": index, "file_name": name, "width": 64, "height": 48} for name, index in ids.items()],
                "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": self.pick("dog", "\u202e")}],
                "annotations": [{"id": at, "image_id": ids[name], "category_id": 1, "iscrowd": self.pick(0, 0, 1),
                                 "bbox": [b[0], b[1], b[2] if isinstance(b[0], str) else b[2] - b[0], b[3]]}
                                for at, (name, b, _) in enumerate(objects)]})
            return self.file("truth.json", self.spoilt(text.encode("utf-8")))
        if kind == "table":
            out = io.StringIO()
            csv.writer(out).writerows([["image", "x1", "y1", "x2", "y2", "label"]] + [[name, *b, label] for name, b, label in objects])
            return self.file("truth.csv", self.spoilt(out.getvalue().encode("utf-8")))
        for name in images:
            of_image = [(b, label) for other, b, label in objects if other == name]
            if kind == "voc":
                corners = lambda b: "".join(f"<{side}>{at}</{side}>" for side, at in zip(("xmin", "ymin", "xmax", "ymax"), b))
                found = "".join(f"<object><name>{label}</name><bndbox>{corners(b)}</bndbox></object>" for b, label in of_image)
                text = f"<annotation><size><width>64</width><height>48</height></size>{found}</annotation>"
                self.file(os.path.join("truth", name + ".xml"), self.spoilt(text.encode("utf-8")))
            elif kind == "yolo":
                line = "{} 0.5 0.5 0.2 0.{}\n".format
                self.file(os.path.join("truth", name + ".txt"), self.spoilt("".join(line(label, at % 9 + 1) for at, (_, label) in enumerate(of_image)).encode()))
        return self.path("truth")

    def outputs(self):
        options = []
        if self.chance(0.5):
            options += ["--picture", self.result("hard." + self.pick("svg", "svg", "png"))]
            if self.chance(0.1):
                photo = self.pick(PHOTO, PHOTO, PHOTO[:60], PHOTO[: len(PHOTO) // 2], b"", b"\xff\xd8\xff", b"text")
                options += ["--image", self.pick("0", "1", "cat", "a") + "=" + self.file("photo", photo)]
        if self.chance(0.5):
            if self.chance(0.05) and options:
                options += ["--output", os.path.join(self.folder, ".", os.path.basename(options[1]))]
            else:
                options += ["--output", self.result("out")]
        return options

    def result(self, name):
        """The path of a result, and its old content."""
        kind = self.random.randrange(12)
        path = self.path(name)
        if kind < 5:
            self.results[path] = None
        elif kind < 8:
            self.results[self.file(name, OLD)] = OLD
            os.chmod(path, self.pick(0o600, 0o644))
        elif kind == 8:
            self.results[self.file(name, OLD)] = OLD
            os.chmod(path, 0o444)
        elif kind == 9:  # a link to a file
            self.results[self.file("target", OLD)] = OLD
            if not os.path.lexists(path):
                os.symlink("target", path)
        elif kind == 10:  # a link to nothing, or to itself
            target = self.pick("nothing", name, "no/such/file")
            os.symlink(target, path)
            if target == "nothing":
                self.results[self.path("nothing")] = None
        else:
            return self.pick(os.path.join(self.folder, "no", "such", name), "/dev/full" if name == "out" else "no.svg/x.png")
        return path
