#!/usr/bin/env bash
# Shows that the files that docs/DESIGN.md tells one to edit exist: every path in backticks that begins a line of a list
# below a heading "To add ...". NAME in a path stands for the new file, so any file of that pattern will do. Prints how
# many files each list names. Fails if one is missing, or if a heading has no list.
set -euo pipefail
cd "$(dirname "$0")/.."

page=docs/DESIGN.md
missing=0

exists() { compgen -G "${1//NAME/*}" > /dev/null; }

report() { # HEADING COUNT
    [ "$2" -gt 0 ] || { echo "design: no file below \"$1\" in $page"; missing=1; }
    printf '%-28s %2d files\n' "$1" "$2"
}

exists scripts/NAME.sh && ! exists scripts/nothing/NAME.sh || { echo "design: the check does not check"; exit 1; }

heading='' count=0 lists=0
while IFS= read -r line; do
    case $line in
        '## '*)
            [ -z "$heading" ] || report "$heading" "$count"
            heading='' count=0
            [[ $line != '## To add '* ]] || { heading=${line#\#\# } lists=$((lists + 1)); }
            ;;
        '- `'*)
            [ -n "$heading" ] || continue
            path=${line#- \`} path=${path%%\`*}
            count=$((count + 1))
            exists "$path" || { echo "design: \"$heading\" in $page names $path, which does not exist"; missing=1; }
            ;;
    esac
done < $page
[ -z "$heading" ] || report "$heading" "$count"
[ "$lists" -gt 0 ] || { echo "design: no heading \"To add ...\" in $page"; exit 1; }
exit $missing
