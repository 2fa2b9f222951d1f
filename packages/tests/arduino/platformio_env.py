"""Runs the library's script as PlatformIO does, with a substitute for its environment: prints the folder that it links.

python3 platformio_env.py LIBRARY MCU [COMPILER_OPTION...]
"""

import sys
from pathlib import Path


class Env(dict):
    """As much of an environment of SCons as the script uses."""

    def __init__(self, library, mcu, flags):
        super().__init__(CCFLAGS=flags)
        self.abspath, self.mcu, self.linked = library, mcu, {}

    def Dir(self, _):
        return self

    def srcnode(self):
        return self

    def BoardConfig(self):
        return {"build.mcu": self.mcu}

    def Append(self, **options):
        self.linked.update(options)


library, mcu, *flags = sys.argv[1:]
env = Env(library, mcu, flags)
script = Path(library, "platformio.py")
exec(compile(script.read_text(), script, "exec"), {"Import": lambda *_: None, "env": env})
assert env.linked["LIBS"] == ["ohem"]
print(*env.linked["LIBPATH"])
