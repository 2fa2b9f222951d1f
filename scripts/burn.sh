#!/usr/bin/env bash
# Shows that the example for users of burn builds and learns. Not part of the gate: burn and its dependencies take 100
# seconds of CPU time to compile.
set -euo pipefail
cd "$(dirname "$0")/../examples/burn"

cargo fmt --check
cargo run --quiet --locked
