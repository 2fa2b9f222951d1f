#!/usr/bin/env bash
# Shows that ohem gives the same answer, bit for bit, on every instruction set: computes the digest of golden cases and
# of every operation (ohem_testkit::digest) on each of those named, and fails if a part of it is not as committed.
#   scripts/everywhere.sh [--install] [--builds] [debug x86-64 opt-levels aarch64 i686 armv7 s390x
#                                           powerpc64 wasm rv32imac cortex-m4 cortex-m7]
# Without names: debug, x86-64 and aarch64. debug is x86-64 with every assertion, as the tests have it;
# opt-levels is x86-64 at each that release does not have.
# --builds checks instead that ohem-core compiles for cores without a system.
# --install installs from Debian a second toolchain with its library's source, linkers and QEMU.
set -euo pipefail
cd "$(dirname "$0")/.."

install=false builds=false
while [[ "${1:-}" == --* ]]; do
    case $1 in
        --install) install=true ;;
        --builds) builds=true ;;
        *) echo "everywhere: what is $1?"; exit 2 ;;
    esac
    shift
done
[ $# -gt 0 ] || set -- debug x86-64 aarch64

# What each takes: the target, and Debian's packages.
declare -A targets=(
    [aarch64]=aarch64-unknown-linux-gnu [i686]=i686-unknown-linux-gnu [armv7]=armv7-unknown-linux-gnueabihf
    [s390x]=s390x-unknown-linux-gnu [powerpc64]=powerpc64-unknown-linux-gnu [wasm]=wasm32-wasip1)
declare -A packages=(
    [aarch64]="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" [i686]="gcc-i686-linux-gnu libc6-dev-i386-cross"
    [armv7]="gcc-arm-linux-gnueabihf libc6-dev-armhf-cross" [s390x]="gcc-s390x-linux-gnu libc6-dev-s390x-cross"
    [powerpc64]="gcc-powerpc64-linux-gnu libc6-dev-ppc64-cross" [wasm]="wasi-libc nodejs"
    [cortex-m4]=qemu-system-arm [cortex-m7]=qemu-system-arm)
bare=(thumbv6m-none-eabi thumbv7em-none-eabihf thumbv8m.main-none-eabihf riscv32imac-unknown-none-elf aarch64-unknown-none)

if $install; then
    needed="rustc-web rust-web-src qemu-user"
    for name in "$@"; do needed+=" ${packages[$name]:-}"; done
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed >/dev/null
fi

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
lld=$(dirname "$(rustc --print target-libdir)")/bin/rust-lld

# Debian's compiler builds its own library for any target, driven by this toolchain's cargo.
foreign() {
    env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/foreign" "$@"
}

if $builds; then
    for target in "${bare[@]}"; do
        foreign cargo check --quiet --locked -p ohem-core --features half -Z build-std=core --target "$target"
        echo "everywhere: ohem-core compiles for $target"
    done
    exit
fi

# Runs a command that prints digests, and prints the last line, the digest of all results.
digest() { # NAME ENDIANNESS COMMAND...
    "${@:3}" >"$work/output" || { cat "$work/output"; echo "everywhere: $1 failed"; touch "$work/failed"; }
    awk -v name="$1" -v endian="$2" '
        $1 == "digest" { $1 = ""; line = $0 }
        END { if (!line) { print name ": no digest"; exit 1 }
              printf "%-28s %-6s %s\n", name, endian, line }' "$work/output" | tee -a "$work/table"
}

example=(cargo run --quiet --locked -p ohem-testkit --example digest)

# The example on a target: with which linker, run by what.
cross() { # NAME LINKER RUNNER PANIC
    local target=${targets[$1]} name endian
    name=$(tr 'a-z.-' 'A-Z__' <<<"$target")
    endian=$(foreign /usr/bin/rustc --print cfg --target "$target" | sed -n 's/target_endian="\(.*\)"/\1/p')
    digest "$target" "$endian" foreign env "CARGO_TARGET_${name}_LINKER=$2" "CARGO_TARGET_${name}_RUNNER=$3" \
        "${example[@]}" --release -Z build-std=std,"$4" --target "$target"
}

printf '%-28s %-6s %s\n' target endian " expected, one lane at a time, portable vectors, tiers found (firmware: portable)"
for name in "$@"; do
    case $name in
        debug) digest "x86-64, debug" little "${example[@]}" ;;
        x86-64) digest "x86-64, release" little "${example[@]}" --release ;;
        opt-levels)
            for level in 0 1 2 s z; do
                digest "x86-64, opt-level $level" little \
                    env "CARGO_PROFILE_RELEASE_OPT_LEVEL=$level" "${example[@]}" --release
            done ;;
        aarch64 | s390x) cross "$name" "$name-linux-gnu-gcc" "qemu-$name -L /usr/$name-linux-gnu" panic_unwind ;;
        armv7) cross "$name" arm-linux-gnueabihf-gcc "qemu-arm -L /usr/arm-linux-gnueabihf" panic_unwind ;;
        powerpc64) cross "$name" powerpc64-linux-gnu-gcc "qemu-ppc64 -L /usr/powerpc64-linux-gnu" panic_unwind ;;
        i686) # runs natively, with the loader of its C library
            libraries=/usr/i686-linux-gnu/lib
            cross "$name" i686-linux-gnu-gcc "$libraries/ld-linux.so.2 --library-path $libraries" panic_unwind ;;
        wasm) # wasi-libc lacks two functions of threads, which std names and nothing here calls
            RUSTFLAGS="-Ctarget-feature=+simd128 -Clink-self-contained=no -Lnative=/usr/lib/wasm32-wasi
                -Clink-arg=/usr/lib/wasm32-wasi/crt1.o -Clink-arg=--unresolved-symbols=ignore-all" \
                cross "$name" "$lld" "node --no-warnings scripts/wasi.mjs" panic_abort ;;
        rv32imac) # the image of the proof that nothing panics, which needs no system library
            target=riscv32imac-unknown-none-elf
            digest "$name" little foreign env CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_LINKER="$lld" \
                CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_RUNNER=qemu-riscv32 \
                cargo run --quiet --release --locked --manifest-path proof/Cargo.toml -Z build-std=core --target $target ;;
        cortex-*) digest "$name" little scripts/firmware.sh --conformance "${name#cortex-}" ;;
        *) echo "everywhere: what is $name?"; exit 2 ;;
    esac
done

# What failed has said so; what ran must have printed the same digest everywhere.
different=$(grep -oE '\b[0-9a-f]{8}\b' "$work/table" | sort -u | wc -l)
if [ -e "$work/failed" ] || [ "$different" != 1 ]; then
    echo "everywhere: not the same answer"
    exit 1
fi
echo "everywhere: the same answer"
