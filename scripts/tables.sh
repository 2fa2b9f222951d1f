#!/usr/bin/env bash
# Runs the command on random tables with random options: scripts/tables.sh [COUNT] [SEED] [FIRST].
#
# Each run must end with exit code 0, 1 or 2 within 10 seconds of computing and 1 GB, without a panic, and leave complete
# files: all results or none, the old ones as they were, and no temporary file. A few runs are ended by a signal, which
# must leave as little. The default is 10,000 tables of a seed from the clock, which is printed. Each run depends on the
# seed and its number only: `scripts/tables.sh 1 SEED NUMBER` repeats it and keeps its folder.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --package ohem-cli --locked --quiet
export PYTHONDONTWRITEBYTECODE=1
exec python3 scripts/tables/main.py "${CARGO_TARGET_DIR:-target}/debug/ohem" "${1:-10000}" "${2:-$(date +%s)}" "${3:-0}"
