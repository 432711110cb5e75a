#!/bin/sh
# How fast scoring columns is beside other ways to do the same job on the same arrays, and whether they
# do it exactly: `benches/peers.sh [ROWS] [ROUNDS]`. All figures are processor time of this machine, in
# one run. Ends with a PASS or a FAIL for each bound, and with 1 if one fails. A peer that cannot be
# installed is named, and the comparison goes on without it.
set -eu
cd "$(dirname "$0")/.."
rows=${1:-1000000}
rounds=${2:-7}
target=${CARGO_TARGET_DIR:-target}
venv=$target/peers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --quiet --release --locked -p guanxi-benches

python=python3
if [ -x "$venv/bin/pip" ] || python3 -m venv "$venv"; then
    python=$venv/bin/python
    for peer in numpy==2.4.6 polars==2.1.0 duckdb==2.0.0 pandas==3.1.1; do
        "$python" -m pip install --quiet --disable-pip-version-check "$peer" ||
            echo "!!! NOT INSTALLED: $peer" >&2
    done
else
    echo '!!! NO PYTHON ENVIRONMENT: only what is installed already is compared' >&2
fi

"$target/release/kernels" "$rows" "$rounds" --write "$work"
"$python" benches/peers.py "$work" "$target/release/kernels" "$rounds"
