#!/bin/sh
# What routing costs, and whether it is fair: `benches/routing.sh [LEADS]`.
#
# First the instructions of a lead for an office of 50 people, as callgrind counts them, each the difference
# of two runs so that what comes before does not count. Then 1 000 000 leads unless told otherwise, each
# checked against an office that counts by itself. Ends with 1 if a bound is exceeded or a count is ever a
# whole lead from its share. Takes some minutes.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin routing
routing=${CARGO_TARGET_DIR:-target}/release/routing
failed=0

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$routing" "$1" "$2" 2>&1 |
        awk '/Collected/ { print $NF }'
}

# What, and the greatest number of instructions allowed.
check() {
    few=$(instructions "$1" 1000)
    many=$(instructions "$1" 3000)
    each=$(((many - few) / 2000))
    printf '%-6s %8d of at most %d\n' "$1" "$each" "$2"
    [ "$each" -le "$2" ] || failed=1
}

check count 6000
check tight 6000
"$routing" simulate "${1:-1000000}" || failed=1
exit $failed
