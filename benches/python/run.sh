#!/usr/bin/env bash
# Compares ohem with what Python people use, on the same inputs, one thread each: prints a table, writes
# target/peers-python.json. Installs the peers into target/python first, some gigabytes; no gate runs this.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=target/python/venv
test -x $venv/bin/python || python3 -m venv $venv
$venv/bin/pip install --quiet --requirement benches/python/requirements.txt

cargo build --quiet --release --locked -p ohem-benches --bin ours
ours=${CARGO_TARGET_DIR:-target}/release/ours

export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
$venv/bin/python benches/python/peers.py "$ours" target/peers-data target/peers-python.json
