#!/bin/sh
# How many instructions each of these takes, as callgrind counts them: `benches/instructions.sh`. Each
# figure is the difference of two runs of `count`, so that what comes before does not count. Fails if
# one is above its bound.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin count
count=${CARGO_TARGET_DIR:-target}/release/count
failed=0

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$count" "$1" "$2" 2>&1 |
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

# Of columns: what, and the greatest number allowed for one of 102 400 customers.
check_rows() {
    few=$(instructions "$1" 1)
    many=$(instructions "$1" 11)
    tenths=$(((many - few) / 102400))
    printf '%-10s %6d.%d of at most %d\n' "$1" $((tenths / 10)) $((tenths % 10)) "$2"
    [ "$tenths" -le $(($2 * 10)) ] || failed=1
}

# Of leads: what, how many times, and the greatest number allowed.
check_leads() {
    few=$(instructions "$1" 1)
    many=$(instructions "$1" $((1 + $2)))
    each=$(((many - few) / $2))
    printf '%-10s %8d of at most %d\n' "$1" "$each" "$3"
    [ "$each" -le "$3" ] || failed=1
}

check assess 1000 4200
check explained 1000 6000
check upsert 1000 22000
check compile 50 100000
check_rows dense 45
check_rows dimensions 75
check_rows missing 90
check_leads lead_1k 2 100000000
check_leads lead_10k 1 1000000000
check_leads event_1k 1000 10000
check_leads event_10k 1000 10000
exit $failed
