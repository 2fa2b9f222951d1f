#!/usr/bin/env bash
# Changes ohem-core and ohem-std in one place at a time, and asks whether a test fails: scripts/mutants.sh [PART...]
# Parts: core, rules (those of core, which ohem-std's tests check) and std; without names, all. Prints how many of the changes
# that compile were caught. Fails below 95 %, or if one survives that scripts/mutants-survivors.txt does not explain.
# Takes two hours on two idle cores.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- core rules std
out=$(realpath -m "${CARGO_TARGET_DIR:-target}/mutation")
explained=scripts/mutants-survivors.txt
command -v cargo-mutants > /dev/null || cargo install --quiet --locked cargo-mutants
unset CARGO_TARGET_DIR # each copy of the tree has its own

# The same cases for each change, and no search for a smaller one: that a test fails is all that is asked.
export PROPTEST_RNG_SEED=7 PROPTEST_MAX_SHRINK_ITERS=0 PROPTEST_DISABLE_FAILURE_PERSISTENCE=true
rules=crates/ohem-core/src/rules

count() { cat "$@" | wc -l; }

mutate() { # PART CASES ARGUMENTS...: those that no run before this one caught
    mkdir -p "$out/$1"
    PROPTEST_CASES=$2 cargo mutants --output "$out/$1" --iterate --profile mutants --cap-lints true --jobs 2 \
        --minimum-test-timeout 20 --no-times --colors never "${@:3}" >> "$out/$1.log" || true
    # The first run knows them all; a later one takes what does not compile for caught.
    local results=$out/$1/mutants.out
    [ -e "$out/$1/viable" ] || count "$results"/{caught,timeout,missed}.txt > "$out/$1/viable"
}

# Most changes fail the first tests at once. What they leave is asked of all tests, the slow ones too.
run() { # PART
    local slow=(every_memory_keeps gradients_are_slopes all_are_within)
    local skip=("${slow[@]/#/--skip=}")
    rm -rf "$out/$1" "$out/$1.log"
    case $1 in
        core)
            local core=(--package ohem-core --features half --exclude "$rules.rs" --exclude "$rules/**")
            mutate core 16 "${core[@]}" -- --locked --tests -- "${skip[@]}"
            mutate core 64 "${core[@]}" -- --locked --tests ;;
        rules) # cargo-mutants would look for these tests in the crate that is changed
            local tests=(--locked --test rules --test pool --test peers)
            cargo test --quiet --profile mutants --package ohem-std "${tests[@]}" > "$out/rules.log" 2>&1 ||
                { tail "$out/rules.log"; exit 1; }
            mutate rules 64 --package ohem-core --file "$rules.rs" --file "$rules/**" --baseline skip --timeout 60 \
                --test-package ohem-std -- "${tests[@]}" ;;
        std)
            mutate std 16 --package ohem-std --features rayon -- --locked -- --skip=cases
            mutate std 64 --package ohem-std --features rayon -- --locked ;;
        *) echo "mutants: what is $1?"; exit 2 ;;
    esac
}

unexplained() { # which survive, and are not in the list
    sed -E 's/:[0-9]+:[0-9]+: /: /' "$out/$1/mutants.out/missed.txt" |
        grep -vxFf <(sed -E 's/ +#.*//' "$explained") || true
}

failed=0
printf '%-6s %8s %8s %8s %8s\n' part viable caught survive caught
for part; do
    run "$part"
    viable=$(cat "$out/$part/viable") missed=$(count "$out/$part/mutants.out/missed.txt")
    caught=$((viable - missed))
    [ "$viable" -gt 0 ] || { tail "$out/$part.log"; exit 1; }
    printf '%-6s %8d %8d %8d %7d.%d%%\n' "$part" "$viable" "$caught" "$missed" $((caught * 100 / viable)) $((caught * 1000 / viable % 10))
    [ $((caught * 100)) -ge $((viable * 95)) ] || failed=1
    if unexplained "$part" | grep .; then failed=1; fi
done
exit $failed
