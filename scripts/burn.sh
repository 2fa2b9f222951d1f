#!/usr/bin/env bash
# Shows that the example for users of burn builds and learns. Not part of the gate: from nothing, burn takes two cores
# over a minute to compile.
set -euo pipefail
cd "$(dirname "$0")/../examples/burn"

cargo fmt --check
cargo clippy --locked -- --deny warnings
cargo run --quiet --locked
