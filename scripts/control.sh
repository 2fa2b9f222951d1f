#!/usr/bin/env bash
# Runs the examples for embassy and RTIC: training in slices beside a control loop, on QEMU's Cortex-M4F. Each fails unless
# its loss falls and its control loop ran. Both must learn the same, also with `defmt`. The slices are tested on this machine.
# A toolchain whose rustup has the target's library builds them; otherwise Debian's compiler does (rustc-web, rust-web-src).
#   scripts/control.sh [--install]
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../examples"

if [ "${1:-}" = --install ]; then
    { apt-get update -q && apt-get install -qy --no-install-recommends rustc-web rust-web-src qemu-system-arm; } > /dev/null
fi

target=thumbv7em-none-eabihf
out=$(realpath -m "${CARGO_TARGET_DIR:-../target}")
foreign=() std=()
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    foreign=(env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1) std=(-Zbuild-std=core)
    CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER=$(rustc --print target-libdir)/../bin/rust-lld
    export CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER
fi

(cd control && cargo fmt --check && CARGO_TARGET_DIR=$out cargo test --quiet --locked)

run() { # EXAMPLE, then what else cargo takes
    (cd "$1" && CARGO_TARGET_DIR=$out/foreign timeout 600 "${foreign[@]}" cargo run --quiet --release --locked "${std[@]}" "${@:2}")
}

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
for example in embassy rtic; do
    (cd $example && cargo fmt --check)
    printf '\n== %s\n' $example
    run $example | tee "$work/$example"
    run $example --features defmt > /dev/null # in defmt's own format
done
cmp <(head -n 1 "$work/embassy") <(head -n 1 "$work/rtic")
echo "control: both learn the same beside a control loop"
