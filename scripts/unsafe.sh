#!/usr/bin/env bash
# Lists every unsafe block of the project with its SAFETY sentence, and counts them by folder. Fails if one has none.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files '*.rs' | xargs awk '
    FNR == 1 { sentence = "" }
    /^ *\/\/ SAFETY: / { sentence = $0; sub(/.*SAFETY: /, "", sentence); next }
    /^ *\/\// && sentence { line = $0; sub(/ *\/\/ */, " ", line); sentence = sentence line; next }
    /unsafe \{/ && !/^ *\/\// {
        printf "%s:%d: %s\n", FILENAME, FNR, sentence ? sentence : "NO SAFETY SENTENCE"
        if (!sentence) bad = 1
        folder = FILENAME; match(folder, /.*\/(src|tests|fuzz_targets)\//); folder = substr(folder, 1, RLENGTH - 1); blocks[folder]++; all++
    }
    !/^ *#\[/ && !/=$/ { sentence = "" }
    END {
        printf "\n%-24s %s\n", "folder", "blocks"
        for (folder in blocks) printf "%-24s %d\n", folder, blocks[folder] | "sort"
        close("sort"); printf "%-24s %d\n", "all", all
        exit bad
    }'
