#!/bin/sh
# How many instructions the routing condition takes, as callgrind counts them: `benches/condition.sh`. Each
# figure is the difference of two runs of `conditions`, so that what comes before does not count. Fails if
# one is above its bound.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin conditions
conditions=${CARGO_TARGET_DIR:-target}/release/conditions
failed=0

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$conditions" "$1" "$2" 2>&1 |
        awk '/Collected/ { print $NF }'
}

# What, how many times, and the greatest number allowed.
check() {
    few=$(instructions "$1" 100)
    many=$(instructions "$1" $((100 + $2)))
    each=$(((many - few) / $2))
    printf '%-10s %8d of at most %d\n' "$1" "$each" "$3"
    [ "$each" -le "$3" ] || failed=1
}

check compiled 10000 400
check true 10000 400
check walked 10000 1000000
check compile 1000 1000000
check parse 1000 1000000
exit $failed
