"""Makes a shell script of the commands that a page prints: python3 scripts/pages.py PAGE > script.

`scripts/pages.sh` describes the marks, and runs the script, with its functions `ran`, `failed` and `skipped`.
"""

import re
import shlex
import sys
from pathlib import Path

MARK = re.compile(r"<!-- pages: (file|skip) (.+) -->")
FENCE = re.compile(r"(```+)([\w,]*)\s*")


class Fault(Exception):
    """A mark that has no effect."""


def blocks(name, text):
    """Yields each marked or `console` block: line number, language, lines, mark."""
    mark, fence = None, None
    for number, line in enumerate(text.splitlines(), 1):
        if fence is not None:
            if line == fence:
                yield start, language, lines, mark
                mark, fence = None, None
            else:
                lines.append(line)
        elif found := FENCE.fullmatch(line):
            start, lines = number, []
            fence, language = found.groups()
        elif line.startswith("<!-- pages:"):
            mark = MARK.fullmatch(line) or fault(name, number, "expected: <!-- pages: file NAME --> or skip REASON")
        elif mark and line:
            fault(name, number, f"expected a block after {mark[0]}")
    if mark or fence:
        fault(name, number, "the page ends within a block or after a mark")


def fault(name, number, what):
    raise Fault(f"{name}:{number}: {what}")


def commands(lines):
    """Yields each command of a block: the offset of its line, its text, and the lines that it must print."""
    at, command, expected = None, [], []
    for offset, line in enumerate(lines):
        if command and command[-1].endswith("\\"):
            command.append(line)
        elif line.startswith("$ "):
            if command:
                yield at, "\n".join(command), expected
            at, command, expected = offset, [line[2:]], []
        else:
            expected.append(line)
    if command:
        yield at, "\n".join(command), expected
    elif lines:
        raise Fault("a block without a command")


def here(lines):
    """The lines as a here-document, which the shell leaves as they are."""
    return "".join(["<<'END OF LINES'\n", *(line + "\n" for line in lines), "END OF LINES"])


def script(name, text):
    """Yields the lines of the page's script."""
    for start, language, lines, mark in blocks(name, text):
        kind, value = mark.groups() if mark else (None, None)
        if kind == "file":
            file = shlex.quote(value)
            yield f'mkdir -p "$(dirname {file})" && cat > {file} {here(lines)}'
        elif language != "console":
            if mark:
                fault(name, start, "only a block of the kind console can be skipped")
        else:
            for offset, command, expected in commands(lines):
                one_line = re.sub(r"\\\n\s*", "", command)
                what = shlex.quote(f"{name}:{start + 1 + offset}: {one_line}")
                if kind == "skip":
                    yield f"skipped {what} {shlex.quote(value)}"
                else:
                    yield f'{{ {command}\n}} > "$output" 2>&1 || failed {what}'
                    yield f"ran {what} {here(expected)}"


def main():
    page = sys.argv[1]
    try:
        print("\n".join(script(page, Path(page).read_text())))
    except Fault as found:
        sys.exit(f"pages: {found}")


main()
