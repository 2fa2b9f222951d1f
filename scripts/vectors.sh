#!/usr/bin/env bash
# Shows that the kernels are still vector code, on each tier of x86-64, by counting the packed arithmetic
# instructions in their machine code. Fails if a kernel has fewer than half as many as benches/vectors.csv says,
# if those of AVX2 or AVX-512 have more of a lesser width than there, or if an intrinsic is called instead of inlined: code has
# then left the region where the instruction set is enabled.
#   scripts/vectors.sh [--aarch64] [--update]
# --aarch64 looks at NEON instead, in code that scripts/everywhere.sh's toolchain compiles; --update rewrites the file.
set -euo pipefail
cd "$(dirname "$0")/.."

baseline=benches/vectors.csv objdump=objdump of_tier='portable|avx2|avx512'
if [ "$(uname -m)" != x86_64 ]; then
    echo "vectors: skipped, because this machine is not x86-64"
    exit
fi

# With v0 names, a function is named with the kernel that runs in it.
build=(cargo rustc --quiet --release --locked -p ohem-benches --bin vectors)
target=${CARGO_TARGET_DIR:-target} named=(-- -C symbol-mangling-version=v0)
if [ "${1:-}" = --aarch64 ]; then
    shift
    objdump=aarch64-linux-gnu-objdump of_tier=neon
    env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$target/foreign" \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
        "${build[@]}" -Z build-std=std,panic_unwind --target aarch64-unknown-linux-gnu "${named[@]}"
    image=$target/foreign/aarch64-unknown-linux-gnu/release/vectors
else
    "${build[@]}" "${named[@]}"
    image=$target/release/vectors
fi

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
$objdump --disassemble --demangle --no-show-raw-insn "$image" > "$work/code"

# (1) No intrinsic is called.
awk '
    /^[0-9a-f]+ <.*>:$/ { caller = substr($0, index($0, "<") + 1) }
    /\t(call|jmp).*core_arch::x86.*::_mm/ {
        match($0, /_mm[a-z0-9_]*/); intrinsic = substr($0, RSTART, RLENGTH)
        if (!told[caller, intrinsic]++) print "vectors: " intrinsic " is called, not inlined, by " caller
        failed = 1
    }
    END { exit failed }' "$work/code"

# (2) How many packed instructions there are: where there are several of one kernel, those of the poorest.
awk -v of_tier="$of_tier" '
    function count() {
        if (!kernel || wide < 8) return # a few may come about by chance
        if (!(kernel in least) || wide < least[kernel]) least[kernel] = wide
        if (narrow > most[kernel]) most[kernel] = narrow
    }
    /^[0-9a-f]+ <.*>:$/ {
        count(); kernel = ""; wide = narrow = 0
        tier = /Avx2 as ohem_core::simd::Simd>::run::enabled/ ? "avx2" : \
            /Avx512 as ohem_core::simd::Simd>::run::enabled/ ? "avx512" : /simd::portable::Portable/ ? "portable" : ""
        # The portable kernel may be inlined in the function of ohem-std that chooses the tier; the others never are.
        if (!tier && /<ohem_std::[a-z_:]+::<f(32|64)/) tier = "portable"
        # Its name, and the floats of its boxes and losses.
        if (tier == "portable" && of_tier == "neon") tier = "neon"
        if (tier && match($0, /[A-Za-z_0-9]+(::)?<f(32|64)(, f(32|64))?/)) {
            kernel = substr($0, RSTART, RLENGTH); gsub(/(::)?<|, /, " ", kernel); kernel = kernel "," tier
        }
    }
    /\tv?(add|sub|mul|div|min|max|cmp[a-z_]*)p[sd] / {
        if (tier == "portable" || tier == "avx2" && /%ymm/ || tier == "avx512" && /%zmm/) wide++; else narrow++
    }
    tier == "neon" && /\tf(add|sub|mul|div|min|max|minnm|maxnm|cm[a-z]+)\tv[0-9]+\.(4s|2d)/ { wide++ }
    END { count(); for (kernel in least) print kernel "," least[kernel] "," most[kernel] + 0 }
' "$work/code" | LC_ALL=C sort > "$work/counts"
{ echo "kernel,tier,packed,narrow"; cat "$work/counts"; } > "$work/now"

if [ "${1:-}" = --update ]; then
    # The tiers of the other machine stay as they are.
    { head -n 1 "$work/now"; { sed 1d "$baseline" | grep -vE ",($of_tier)," || true; cat "$work/counts"; } | LC_ALL=C sort; } > "$work/all"
    cp "$work/all" "$baseline"
    grep -E ",($of_tier)," "$baseline"
    exit
fi

grep -E "^kernel|,($of_tier)," "$baseline" > "$work/before"
awk -F, '
    NR == FNR { packed[$1 "," $2] = $3; narrow[$1 "," $2] = $4; next }
    FNR == 1 { printf "%-38s %-9s %6s %8s\n", "kernel", "tier", "packed", "baseline"; next }
    {
        kernel = $1 "," $2
        note = !(kernel in packed) ? "not in the baseline" : 2 * $3 < packed[kernel] ? "LOST" : \
            $4 > narrow[kernel] + 8 ? "NARROW: " $4 ", not " narrow[kernel] : ""
        if (note) failed = 1
        printf "%-38s %-9s %6d %8d %s\n", $1, $2, $3, packed[kernel], note
        delete packed[kernel]
    }
    END {
        for (kernel in packed) if (kernel != "kernel,tier") { print kernel ": no vector code"; failed = 1 }
        if (failed) print "vectors: not as in " baseline " (scripts/vectors.sh --update rewrites it)"
        exit failed
    }' baseline="$baseline" "$work/before" "$work/now"
