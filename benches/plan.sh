#!/bin/sh
# What planning costs, and whether it is right: `benches/plan.sh [CUSTOMERS]`.
#
# First the instructions of a customer for whom nothing is due and nothing is new, as callgrind counts them, the difference
# of two runs so that what comes before does not count; then those of two years in eight calls, with more and more events,
# and with more customers: both are to grow in step. Then the time of 100 000 customers. Then 10 000 customers unless told
# otherwise, who live for two years with a host that sleeps, forgets and hears things late, each held against a planner
# that counts ticks. Ends with 1 if a bound is exceeded or one step differs. The last part takes two fifths of a second a
# customer, shared by all cores.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin plan
plan=${CARGO_TARGET_DIR:-target}/release/plan
failed=0

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$plan" "$@" 2>&1 |
        awk '/Collected/ { print $NF }'
}

# The mean of one of so many customers more.
each() {
    mode=$1 few=$2 many=$3
    shift 3
    echo $((($(instructions "$mode" "$many" "$@") - $(instructions "$mode" "$few" "$@")) / (many - few)))
}

idle=$(each idle 1000 3000)
printf 'nothing due      %9d of at most 20000\n' "$idle"
[ "$idle" -le 20000 ] || failed=1
for events in 20 40 80 160 320 640; do
    each=$(each customers 10 30 "$events")
    printf 'with %3d events  %9d\n' "$events" "$each"
    [ "$events" -ne 80 ] || of_80=$each
done
printf 'eight times the events: %d.%02d times the instructions\n' $((each / of_80)) $((each * 100 / of_80 % 100))
[ $((each * 10 / of_80)) -le 90 ] || failed=1
few=$(instructions customers 100 40)
many=$(instructions customers 1000 40)
printf 'ten times the customers: %d.%02d times the instructions\n' $((many / few)) $((many * 100 / few % 100))
[ $((many / few)) -lt 11 ] || failed=1
begin=$(date +%s)
"$plan" customers 100000 40
printf 'in %d seconds\n' $(($(date +%s) - begin))
"$plan" worlds "${1:-10000}" 730 || failed=1
exit $failed
