"""The examples run: training on drawn squares, and a partitioned table in the local mode of Ray."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
sys.path.append(str(EXAMPLES))  # workers of Ray import from there, too


def load(name):
    return importlib.import_module(name)


def test_faster_rcnn_trains_in_every_way(capsys):
    results = load("faster_rcnn").main(["--smoke", "--epochs", "1", "--device", "cpu"])
    assert list(results) == ["ohem", "torchvision", "fast-rcnn", "all"]
    assert all(0 <= value <= 1 for rows in results.values() for row in rows for value in row)
    assert "mining's share" in capsys.readouterr().out


def test_average_precision():
    ap = load("faster_rcnn").average_precision
    hits = np.array([True, True, False, True])
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    assert ap(scores, hits, 3) == pytest.approx((67 * 1.0 + 34 * 0.75) / 101)
    assert ap(scores, np.array([True] * 4), 4) == 1.0
    assert ap(np.array([]), np.array([], bool), 4) == 0.0
    assert ap(scores[::-1].copy(), hits[::-1].copy(), 3) == ap(scores, hits, 3), "in any order"


@pytest.mark.filterwarnings("default")
def test_a_partitioned_table_is_mined_as_a_whole(tmp_path):
    ray = pytest.importorskip("ray")
    example = load("partitioned_table")
    example.write_demo(tmp_path)
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": ":".join(sys.path)}},
    )
    try:
        for batch_size in (1, 300, 100_000):
            losses, rows = example.mine_folder(tmp_path, batch_size)
            want_losses, want_rows = example.mine_whole(tmp_path, batch_size)
            assert rows.tolist() == want_rows.tolist() and losses.tolist() == want_losses.tolist()
    finally:
        ray.shutdown()


def test_parts_of_a_table_merge_without_ray(tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    import ohem

    example = load("partitioned_table")
    example.write_demo(tmp_path, seed=5)
    first, parts = 0, []
    for path in sorted(tmp_path.glob("*.parquet")):
        part = example.mine_file({"path": str(path), "first": first}, 400)
        parts.append((part["losses"], part["rows"]))
        first += pq.read_metadata(path).num_rows
    want = example.mine_whole(tmp_path, 400)
    losses, rows = ohem.merge(parts[::-1], 400)
    assert rows.tolist() == want[1].tolist() and losses.tolist() == want[0].tolist()
