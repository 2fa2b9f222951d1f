#!/usr/bin/env bash
# Builds the wheel of the Python package, installs it into a fresh virtual environment, and runs its tests there: pytest
# (with the golden files, and every example of docstrings and docs), stubtest, mypy and ruff. Needs Python 3.11 or above
# with the module venv; installs everything else from PyPI.
#   scripts/python.sh            without torch: four minutes on two cores at most
#   scripts/python.sh --torch    with torch and torchvision as well, and the tests that need them: gigabytes of downloads
#   scripts/python.sh --release  instead: wheels for x86_64 and AArch64 by zig, and a source distribution that builds alone
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$PWD
export PIP_DISABLE_PIP_VERSION_CHECK=1 CARGO_INCREMENTAL=0

environment() { # NAME PACKAGE...: prints the folder of its commands
    python3 -m venv "$work/$1"
    "$work/$1/bin/pip" install --quiet "${@:2}" >&2
    echo "$work/$1/bin"
}

tools=$(environment tools --requirement python/requirements.txt)

# A wheel for a target, linked by zig with the libc of manylinux_2_17. If this toolchain lacks the target's library,
# Debian's compiler builds it, as in scripts/everywhere.sh (apt-get install rustc-web rust-web-src).
wheel() { # TARGET
    local foreign=()
    if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$1" ]; then
        foreign=(env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_unwind
            CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/foreign")
    fi
    (cd python && PATH="$tools:$PATH" ${foreign[@]+"${foreign[@]}"} "$tools/maturin" build --release --locked --zig \
        --target "$1" --compatibility manylinux_2_17 --out "$out")
}

release() {
    local out=$root/target/python-release says='import ohem; print(ohem.__version__, ohem.top_k([0.1, 0.9, 0.5], 2))' fresh
    rm -rf "$out" && mkdir -p "$out"
    wheel x86_64-unknown-linux-gnu
    wheel aarch64-unknown-linux-gnu
    (cd python && "$tools/maturin" sdist --out "$out")
    fresh=$(environment fresh "$out"/*x86_64.whl)
    (cd "$work" && "$fresh/python" -c "$says")
    # From the source distribution alone, in another folder.
    fresh=$(environment sdist "$out"/*.tar.gz)
    (cd "$work" && "$fresh/python" -c "$says")
    ls -l "$out"
}

if [[ ${1-} == --release ]]; then
    release
    exit
fi

"$tools/ruff" check python
"$tools/ruff" format --check python
(cd python && cargo fmt --check && cargo clippy --quiet --locked -- --deny warnings)
# The profile `gate` is `release` without optimisation across crates, which takes the time of two builds.
(cd python && "$tools/maturin" build --profile gate --locked --out "$work/dist")
"$tools/pip" install --quiet "$work"/dist/*.whl

if [[ ${1-} == --torch ]]; then
    "$tools/pip" install --quiet --requirement python/requirements-torch.txt
    "$tools/pytest" -c python/pyproject.toml python/tests
else
    "$tools/pytest" -c python/pyproject.toml python/tests --ignore python/tests/torch
fi

# From another folder, so that the installed package is read and not its source.
cd "$work"
if [[ ${1-} == --torch ]]; then
    # Names of mmdetection, which is not installed, and a metaclass that mypy does not see, since it does not read torch.
    allowed=$(printf '%s\n' 'ohem\.mmdet\.(TASK_UTILS|bbox2roi-redefinition)' 'ohem\.segmentation\._OnHost')
else
    allowed=$(printf 'ohem\.%s(\..*)?\n' _torch torchvision mmdet detectron2 segmentation distributed)
fi
"$tools/stubtest" ohem --mypy-config-file "$root/python/pyproject.toml" --allowlist <(echo "$allowed")
"$tools/mypy" --config-file "$root/python/pyproject.toml" --package ohem
