#!/usr/bin/env bash
# Runs every command that a page prints, in a fresh clone of the repository, so that no page can print what fails:
#   scripts/pages.sh [--install] [PAGE...]      by default docs/EMBEDDED.md, docs/C.md and docs/ON_DEVICE.md
# In a block ```console, a line that begins with "$ " is a command, and a "\" at its end continues it; other lines are
# what it must print. A page's commands run in order, in one shell, which starts in the clone. A comment of the page
# before a block directs this script:
#   <!-- pages: file NAME -->      the block is the file NAME
#   <!-- pages: skip REASON -->    its commands cannot run here: they are printed with the reason, and counted
# The clone has the tracked files, as they are now. Only its folder target is old, so that nothing is compiled twice. --install gets Debian's packages that the commands need.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

if [ "${1:-}" = --install ]; then
    shift
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends cmake pkg-config gcc unzip rustc-web \
        rust-web-src qemu-system-arm gcc-arm-none-eabi libnewlib-arm-none-eabi > /dev/null
fi
[ $# -gt 0 ] || set -- docs/EMBEDDED.md docs/C.md docs/ON_DEVICE.md
unset CARGO_TARGET_DIR # a page's paths begin with target

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What a page's script calls.
cat > "$work/functions" << 'END'
failed() { cat "$output"; printf 'pages: this fails: %s\n' "$1"; exit 1; }
ran() {
    cat > "$output.expected"
    if [ -s "$output.expected" ] && ! diff "$output.expected" "$output"; then failed "$1"; fi
    printf 'ran      %s (after %d s)\n' "$1" $SECONDS
}
skipped() { printf 'not run  %s (%s)\n' "$1" "$2"; }
END

run() { # PAGE FOLDER
    python3 scripts/pages.py "$1" > "$work/commands" || return 1
    cat "$work/functions" "$work/commands" > "$work/script"
    (cd "$2" && output=$work/output bash -uo pipefail "$work/script" < /dev/null)
}

# The check itself is checked first: it must run a good page, and find each fault that is planted in it.
finds_faults() {
    mkdir "$work/planted"
    cat > "$work/good.md" << 'END'
<!-- pages: file a/b -->
```text
one's
```
```console
$ cat \
    a/b   # and a comment
one's
$ cd a
$ test -s b
```
<!-- pages: skip without a network -->

```console
$ false
```
END
    [ "$(run "$work/good.md" "$work/planted" | awk '{ print $1 }' | sort | uniq -c | xargs)" = "1 not 3 ran" ] || return 1
    local fault
    for fault in 8s/one/two/ '8s/$/\nthree/' '10s/test/! test/' 12s/skip/leave/ 12d '1d; 2s/text/console/' 15,16d; do
        sed "$fault" "$work/good.md" > "$work/bad.md"
        ! (run "$work/bad.md" "$work/planted") > "$work/found" 2>&1 || { echo "pages: $fault was not found"; return 1; }
    done
}
finds_faults || { echo "pages: the check does not check"; exit 1; }

now=$(git stash create)
mkdir -p target/pages
for page; do
    fresh=$work/$(basename "$page" .md)
    git clone --quiet --shared --no-checkout . "$fresh/ohem"
    git -C "$fresh/ohem" checkout --quiet --detach "${now:-$(git rev-parse HEAD)}"
    ln -s "$PWD/target/pages" "$fresh/ohem/target"
    printf '\n== %s, in a fresh folder\n' "$page"
    run "$page" "$fresh/ohem" | tee -a "$work/log"
done
printf '\npages: %d commands ran, %d did not\n' "$(grep -c '^ran ' "$work/log")" "$(grep -c '^not run ' "$work/log" || true)"
