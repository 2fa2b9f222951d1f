#!/usr/bin/env bash
# Builds the wheel of the Python package, installs it into a fresh virtual environment, and runs its tests there: pytest
# (with the golden files, and every example of docstrings and docs), stubtest, mypy and ruff. Needs Python 3.10 or above
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

release() {
    local out=$root/target/python wheel target fresh
    rm -rf "$out" && mkdir -p "$out"
    for target in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu; do
        # maturin asks zig, from the environment's commands, to link with the libc of manylinux_2_17.
        (cd python && PATH="$tools:$PATH" "$tools/maturin" build --release --locked --zig --target "$target" \
            --compatibility manylinux_2_17 --out "$out")
    done
    (cd python && "$tools/maturin" sdist --out "$out")
    wheel=$(ls "$out"/*x86_64*.whl)
    fresh=$(environment fresh "$wheel")
    (cd "$work" && "$fresh/python" -c 'import ohem; print(ohem.__version__, ohem.top_k([0.1, 0.9, 0.5], 2))')
    # From the source distribution alone, in another folder.
    fresh=$(environment sdist "$out"/*.tar.gz)
    (cd "$work" && "$fresh/python" -c 'import ohem; print(ohem.__version__, ohem.top_k([0.1, 0.9, 0.5], 2))')
    ls -l "$out"
}

if [[ ${1-} == --release ]]; then
    release
    exit
fi

"$tools/ruff" check python
"$tools/ruff" format --check python
(cd python && cargo fmt --check)
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
without_torch=$(printf 'ohem\\.%s(\\..*)?\n' _torch torchvision mmdet detectron2 segmentation distributed)
[[ ${1-} == --torch ]] && without_torch=
"$tools/stubtest" ohem --mypy-config-file "$root/python/pyproject.toml" --ignore-unused-allowlist \
    --allowlist <(echo "$without_torch")
"$tools/mypy" --config-file "$root/python/pyproject.toml" --package ohem
