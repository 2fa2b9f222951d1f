#!/usr/bin/env bash
# Fuzzes all targets, or those named, for SECONDS each, and prints a table of the results: scripts/fuzz.sh SECONDS [TARGET...]
# Fails if an input crashes a target, and prints the path of that input. Findings go to target/fuzz, never into fuzz/seeds;
# the next run begins with them, crashes included. SANITIZER=none is for all targets; MAX_LEN=128 for more, smaller inputs.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?scripts/fuzz.sh SECONDS [TARGET...]}
shift
command -v cargo-fuzz > /dev/null || cargo install --quiet --locked cargo-fuzz

# The compiler is the stable one; that it takes the flags of a fuzzer has to be asked for. Only the C functions are handed
# pointers: the address sanitizer, which halves the speed, is theirs alone.
work=${CARGO_TARGET_DIR:-target}/fuzz
mkdir -p "$work"
build() { # SANITIZER [TARGET]; or all targets, side by side
    RUSTC_BOOTSTRAP=1 cargo fuzz build --sanitizer "$1" --target-dir "$work/$1" "${@:2}" > "$work/build.log" 2>&1 ||
        { cat "$work/build.log"; exit 1; }
}
[ $# -gt 0 ] || { build none; set -- $(cargo fuzz list); }

failed=0
printf '%-17s %12s %12s %8s %8s\n' target executions 'per second' edges crashes
for target; do
    case $target in capi) sanitizer=${SANITIZER:-address} ;; *) sanitizer=none ;; esac
    build $sanitizer "$target"
    image=$work/$sanitizer/$(rustc -vV | sed -n 's/^host: //p')/release/$target
    corpus=$work/corpus/$target crashes=$work/crashes/$target log=$work/$target.log
    mkdir -p "$corpus" "$crashes"
    dictionary=fuzz/$target.dict
    [ -e "$dictionary" ] || dictionary=fuzz/nasty.dict
    # How often an edge was passed is not counted: three times as many inputs, and hardly fewer edges.
    "$image" -max_total_time="$seconds" -max_len="${MAX_LEN:-512}" -use_counters=0 -timeout=20 -dict="$dictionary" \
        -print_final_stats=1 -artifact_prefix="$crashes/" "$corpus" "$crashes" "fuzz/seeds/$target" > "$log" 2>&1 || failed=1
    awk -v target="$target" '
        match($0, /cov: [0-9]+/) { edges = substr($0, RSTART + 5, RLENGTH - 5) }
        /^stat::number_of_executed_units/ { executions = $2 }
        /^stat::average_exec_per_sec/ { rate = $2 }
        /Test unit written to/ { crashes++ }
        END { printf "%-17s %12d %12d %8d %8d\n", target, executions, rate, edges, crashes }' "$log"
    grep -A 3 'panicked at' "$log" || true
    grep 'ERROR: \|Test unit written to' "$log" || true
done
exit $failed
