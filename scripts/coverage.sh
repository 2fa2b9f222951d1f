#!/usr/bin/env bash
# Measures which lines of ohem-core the tests of ohem-core and ohem-std run, prints the others, and fails below 98 %.
# docs/TRUST.md explains the rest. It skips the golden cases, which are slow when compiled to count lines.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v cargo-tarpaulin > /dev/null || cargo install --quiet --locked cargo-tarpaulin
cargo tarpaulin --engine llvm --locked --packages ohem-core ohem-std --features ohem-core/half --tests --lib \
    --include-files 'crates/ohem-core/src/*' --exclude-files 'crates/ohem-core/src/**/test*.rs' --skip-clean \
    --target-dir "${CARGO_TARGET_DIR:-target}/coverage" --timeout 600 --out stdout --fail-under 98 -- --skip=cases
