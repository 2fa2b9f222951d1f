#!/usr/bin/env bash
# Times `ohem mine` on 3,000,000 rows of Parquet beside DuckDB: scripts/parquet.sh [ROWS].
#
# DuckDB finds the 128 rows of the highest loss, without suppression. Of ohem, the whole process is timed; of DuckDB, the
# first query of a process, and the best of ten more. Both run in turn, eleven times on each file: with numbers of 32 bits,
# of 64, and of 32 that are stored in 64.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --package ohem-cli --features parquet --locked --quiet
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet duckdb numpy pandas pyarrow
python=$folder/python/bin/python
"$python" scripts/parquet.py make "$folder" "${1:-3000000}"
"$python" scripts/parquet.py compare "${CARGO_TARGET_DIR:-target}/release/ohem" "$folder"
