#!/usr/bin/env bash
# Tests the feature `candle` of ohem-std, shows that the example for users of candle builds and learns, and that
# docs/TRAINING.md quotes it as it is. Not part of the gate: candle and its
# dependencies take 70 seconds of CPU time to compile, and this compiles them twice and checks them once.
set -euo pipefail
cd "$(dirname "$0")/.."

page=docs/TRAINING.md
quoted=$(sed -n '/^```rust$/,/^```$/p' "$page" | sed '/^```/d')
source=$(cat examples/candle/src/main.rs)
[[ -n $quoted && $source == *"$quoted"* ]] || { echo "candle: $page does not quote the example as it is"; exit 1; }

cargo clippy --locked --package ohem-std --features candle --lib --test candle -- --deny warnings
cargo test --locked --package ohem-std --features candle --test candle
cargo test --locked --package ohem-std --features candle --doc candle
RUSTDOCFLAGS="--deny warnings" cargo doc --locked --package ohem-std --no-deps --all-features

cd examples/candle
cargo fmt --check
cargo run --quiet --locked
