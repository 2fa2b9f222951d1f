#!/usr/bin/env bash
# Builds the firmware and runs it under QEMU, on a Cortex-M4 and an M7, or on those named of m4 m7 m33 m55 m0.
# Fails unless every image ran to its end, training printed on the machine what it prints on the host, to the
# last bit of every weight, the digest of all operations is the host's, no image can panic or allocate, and an image that
# mines integers has no float instruction.
# With --conformance only the image of the digest is run; with --run, nothing is measured: no footprint.
# It takes rustup's cargo and linker, Debian's rustc with the source of `core`, and QEMU: --install gets Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --install ]; then
    shift
    { apt-get update -q && apt-get install -qy --no-install-recommends rustc-web rust-web-src \
        qemu-system-arm binutils-arm-none-eabi; } > /dev/null
fi
conformance_only=false measures=true
case ${1:-} in
    --conformance) conformance_only=true; shift ;;
    --run) measures=false; shift ;;
esac
[ $# -gt 0 ] || set -- m4 m7

linker=$(rustc --print target-libdir)/../bin/rust-lld
images=${CARGO_TARGET_DIR:-target}/foreign # not locked while another compiler builds
reasons='core::panicking|core::option::(unwrap|expect)_failed|core::result::unwrap_failed|slice_[a-z_]*fail'
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

build() { # for the machine at hand; the rest is cargo's
    env "CARGO_TARGET_$(tr a-z.- A-Z__ <<< "$target")_LINKER=$linker" OHEM_MACHINE="$memory" \
        RUSTFLAGS="${cpu:+-Ctarget-cpu=$cpu}" \
        RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
        cargo build --quiet --locked --manifest-path firmware/Cargo.toml --target-dir "$images" \
        -Zbuild-std=core --target "$target" "$@"
}

run() { # an image; an instruction takes 128 ns of the machine's time, whatever it takes of the host's
    timeout 600 qemu-system-arm -machine "$machine" -nographic -monitor none -serial none \
        -icount shift=7,sleep=off -semihosting-config enable=on,target=native -kernel "$1" < /dev/null
}

flash() { # of an image
    size "$1" | awk 'NR == 2 { print $1 + $2 }'
}

cannot_panic() { # an image
    if nm -C "$1" | grep -E "$reasons| alloc::|__rust_alloc"; then
        echo "firmware: these can be reached in $(basename "$1")"
        exit 1
    fi
}

trains_as_on_the_host() { # what the image printed, and the epochs if they are not the usual ones
    cargo run --quiet --locked -p ohem-device --example train -- "${@:2}" > "$work/host"
    head -n "$(wc -l < "$work/host")" "$1" | diff "$work/host" - || { echo "firmware: not what the host prints"; exit 1; }
    echo "the $(wc -l < "$work/host") lines that the host prints are the same"
}

computes_floats() { # an image; on a core with a unit for f32, no float is computed in software
    if [ "$target" != thumbv6m-none-eabi ] && nm "$1" | grep -E '__aeabi_[df]'; then
        echo "firmware: $(basename "$1") calls these"
        exit 1
    fi
}

float_instructions() { # of an image: those of the unit for floats, and calls of functions that stand in for it
    arm-none-eabi-objdump --disassemble --no-show-raw-insn "$1" | awk -F'\t' '
        / <[^>]*>:$/ { name = $0 }
        $2 ~ /^v[a-z]/ || $3 ~ /<__aeabi_[df]/ { print name, $2, $3 }'
}

mines_integers() { # integers, with no float instruction; the check is checked on the image before, which has some
    local image=$images/$target/small/footprint
    [ -n "$(float_instructions "$image")" ] || { echo "firmware: mining floats has no float instruction"; exit 1; }
    local without; without=$(flash "$image")
    build --profile small --bin footprint --features mine,integers
    cannot_panic "$image"
    if float_instructions "$image" | grep .; then
        echo "firmware: mining integers takes these float instructions"
        exit 1
    fi
    run "$image"
    echo "mining integers instead of f32 adds $(($(flash "$image") - without)) bytes of flash (small), and has no float instruction"
}

footprint() { # what mining adds to an image, by profile
    for profile in small release; do
        local image=$images/$target/$profile/footprint
        build --profile "$profile" --bin footprint
        run "$image"
        local without; without=$(flash "$image")
        build --profile "$profile" --bin footprint --features mine
        cannot_panic "$image"
        computes_floats "$image"
        run "$image"
        echo "mining adds $(($(flash "$image") - without)) bytes of flash ($profile)"
        [ "$profile" = release ] || mines_integers
    done
}

# The check itself is checked first: an unchecked index must be found.
finds_panics() {
    local target=thumbv7em-none-eabihf memory=mps2 cpu=
    build --release --bin train --features panicking
    grep -qE "$reasons" <(nm -C "$images/$target/release/train") || { echo "firmware: a planted panic was not found"; exit 1; }
}

$conformance_only || finds_panics

before=
for name in "$@"; do
    epochs=() memory=mps2 cpu=
    case $name in
        m4) target=thumbv7em-none-eabihf machine=mps2-an386 ;;
        m7) target=thumbv7em-none-eabihf machine=mps2-an500 ;;
        m33) target=thumbv8m.main-none-eabihf machine=mps2-an505 memory=an505 ;;
        m55) target=thumbv8m.main-none-eabihf machine=mps3-an547 memory=an547 cpu=cortex-m55 ;;
        m0) target=thumbv6m-none-eabi machine=mps2-an385 epochs=(1) ;; # M0's instructions, on an M3
        *) echo "firmware: there is no $name, only m4 m7 m33 m55 m0"; exit 2 ;;
    esac
    build --profile small --bin conformance # at opt-level 3 it would not fit the machine's memory
    if $conformance_only; then
        cannot_panic "$images/$target/small/conformance"
        run "$images/$target/small/conformance"
        continue
    fi
    build --release --bin train --bin count
    # A machine that takes the images of the one before it need not compute their digest again.
    [ "$target$cpu" = "$before" ] && ran=(train count) || ran=(train count conformance)
    before=$target$cpu
    for image in "${ran[@]}"; do
        path=$images/$target/$([ "$image" = conformance ] && echo small || echo release)/$image
        printf '\n== %s, %s: %s bytes of flash\n' "$name" "$image" "$(flash "$path")"
        cannot_panic "$path"
        run "$path" | tee "$work/$image"
    done
    trains_as_on_the_host "$work/train" "${epochs[@]}"
    $measures || continue
    printf '\n== %s, footprint\n' "$name"
    footprint
done
$conformance_only || echo "firmware: all ran on $*, and agree with the host"
