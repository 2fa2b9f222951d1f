#!/usr/bin/env bash
# Opens reports in headless Chromium, clicks and types, and looks for errors: scripts/report.sh [FOLDER].
#
# Needs the Debian package chromium, and playwright of PyPI. FOLDER gets screenshots in light and dark.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-$(mktemp -d)}
cargo build --package ohem-cli --locked --quiet
ohem=${CARGO_TARGET_DIR:-target}/debug/ohem
"$ohem" report --html "$folder/report.html"
python3 scripts/report/browser.py "$folder/report.html" "$folder"

# 10,000 RoIs, and names that are hostile in HTML.
python3 - > "$folder/many.csv" <<'PYTHON'
import random
random.seed(1)
print("image,x1,y1,x2,y2,label,loss")
for row in range(10000):
    x, y = random.randrange(900), random.randrange(700)
    name = ("</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "plain")[row % 3]
    print(f"{name} {row % 20},{x},{y},{x + random.randrange(20, 99)},{y + random.randrange(20, 99)},<b>{row % 9}</b>,{random.expovariate(1)}")
PYTHON
"$ohem" report "$folder/many.csv" --html "$folder/many.html"
python3 scripts/report/browser.py "$folder/many.html" "$folder" 10000
