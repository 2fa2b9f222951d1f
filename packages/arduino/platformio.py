"""PlatformIO runs this script before it builds: it links the archive for the board's core and floating-point ABI.

The folders are those that the Arduino IDE expects: src/MCU, and below it FPU-ABI if the compiler is given both.
"""

import re
from pathlib import Path

Import("env")  # noqa: F821  PlatformIO defines it


def folder(board, flags):
    """The archive's folder for a board and the options that its compiler is given, or None."""
    src = Path(env.Dir(".").srcnode().abspath) / "src"  # noqa: F821
    fpu, abi = (re.search(rf"-m{option}=(\S+)", flags) for option in ("fpu", "float-abi"))
    for mcu in (board.get("build.cpu", ""), board.get("build.mcu", "")):
        found = src / mcu
        if mcu and fpu and abi and abi[1] != "soft":
            found = found / f"{fpu[1]}-{abi[1]}"
        if mcu and (found / "libohem.a").exists():
            return str(found)
    return None


def link():
    board = env.BoardConfig()  # noqa: F821
    flags = " ".join(str(flag) for flag in env.get("CCFLAGS", []))  # noqa: F821
    found = folder(board, flags)
    if found is None:
        raise SystemExit(f"ohem: no archive for {board.get('build.cpu', '') or board.get('build.mcu', '')} with {flags}")
    env.Append(LIBPATH=[found], LIBS=["ohem"])  # noqa: F821  the program links what its libraries link


link()
