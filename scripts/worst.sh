#!/usr/bin/env bash
# Searches for inputs that cost more than the documentation states: for some time a job (600 s), from a seed (1).
# Prints the worst ratio to the bound that it found for each, and fails above 1.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo run --quiet --locked --release -p ohem-testkit --example worst -- "${1:-600}" "${2:-1}"
