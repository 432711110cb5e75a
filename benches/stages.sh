#!/bin/sh
# What it costs to move customers along their life cycle: `benches/stages.sh`.
#
# The instructions of a customer of the definition `five-stage` who lives for two years, in eight calls, with more and more
# events, as callgrind counts them: the difference of two runs, so that what comes before does not count. Ends with 1 if
# an event costs more than is allowed.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin stages
stages=${CARGO_TARGET_DIR:-target}/release/stages
failed=0

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$stages" "$@" 2>&1 |
        awk '/Collected/ { print $NF }'
}

for events in 20 80 320 1280; do
    each=$((($(instructions 6 "$events") - $(instructions 2 "$events")) / 4 / events))
    printf 'with %4d events  %6d an event of at most 80000\n' "$events" "$each"
    [ "$each" -le 80000 ] || failed=1
done
exit $failed
