"""Runs the command on random tables with random options, see scripts/tables.sh."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

from case import Case, chunk

MAX_SECONDS, MAX_KILOBYTES, MAX_WALL = 10, 1 << 20, 120


class Run:
    """Runs a case and checks what it leaves."""

    def __init__(self, program, case):
        self.case = case
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(case.stdin)
            stdin.seek(0)
            self.before = {name for name in os.listdir(case.folder)}
            child = subprocess.Popen([program, *case.arguments], stdin=stdin, stdout=out, stderr=err, cwd=case.folder)
            timers = [threading.Timer(MAX_WALL, os.kill, (child.pid, signal.SIGKILL))]
            if case.killed_after is not None:
                timers.append(threading.Timer(case.killed_after, os.kill, (child.pid, signal.SIGTERM)))
            for timer in timers:
                timer.start()
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # so that its number is not another process's yet
            for timer in timers:
                timer.cancel()
                timer.join()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.code, self.usage = child.returncode, usage
            out.seek(0)
            err.seek(0)
            self.stdout, self.stderr = out.read(), err.read()

    def problems(self):
        yield from self.of_the_end()
        yield from self.of_the_messages()
        yield from self.of_the_files()

    def of_the_end(self):
        seconds = self.usage.ru_utime + self.usage.ru_stime
        if self.code not in (0, 1, 2) and not (self.code == -signal.SIGTERM and self.case.killed_after is not None):
            yield f"exit code {self.code}"
        if seconds > MAX_SECONDS:
            yield f"{seconds:.1f} s"
        if self.usage.ru_maxrss > MAX_KILOBYTES:
            yield f"{self.usage.ru_maxrss >> 10} MB"

    def of_the_messages(self):
        try:
            text = self.stderr.decode("utf-8")
        except UnicodeDecodeError:
            yield "standard error is not UTF-8"
            return
        if "panicked" in text or "RUST_BACKTRACE" in text:
            yield "a panic"
        if self.code in (1, 2) and "Usage:" not in text and "For more information" not in text:
            if text.count("\n") != 1 or len(text) > 1000:
                yield f"a message of {text.count(chr(10))} lines and {len(text)} characters"
        if self.code == 0 and any(not line.startswith("warning: ") for line in text.splitlines()):
            yield "a message besides warnings on success"
        shown = text + (self.stdout.decode("utf-8", "replace") if self.case.format != "csv" else "")
        if re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", shown):
            yield "control characters"
        if self.code == 2 and self.stdout:
            yield "standard output in spite of an error"

    def of_the_files(self):
        names = set(os.listdir(self.case.folder))
        allowed = self.before | {os.path.basename(path) for path in self.case.results}
        if names - allowed:
            yield f"left behind: {sorted(names - allowed)}"
        if self.before - names:
            yield f"removed: {sorted(self.before - names)}"
        states = []
        for path, old in self.case.results.items():
            new = None
            if os.path.exists(path):
                with open(path, "rb") as file:
                    new = file.read()
            states.append(new != old)
            if new != old:
                yield from self.of_a_result(path, new)
        if len(set(states)) > 1 or any(states) and self.code in (1, 2) or states and self.code == 0 and not all(states):
            yield f"exit code {self.code} but {sum(states)} of {len(states)} results"
        if self.code == 0 and "--output" not in self.case.arguments:
            yield from self.of_a_text(self.stdout)

    def of_a_result(self, path, content):
        content = content or b""
        if content.startswith(b"<svg"):
            yield from of_an_svg(content)
        elif content.startswith(b"\x89PNG"):
            if not content.endswith(chunk(b"IEND", b"")):
                yield "half a PNG"
        else:
            yield from self.of_a_text(content)

    def of_a_text(self, content):
        try:
            if self.case.format in ("json", "coco"):
                found = json.loads(content)
                if self.case.format == "json" and len(found["selected"]) != len(found["losses"]):
                    yield "selected and losses differ in length"
            elif not content.endswith(b"\n"):
                yield "half a text"
        except ValueError as error:
            yield f"half a JSON: {error}"


def of_an_svg(content):
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        yield f"SVG: {error}"
        return
    for element in root.iter():
        for name, value in element.attrib.items():
            if not name.endswith("href") and re.search(r"NaN|\binf\b|[0-9]{9}", value):
                yield f"SVG: {name}={value[:80]}"
                return


def run_case(program, seed, number, keep):
    folder = tempfile.mkdtemp(prefix="ohem-tables-")
    case = Case(seed, number, folder)
    run = Run(program, case)
    problems = list(run.problems())
    if problems or keep:
        with open(os.path.join(folder, "command.json"), "w") as file:
            json.dump([program, *case.arguments], file)
        with open(os.path.join(folder, "stdin"), "wb") as file:
            file.write(case.stdin)
        print(f"table {number} of seed {seed}: {'; '.join(problems) or 'fine'}, see {folder}", flush=True)
        print("   ", run.stderr[:300], flush=True)
    else:
        shutil.rmtree(folder)
    return bool(problems), run.code, run.usage


def main(program, count, seed, first):
    program, count, first = os.path.abspath(program), int(count), int(first)
    print(f"{count} random tables of seed {seed}", flush=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        numbers = range(first, first + count)
        ended = list(pool.map(lambda number: run_case(program, seed, number, count == 1), numbers))
    codes = {}
    for _, code, _ in ended:
        codes[code] = codes.get(code, 0) + 1
    seconds = max(usage.ru_utime + usage.ru_stime for _, _, usage in ended)
    memory = max(usage.ru_maxrss for _, _, usage in ended) >> 10
    failed = sum(failed for failed, _, _ in ended)
    print(f"exit codes {dict(sorted(codes.items()))}; at most {seconds:.1f} s and {memory} MB; {failed} with problems")
    sys.exit(failed > 0)


main(*sys.argv[1:])
