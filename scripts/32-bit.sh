#!/usr/bin/env bash
# Runs tests on i686, natively: words of 32 bits on this machine.
#   scripts/32-bit.sh [--install] [--all]
# Without --all: tables that are too large for 32 bits (crates/ohem-std/tests/large.rs).
# --all: every test of ohem-core and ohem-std. It takes a quarter of an hour, most of it to compile.
# --install first installs from Debian a second toolchain with its library's source, and a linker.
set -euo pipefail
cd "$(dirname "$0")/.."

install=false all=false
for argument; do
    case $argument in
        --install) install=true ;;
        --all) all=true ;;
        *) echo "32-bit: what is $argument?"; exit 2 ;;
    esac
done

if $install; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rustc-web rust-web-src \
        gcc-i686-linux-gnu libc6-dev-i386-cross > /dev/null
fi

# Debian's compiler builds its own library for the target, driven by this toolchain's cargo: as in scripts/everywhere.sh.
# Programs run with the loader of their C library.
libraries=/usr/i686-linux-gnu/lib
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/foreign"
export CARGO_TARGET_I686_UNKNOWN_LINUX_GNU_LINKER=i686-linux-gnu-gcc
export CARGO_TARGET_I686_UNKNOWN_LINUX_GNU_RUNNER="$libraries/ld-linux.so.2 --library-path $libraries"
test=(cargo test --quiet --locked -Z build-std=std,panic_unwind --target i686-unknown-linux-gnu)
if $all; then
    "${test[@]}" -p ohem-core -p ohem-std --lib --tests
else
    "${test[@]}" --manifest-path proof/32-bit/Cargo.toml
fi
echo "32-bit: passed on i686"
