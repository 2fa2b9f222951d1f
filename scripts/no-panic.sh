#!/usr/bin/env bash
# Shows that no public function of ohem-core can panic, and that they need neither std nor alloc nor libc:
# links an image without a standard library that computes the digest of the registry of operations, which has all of them
# (scripts/registry.sh), looks at its symbols, and runs it: the digest must be the one committed.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
image=$target/release/ohem-proof
build=(cargo build --quiet --release --locked --manifest-path proof/Cargo.toml --target-dir "$target")
reasons='core::panicking|core::option::(unwrap|expect)_failed|core::result::unwrap_failed|slice_[a-z_]*fail|panic_reached'

# The check itself is checked first: an unchecked index must be found.
"${build[@]}" --features panicking
grep -qE "$reasons" <(nm -C "$image") || { echo "no-panic: a planted panic was not found"; exit 1; }

"${build[@]}"
test -z "$(nm -u "$image")" || { nm -u "$image"; echo "no-panic: undefined symbols"; exit 1; }
if nm -C "$image" | grep -E "$reasons| (std|alloc)::|__rust_alloc|malloc"; then
    echo "no-panic: these can be reached"
    exit 1
fi
"$image"
echo "no-panic: no panic, std or alloc in an image of $(stat -c %s "$image") bytes that computes the digest of all operations, as committed"
