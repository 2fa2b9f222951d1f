"""Mines the hardest RoIs of a table that no machine holds: a folder of Parquet files, by Ray Data.

    python python/examples/partitioned_table.py FOLDER --batch-size 1000
    python python/examples/partitioned_table.py --demo

Every task mines one file and returns its hardest `batch_size` RoIs. Groups never span images, so as long as an image is
within one file, the merge of all parts is exactly what one process would select of the whole table. Only
`batch_size` rows of each file travel. Files have the columns image, label, x1, y1, x2, y2 and loss.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import ohem

COLUMNS = ["image", "label", "x1", "y1", "x2", "y2", "loss"]


def mine_table(table: pa.Table, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """The hardest RoIs of a table: their losses and rows, hardest first."""
    columns = {name: table.column(name).to_numpy() for name in COLUMNS}
    boxes = np.stack([columns[name] for name in ("x1", "y1", "x2", "y2")], 1)
    hard = ohem.mine(boxes, columns["loss"], columns["label"], columns["image"], batch_size=batch_size)
    return columns["loss"][hard], hard


def mine_file(file: dict[str, Any], batch_size: int) -> dict[str, Any]:
    """A task: the hardest RoIs of a file, numbered through all files."""
    losses, rows = mine_table(pq.read_table(file["path"], columns=COLUMNS), batch_size)
    return {"losses": losses, "rows": rows + file["first"]}


def mine_folder(folder: Path, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """The hardest RoIs of all files: losses, and rows numbered through the files in the order of their names."""
    import ray

    paths = sorted(folder.glob("*.parquet"))
    counts = [pq.read_metadata(path).num_rows for path in paths]  # of the footers alone
    firsts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
    files = [{"path": str(path), "first": int(first)} for path, first in zip(paths, firsts, strict=False)]
    parts = ray.data.from_items(files).map(mine_file, fn_kwargs={"batch_size": batch_size})
    hardest = [(part["losses"], part["rows"]) for part in parts.iter_rows()]
    return ohem.merge(hardest, batch_size)


def write_demo(folder: Path, files: int = 6, seed: int = 0) -> None:
    """Files of different lengths, one of them empty; each has other images, and losses tie."""
    random = np.random.default_rng(seed)
    for nth in range(files):
        n = 0 if nth == 3 else int(random.integers(200, 2000))
        corner, size = random.uniform(0, 300, (n, 2)), random.uniform(10, 80, (n, 2))
        images = np.sort(random.integers(10 * nth, 10 * nth + 10, n))
        losses = random.exponential(0.3, n).round(2).astype(np.float32)
        boxes = np.concatenate([corner, corner + size], 1).astype(np.float32)
        table = dict(zip(["x1", "y1", "x2", "y2"], boxes.T, strict=True))
        table |= {"image": images, "label": random.integers(0, 4, n), "loss": losses}
        pq.write_table(pa.table(table), folder / f"part-{nth:03}.parquet")


def mine_whole(folder: Path, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """The same by one process that reads everything: what the parts are compared with."""
    tables = [pq.read_table(path, columns=COLUMNS) for path in sorted(folder.glob("*.parquet"))]
    return mine_table(pa.concat_tables(tables), batch_size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--batch-size", type=int, default=1000)
    parser.add_argument("--demo", action="store_true", help="on small files, compared with one process")
    options = parser.parse_args()
    if options.demo:
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder))
            losses, rows = mine_folder(Path(folder), options.batch_size)
            want_losses, want_rows = mine_whole(Path(folder), options.batch_size)
            assert np.array_equal(rows, want_rows) and np.array_equal(losses, want_losses)
            print(f"{len(rows)} RoIs, the same as by one process; the hardest: row {rows[0]}, loss {losses[0]}")
    elif options.folder:
        losses, rows = mine_folder(options.folder, options.batch_size)
        for row, loss in zip(rows.tolist(), losses.tolist(), strict=True):
            print(row, loss)
    else:
        parser.error("expected a folder, or --demo")


if __name__ == "__main__":
    main()
