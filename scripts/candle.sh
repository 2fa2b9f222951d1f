#!/usr/bin/env bash
# Shows that the example for users of candle builds and learns, and that docs/TRAINING.md quotes it as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

page=docs/TRAINING.md
quoted=$(sed -n '/^```rust$/,/^```$/p' "$page" | sed '/^```/d')
source=$(cat examples/candle/src/main.rs)
[[ -n $quoted && $source == *"$quoted"* ]] || { echo "candle: $page does not quote the example as it is"; exit 1; }

cd examples/candle
cargo fmt --check
cargo run --quiet --locked
