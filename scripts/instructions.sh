#!/usr/bin/env bash
# Shows that no main job takes more instructions than it did: callgrind counts them, whatever else the
# machine does. Fails if a count rose by more than 5 % over benches/instructions.csv; --update rewrites that.
set -euo pipefail
cd "$(dirname "$0")/.."

baseline=benches/instructions.csv
command -v valgrind > /dev/null || { apt-get update -q && apt-get install -qy valgrind; } > /dev/null

cargo build --quiet --release --locked -p ohem-benches --bin instructions
image=${CARGO_TARGET_DIR:-target}/release/instructions

# For long copies, glibc uses an instruction that counts once for each byte, or not, as the addresses are. Here, never.
thresholds=glibc.cpu.x86_rep_movsb_threshold=2147483647:glibc.cpu.x86_rep_stosb_threshold=2147483647

# Counts each call of counted_alone separately, into a separate file.
counts=$(mktemp -d)
trap 'rm -r "$counts"' EXIT
alone=instructions::counted_alone
GLIBC_TUNABLES=$thresholds valgrind --quiet --tool=callgrind --callgrind-out-file="$counts/out" \
    --zero-before=$alone --dump-after=$alone "$image" > "$counts/jobs"
test -e "$counts/out.$(wc -l < "$counts/jobs")" || { echo "instructions: callgrind found no $alone"; exit 1; }

{
    echo "job,tier,instructions"
    nth=0
    while read -r job; do
        nth=$((nth + 1))
        echo "$job,$(sed -n 's/^totals: //p' "$counts/out.$nth")"
    done < "$counts/jobs"
} > "$counts/now"

if [ "${1:-}" = --update ]; then
    cp "$counts/now" "$baseline"
    cat "$baseline"
    exit
fi

awk -F, '
    NR == FNR { before[$1 "," $2] = $3; next }
    FNR == 1 { printf "%-44s %-9s %12s %12s\n", "job", "tier", "instructions", "baseline"; next }
    {
        known = before[$1 "," $2]; delete before[$1 "," $2]
        change = known ? 100 * ($3 - known) / known : 0
        note = !known ? "not in the baseline" : change > 5 ? "RISEN" : ""
        if (note) failed = 1
        printf "%-44s %-9s %12d %12d %+7.1f %% %s\n", $1, $2, $3, known, change, note
    }
    END {
        for (job in before) if (job != "job,tier" && job !~ /,avx2$/) { print job ": in the baseline only"; failed = 1 }
        if (failed) print "instructions: not as in " baseline " (scripts/instructions.sh --update rewrites it)"
        exit failed
    }' baseline="$baseline" "$baseline" "$counts/now"
