#!/bin/sh
# Routes fictitious leads to an office of 50 people with weights, leave, languages and capacities:
# `benches/routing.sh [LEADS]`, a million unless told otherwise. First each lead beside an office that counts by
# itself: nobody may get what they cannot take, and between two changes nobody's count may ever be a whole lead
# from the share. Then how many instructions a lead takes by the policy `standard`, conditions, filters and the
# reasons of everybody who does not get it included: in an office where six or so of the fifty cannot take a
# lead, and in a tight one where a quarter cannot. Ends with 1 if anything is above its bound.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked -p guanxi-benches --bin routing
routing=${CARGO_TARGET_DIR:-target}/release/routing
"$routing" simulate "${1:-1000000}"

command -v valgrind > /dev/null || exit 0
failed=0
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$routing" "$1" "$2" 2>&1 |
        awk '/Collected/ { print $NF }'
}

# What, and the greatest number allowed for one lead.
check() {
    few=$(instructions "$1" 1000)
    many=$(instructions "$1" 11000)
    each=$(((many - few) / 10000))
    printf '%-10s %8d of at most %d\n' "$1" "$each" "$2"
    [ "$each" -le "$2" ] || failed=1
}

check count 6000
check tight 7000
exit $failed
