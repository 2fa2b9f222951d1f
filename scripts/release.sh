#!/usr/bin/env bash
# Makes what a release has, in target/release-files, and proves each part of it:
#   scripts/release.sh [--install] [--only "ARCHIVE..."] [crates | archives | packages]...      without names: all three
# crates: `cargo package` of every published crate, built from its package. archives: the C library for each line of
# scripts/release/archives.txt, with header, CMake and pkg-config files; each is linked by the gcc of its core into an
# example that mines, which must select what `ohem mine` does, under QEMU. packages: a Zephyr module, an ESP-IDF component,
# an Arduino and PlatformIO library and a CMSIS-Pack of those archives (scripts/release/packages.sh). Then: checksums.
# --only takes some archives instead of all. An environment variable builds small archives instead of fast ones:
# CARGO_PROFILE_CAPI_OPT_LEVEL=s. --install gets Debian's packages that all of this needs.
# shellcheck disable=SC2086 # options of compilers and names of archives are lists of words
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

crate=crates/ohem-capi
out=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export VERSION FILES=$out/release-files ARCHIVES=$out/release-archives
VERSION=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml)

# shellcheck source=scripts/release/board.sh
. scripts/release/board.sh
say() { printf '\n== %s\n' "$*"; }

packages_of_debian() {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rustc-web rust-web-src cmake pkg-config zip \
        qemu-system-arm qemu-system-misc qemu-user gcc-arm-none-eabi libnewlib-arm-none-eabi \
        gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf gcc-aarch64-linux-gnu libc6-dev-arm64-cross libxml2-utils > /dev/null
}

# Every crate that may be published, in one call: cargo builds each from its package, against the packages of the others.
crates() {
    local published name options=()
    published=$(cargo metadata --no-deps --format-version 1 --locked |
        python3 -c 'import json, sys; print(*sorted(p["name"] for p in json.load(sys.stdin)["packages"] if p["publish"] is None))')
    say "crates: $published"
    for name in $published; do options+=(-p "$name"); done
    cargo package --quiet --locked "${options[@]}"
    for name in $published; do
        install -m 644 -t "$FILES/crates" -D "$out/package/$name-$VERSION.crate"
        echo "$name: $(tar -tzf "$out/package/$name-$VERSION.crate" | wc -l) files"
    done
}

# Builds a program against an archive, by its pkg-config file, and runs it.
run_with() { # PREFIX PROGRAM.c
    local options
    options=$(PKG_CONFIG_PATH=$1/lib/pkgconfig pkg-config --cflags --libs ohem)
    build "$work/program" -std=c99 -I"$work" "$2" $options || return 1
    LD_LIBRARY_PATH=$1/lib run_program "$work/program" # that of this machine has a shared library as well
}

# The linker accepts objects of both ABIs that pass floats in integer registers, so the objects themselves are read.
abi_of() { # ARCHIVE: soft, softfp or hard
    local attributes
    attributes=$(arm-none-eabi-readelf -A "$1" 2> /dev/null)
    if grep -q 'Tag_ABI_VFP_args: VFP registers' <<< "$attributes"; then echo hard
    elif grep -q Tag_FP_arch <<< "$attributes"; then echo softfp
    else echo soft; fi
}

archives() { # NAME...
    awk -F, -f $crate/examples/table.awk crates/ohem-cli/data/bccd_rcnn_rois_early.csv > "$work/table.h"
    cargo run --quiet --locked -p ohem-cli -- mine --batch-size 64 --precision f32 --format csv |
        awk -F, 'NR > 1 { print $(NF - 1) }' > "$work/target-rows"
    [ "$(wc -l < "$work/target-rows")" = 64 ] || fail "ohem mine selected other than 64 rows"
    local name
    for name; do
        board "$name"
        say "$name"
        rm -rf "${ARCHIVES:?}/$name"
        RUSTFLAGS="${RUSTFLAGS:-} $flags" scripts/capi.sh --prefix "$ARCHIVES/$name" $target
        install -m 644 -t "$ARCHIVES/$name" LICENSE-MIT LICENSE-APACHE
        run_with "$ARCHIVES/$name" $crate/examples/mine.c | diff "$work/target-rows" - || fail "$name selects otherwise"
        run_with "$ARCHIVES/$name" scripts/release/abi.c || fail "$name computes otherwise"
        if [[ $gcc =~ -mfloat-abi=([a-z]+) ]]; then
            [ "$(abi_of "$ARCHIVES/$name/lib/libohem.a")" = "${BASH_REMATCH[1]}" ] || fail "$name has another ABI"
        fi
        [[ $name != *-hard ]] || ! (gcc=${gcc/=hard/=softfp}; run_with "$ARCHIVES/$name" scripts/release/abi.c) 2> /dev/null ||
            fail "$name links with objects of another ABI"
        pack "ohem-c-$VERSION-$name.tar.gz" "$ARCHIVES" "$name"
        echo "64 rows on ${machine#* }, the same in the same order: $gcc"
    done
}

pack() { # FILE FOLDER NAME: the same bytes whenever and by whomever it is made
    mkdir -p "$FILES/archives"
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$2" -c "$3" | gzip -9n > "$FILES/archives/$1"
}

[ "${1:-}" != --install ] || { packages_of_debian; shift; }
names=$(grep -v '^#' scripts/release/archives.txt | awk '{ print $1 }')
[ "${1:-}" != --only ] || { names=$2; shift 2; }
[ $# -gt 0 ] || set -- crates archives packages

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
rm -rf "$FILES" && mkdir -p "$FILES"
for part; do
    case $part in
        crates) crates ;;
        archives) archives $names ;;
        packages) scripts/release/packages.sh $names ;;
        *) fail "unknown: $part" ;;
    esac
done
(cd "$FILES" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum > SHA256SUMS)
say "$(wc -l < "$FILES/SHA256SUMS") files in $(realpath --relative-to=. "$FILES"), and their checksums in SHA256SUMS"
