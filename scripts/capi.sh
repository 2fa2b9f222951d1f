#!/usr/bin/env bash
# The C library: builds it, checks everything about it, installs it.
#   scripts/capi.sh                           all checks on this machine
#   scripts/capi.sh --firmware [LEVEL...]     the C example as firmware, run under QEMU: at opt-levels 3 and s, or these
#   scripts/capi.sh --targets                 builds for every target that is named below
#   scripts/capi.sh --header                  makes crates/ohem-capi/include/ohem.h again
#   scripts/capi.sh --prefix DIR [TARGET]     installs header, libraries, CMake and pkg-config files
# With --install before that, it first gets the Debian packages that it needs.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

crate=crates/ohem-capi
cbindgen=0.29.4 # another version may write another header
out=$(realpath -m "${CARGO_TARGET_DIR:-target}")
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
targets=(thumbv6m-none-eabi thumbv7em-none-eabihf thumbv8m.main-none-eabihf riscv32imac-unknown-none-elf
    aarch64-unknown-none)

say() { printf '\n== %s\n' "$*"; }
fail() { echo "capi: $*"; exit 1; }

packages() {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends valgrind cmake pkg-config g++ \
        rustc-web rust-web-src qemu-system-arm gcc-arm-none-eabi libnewlib-arm-none-eabi
}

# Builds the libraries for this machine, or the static one for a bare target; prints in which folder they are.
# If rustup has not installed the library of a bare target, Debian's compiler builds it from its own source.
libraries() { # [TARGET]
    local build=(cargo rustc --quiet --locked -p ohem-capi --profile capi --features panic-handler)
    if [ -n "${1:-}" ] && [ -d "$(rustc --print sysroot)/lib/rustlib/$1" ]; then
        "${build[@]}" --crate-type staticlib --target "$1"
    elif [ -n "${1:-}" ]; then
        RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 "${build[@]}" --crate-type staticlib -Zbuild-std=core --target "$1"
    else
        "${build[@]}" --crate-type staticlib,cdylib -- -C link-arg=-Wl,-soname,libohem.so."${version%.*}"
    fi
    echo "$out/${1:-}/capi"
}

header() { # FILE
    [ "$(cbindgen --version 2> /dev/null)" = "cbindgen $cbindgen" ] ||
        cargo install --quiet --debug --locked "cbindgen@$cbindgen" # it takes longer to compile than it runs
    # Functions are made by macros, which only the compiler can expand.
    RUSTC_BOOTSTRAP=1 CARGO_EXPAND_TARGET_DIR="$out/expand" \
        cbindgen --quiet --config $crate/cbindgen.toml --output "$1" $crate
}

install_to() { # PREFIX [TARGET]
    local lib=$1/lib built
    built=$(libraries "${2:-}")
    mkdir -p "$lib/cmake/ohem" "$lib/pkgconfig"
    install -D -m 644 -t "$1/include" $crate/include/ohem.h
    install -m 644 "$built/libohem_capi.a" "$lib/libohem.a"
    install -m 644 $crate/cmake/ohem-config.cmake "$lib/cmake/ohem/"
    sed "s/@VERSION@/$version/" $crate/cmake/ohem-config-version.cmake.in > "$lib/cmake/ohem/ohem-config-version.cmake"
    sed "s/@VERSION@/$version/" $crate/cmake/ohem.pc.in > "$lib/pkgconfig/ohem.pc"
    if [ -z "${2:-}" ]; then
        install -m 755 "$built/libohem_capi.so" "$lib/libohem.so.${version%.*}"
        ln -sf "libohem.so.${version%.*}" "$lib/libohem.so"
    fi
}

# The RoIs that ship with the command, as C, and what it selects of them.
table() { # FOLDER
    awk -F, -f $crate/examples/table.awk crates/ohem-cli/data/bccd_rcnn_rois_early.csv > "$1/table.h"
}
wanted() {
    cargo run --quiet --locked -p ohem-cli -- mine --batch-size 64 --precision f32 --format csv |
        awk -F, 'NR > 1 { print $(NF - 1) }'
}

drift() {
    say "the header is that of the source"
    header "$work/ohem.h"
    diff -u $crate/include/ohem.h "$work/ohem.h" || fail "the header has drifted: scripts/capi.sh --header"
}

# The shared library holds every function of the interface.
no_panic() {
    say "no panic and no allocation in the library"
    local reasons='core::panicking|(unwrap|expect)_failed|slice_[a-z_]*fail|ohem_capi::panic| (std|alloc)::|__rust_alloc|malloc'
    ! nm -C "$prefix/lib/libohem.so" | grep -E "$reasons" || fail "these can be reached"
    nm -uD "$prefix/lib/libohem.so" | awk '$1 == "U" && $2 !~ /^mem(cpy|move|set|cmp)/ { print; bad = 1 } END { exit bad }' ||
        fail "the library needs these"
    diff <(grep -o '[ *]ohem_[a-z0-9_]*(' "$prefix/include/ohem.h" | tr -d ' *(' | sort) \
        <(nm -D "$prefix/lib/libohem.so" | sed -n 's/.* T //p' | sort) || fail "these are not both declared and defined"
    echo "$(nm -D "$prefix/lib/libohem.so" | grep -c ' T ') functions, each of them declared"
}

strict=(-std=c99 -pedantic -Wall -Wextra -Werror -Wc++-compat -Wconversion -Wmissing-prototypes -O1 -g)

c_tests() {
    local tests=($crate/tests/c/*.c) of
    for of in "float f32" "double f64"; do
        say "C tests of ${of% *}, under valgrind and with sanitizers"
        local types=(-DREAL="${of% *}" -DSUFFIX="${of#* }" -I"$prefix/include")
        gcc "${strict[@]}" "${types[@]}" "${tests[@]}" "$prefix/lib/libohem.a" -lm -o "$work/tests"
        KEEPS_SUBNORMALS=1 valgrind --quiet --error-exitcode=1 --leak-check=full "$work/tests"
        gcc "${strict[@]}" -fsanitize=address,undefined -fno-sanitize-recover=all "${types[@]}" "${tests[@]}" \
            "$prefix/lib/libohem.a" -lm -o "$work/tests"
        "$work/tests"
    done
}

# Without a warning in C and C++, old and new. `ohem_status` is one type everywhere, and gcc warns where it is dropped.
languages() {
    local header=(-pedantic -Wall -Wextra -Werror -Wundef -c -o /dev/null -I"$prefix/include") standard
    say "the header in each standard of C and C++"
    echo '#include "ohem.h"
void drop(uint32_t *to, size_t length);
void drop(uint32_t *to, size_t length) { size_t n; ohem_top_k_f32(NULL, 0, length, OHEM_NAN_ERROR, to, &n, NULL); }' > "$work/drop.c"
    for standard in c99 c11 c17 c2x; do
        gcc -x c -std=$standard -Wc++-compat "${header[@]}" "$prefix/include/ohem.h"
        gcc -std=$standard "${header[@]}" -DOHEM_MUST_USE= "$work/drop.c"
        ! gcc -std=$standard "${header[@]}" "$work/drop.c" 2> "$work/drop.log" || fail "no warning about a dropped status"
        grep -q 'unused-result' "$work/drop.log" || fail "another warning: $(cat "$work/drop.log")"
    done
    for standard in c++11 c++17 c++20; do
        g++ -x c++ -std=$standard "${header[@]}" "$prefix/include/ohem.h"
        ! g++ -x c++ -std=$standard "${header[@]}" "$work/drop.c" 2> /dev/null || fail "no warning about a dropped status"
    done
    echo '#include "ohem.h"
int main() { return ohem_iou_f32({0, 0, 1, 1}, {0, 0, 1, 1}, OHEM_CONVENTION_CONTINUOUS) == 1 ? 0 : 1; }' > "$work/cpp.cpp"
    g++ -std=c++11 -pedantic -Wall -Wextra -Werror -I"$prefix/include" "$work/cpp.cpp" "$prefix/lib/libohem.a" -o "$work/cpp"
    "$work/cpp"
}

examples() {
    say "the example selects what ohem mine does: by pkg-config and by CMake, static and shared"
    table "$work"
    wanted > "$work/wanted"
    export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    gcc "${strict[@]}" -I"$work" $crate/examples/mine.c $(pkg-config --cflags --libs ohem) -Wl,-rpath,"$prefix/lib" -o "$work/mine"
    "$work/mine" | diff "$work/wanted" - || fail "the example linked by pkg-config selects otherwise"
    cmake -S $crate/tests/cmake -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DTABLE="$work" > /dev/null
    cmake --build "$work/cmake" > /dev/null
    for linked in mine mine-shared; do
        "$work/cmake/$linked" | diff "$work/wanted" - || fail "$linked, linked by CMake, selects otherwise"
    done
    echo "$(wc -l < "$work/wanted") rows, the same in the same order"
}

# The first C in a page.
c_of() { awk '/^```c$/ { on = 1; next } /^```$/ && on { exit } on' "$1"; }

documents() {
    say "the programs in the docs"
    c_of $crate/README.md > "$work/readme.c"
    c_of docs/C.md > "$work/page.c"
    gcc "${strict[@]}" -Wno-missing-prototypes -I"$prefix/include" -c "$work/readme.c" -o "$work/readme.o"
    gcc "${strict[@]}" -I"$prefix/include" "$work/page.c" "$prefix/lib/libohem.a" -o "$work/page"
    diff <("$work/page") <(printf '1\n2\n') && echo "compiled, and what it prints is right"
}

# A program for a Cortex-M4F, with nothing in it that is not used.
firmware_image() { # ELF, then what else gcc takes
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 --specs=nano.specs -nostartfiles \
        -std=c99 -Wall -Wextra -Werror -Os -ffunction-sections -Wl,--gc-sections,-z,noexecstack -T $crate/examples/firmware/mps2.ld \
        -I"$prefix/include" -I"$work" $crate/examples/firmware/startup.c "${@:2}" -o "$1"
}

firmware() { # LEVEL...
    local footprint=$crate/examples/firmware/footprint.c level
    table "$work"
    wanted > "$work/wanted"
    for level; do
        say "the example as firmware, on QEMU's mps2-an386, ohem at opt-level $level"
        CARGO_PROFILE_CAPI_OPT_LEVEL=$level install_to "$prefix" thumbv7em-none-eabihf
        firmware_image "$work/mine.elf" --specs=rdimon.specs $crate/examples/mine.c "$prefix/lib/libohem.a"
        timeout 60 qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none \
            -semihosting-config enable=on,target=native -kernel "$work/mine.elf" < /dev/null | diff "$work/wanted" - ||
            fail "the firmware selects otherwise"
        echo "$(wc -l < "$work/wanted") rows, the same in the same order"
        firmware_image "$work/mines-$level.elf" -DMINES $footprint "$prefix/lib/libohem.a"
    done
    say "flash that mining adds: images with mining, and one without"
    firmware_image "$work/nothing.elf" $footprint
    (cd "$work" && arm-none-eabi-size mines-*.elf nothing.elf)
}

all_targets() {
    local target built
    for target in "${targets[@]}"; do
        built=$(libraries "$target")
        printf '%-30s %s functions\n' "$target" "$(nm "$built/libohem_capi.a" 2> /dev/null | grep -c ' T ohem_')"
    done
}

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
prefix=$work/prefix
[ "${1:-}" != --install ] || { packages; shift; }
case ${1:-} in
'')
    drift
    install_to "$prefix"
    no_panic
    c_tests
    languages
    examples
    documents
    ;;
--firmware)
    shift
    [ $# -gt 0 ] || set -- 3 s
    firmware "$@"
    ;;
--targets) all_targets ;;
--header) header $crate/include/ohem.h ;;
--prefix) install_to "${2:?where to}" "${3:-}" ;;
*) fail "unknown: $1" ;;
esac
