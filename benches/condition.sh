#!/bin/sh
# What the routing condition costs, beside other engines: `benches/condition.sh [ROUNDS]`.
#
# First instructions, as callgrind counts them, each the difference of two runs of `conditions`, so that what
# comes before does not count; those of the next change are for each event. Then nanoseconds, beside the crates
# `cel` and `zen-expression`, which answer the same of the same leads in turns, fifteen rounds unless told
# otherwise: see `benches/peers-condition`. Ends with 1 if a bound is missed or an answer differs.
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

# Of events: what, how many there are, and the greatest number allowed for each.
check_events() {
    few=$(instructions "$1" 1)
    many=$(instructions "$1" 2)
    each=$(((many - few) / $2))
    printf '%-10s %8d of at most %d\n' "$1" "$each" "$3"
    [ "$each" -le "$3" ] || failed=1
}

check compiled 10000 400
check true 10000 750
check walked 10000 1000000
check compile 1000 1000000
check parse 1000 1000000
check_events next_1k 1000 5500
check_events next_10k 10000 7000

# Engines that nothing else needs: in a workspace of their own, with what is built already.
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
CARGO_TARGET_DIR=$target cargo build --quiet --release --locked --manifest-path benches/peers-condition/Cargo.toml
"$target/release/guanxi-peers-condition" "${1:-15}" || failed=1
exit $failed
