#!/bin/sh
# Whether a row is scored alike in every way there is: `benches/differences.sh [ROWS]`, five million rows
# unless told otherwise, many of them exactly between two hundredths of a point. Takes some minutes on two
# cores. Ends with 1 if one row differs.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin differences
exec "${CARGO_TARGET_DIR:-target}/release/differences" "${1:-5000000}"
