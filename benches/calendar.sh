#!/bin/sh
# What working time costs and whether it is right: `benches/calendar.sh [QUESTIONS]`.
#
# First instructions, as callgrind counts them, each the difference of two runs so that what comes before
# does not count. Then the crate `workclock`, asked the same in the same run. Then random calendars, an
# oracle that counts their minutes, and 200 000 questions unless told otherwise, and a tenth as many ledgers
# of cases. Ends with 1 if a bound is exceeded or one answer differs. Takes some minutes on two cores.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin calendar
calendar=${CARGO_TARGET_DIR:-target}/release/calendar
failed=0

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$calendar" count "$1" "$2" 2>&1 |
        awk '/Collected/ { print $NF }'
}

# What, how many times, and the greatest number allowed.
check() {
    few=$(instructions "$1" 100)
    many=$(instructions "$1" $((100 + $2)))
    each=$(((many - few) / $2))
    printf '%-16s %8d of at most %d\n' "$1" "$each" "$3"
    [ "$each" -le "$3" ] || failed=1
}

check working_days 1000 2500
check working_hours 1000 600
check end_of_day 1000 500
check between 1000 550
check next_open 1000 400
check judge 1000 14000
check compile_day 1000 2500
"$calendar" peer || failed=1
"$calendar" differences "${1:-200000}" || failed=1
exit $failed
