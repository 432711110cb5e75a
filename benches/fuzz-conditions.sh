#!/bin/sh
# Whether the reader of conditions survives whatever is written: `benches/fuzz-conditions.sh [TIMES] [SEED]`, ten
# million executions unless told otherwise. Sound sentences are changed and read; each execution fails if the
# reader panics, or if what it reads does not come back from its own text. Ends with 1 and the text that did it.
# `docs/checks/fuzz.sh 600 conditions` looks for such texts by what code they reach.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin mutants
exec "${CARGO_TARGET_DIR:-target}/release/mutants" "${1:-10000000}" "${2:-20260630}"
