"""Prints the library that a CMSIS-Pack links for a device: python3 library.py FILE.pdsc Dcore=Cortex-M4 Dfpu=SP_FPU ...

Fails unless the component fits the device, exactly one library does, and each file that is named exists beside the pdsc.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def holds(package, name, device):
    """Whether a condition holds: each `require`, one `accept` if there are any, no `deny`."""
    condition = package.find(f"conditions/condition[@id='{name}']")
    if condition is None:
        sys.exit(f"the condition {name} is missing")

    def fits(rule):
        attributes = dict(rule.attrib)
        nested = attributes.pop("condition", None)
        return all(device.get(key) == value for key, value in attributes.items()) and (
            nested is None or holds(package, nested, device)
        )

    accepted = [fits(rule) for rule in condition.findall("accept")]
    return (
        all(map(fits, condition.findall("require")))
        and (any(accepted) or not accepted)
        and not any(map(fits, condition.findall("deny")))
    )


def main():
    pdsc, *attributes = sys.argv[1:]
    device = dict(attribute.split("=") for attribute in attributes)
    package = ElementTree.parse(pdsc).getroot()
    component = package.find("components/component")
    if not holds(package, component.get("condition"), device):
        sys.exit(f"the component does not fit {device}")
    files = [f for f in component.iter("file") if "condition" not in f.attrib or holds(package, f.get("condition"), device)]
    libraries = [f.get("name") for f in files if f.get("category") == "library"]
    missing = [f.get("name") for f in files if not (Path(pdsc).parent / f.get("name")).exists()]
    if len(libraries) != 1 or missing:
        sys.exit(f"expected one library and every file, found {libraries}, without {missing}")
    print(libraries[0])


main()
