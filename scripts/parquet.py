"""Compares `ohem mine` with DuckDB on tables in Parquet; scripts/parquet.sh runs it.

This process starts another for each run. It loads nothing itself: they would count its memory as theirs.
"""

import os
import statistics
import subprocess
import sys
import time

ROUNDS, BATCH = 11, 128
BITS = "32", "64", "32 stored in 64"


def make(folder, rows):
    """RoIs of 1,500 images and 21 labels, with corners in tenths of a pixel, in files of all `BITS`."""
    import numpy
    import pandas

    random = numpy.random.default_rng(1)
    first = random.uniform(0, 900, (rows, 2))
    corners = numpy.round(numpy.hstack([first, first + random.uniform(10, 300, (rows, 2))]), 1)
    columns = dict(zip(["x1", "y1", "x2", "y2"], corners.T))
    images, labels = numpy.sort(random.integers(0, 1500, rows)), random.integers(0, 21, rows)
    losses = random.exponential(0.3, rows)
    doubles = pandas.DataFrame({"image": images, **columns, "label": labels, "loss": losses})
    singles = doubles.astype({column: "float32" for column in ["x1", "y1", "x2", "y2", "loss"]})
    widened = singles.astype({column: "float64" for column in ["x1", "y1", "x2", "y2", "loss"]})
    for bits, table in zip(BITS, (singles, doubles, widened)):
        table.to_parquet(f"{folder}/{bits}.parquet", index=False)


def query(file):
    """Prints the seconds, and those of CPU, of the first query of this process and of the best of ten more."""
    import duckdb

    def once():
        wall, cpu = time.perf_counter(), time.process_time()
        rows = duckdb.sql(f"SELECT * FROM '{file}' ORDER BY loss DESC LIMIT {BATCH}").fetchall()
        assert len(rows) == BATCH
        return time.perf_counter() - wall, time.process_time() - cpu

    print(*once(), *min(once() for _ in range(10)))


def by_ohem(ohem, file):
    """Seconds, seconds of CPU and MB of the whole process."""
    command = [ohem, "mine", file, "--batch-size", str(BATCH), "--format", "csv", "--quiet"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def by_duckdb(file):
    output = subprocess.run([sys.executable, __file__, "query", file], stdout=subprocess.PIPE, check=True)
    return [float(seconds) for seconds in output.stdout.split()]


def compare(ohem, folder):
    for bits in BITS:
        file = f"{folder}/{bits}.parquet"
        runs = [(by_ohem(ohem, file), by_duckdb(file)) for _ in range(ROUNDS)]
        ours, theirs = ([statistics.median(values) for values in zip(*side)] for side in zip(*runs))
        print(
            f"{bits} bits: ohem {ours[0] * 1e3:.0f} ms ({ours[1] * 1e3:.0f} ms of CPU, {ours[2]:.0f} MB); "
            f"first query of DuckDB {theirs[0] * 1e3:.0f} ms ({theirs[1] * 1e3:.0f} ms of CPU), "
            f"the best of ten more {theirs[2] * 1e3:.0f} ms ({theirs[3] * 1e3:.0f}); "
            f"ohem takes {ours[0] / theirs[0]:.2f} of the first one's time, {ours[1] / theirs[1]:.2f} of its CPU"
        )


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "query":
    query(sys.argv[2])
else:
    compare(sys.argv[2], sys.argv[3])
