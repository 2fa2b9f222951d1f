#!/usr/bin/env bash
# Shows that every public function of ohem-core is in an entry of the registry of operations (ohem_testkit::registry), that
# functions outside ohem_core::kernel are plain, and that ohem-std has them under the same path, with the same arguments.
# Prints how many public items there are. Reads what rustdoc writes as JSON; scripts/registry.py compares.
#   scripts/registry.sh [--list]: also lists each function with the entries that call it
set -euo pipefail
cd "$(dirname "$0")/.."

documentation() { # CRATE FEATURES
    RUSTC_BOOTSTRAP=1 cargo rustdoc --quiet --locked -p "$1" --lib --features "$2" -- \
        -Zunstable-options --output-format json --cap-lints allow
    cp "${CARGO_TARGET_DIR:-target}/doc/${1//-/_}.json" "$work"
}

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
documentation ohem-core half
documentation ohem-std half
cargo run --quiet --locked -p ohem-testkit --example registry > "$work/registry"
python3 scripts/registry.py "$work/ohem_core.json" "$work/ohem_std.json" "$work/registry" "$@"
