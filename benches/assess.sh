#!/bin/sh
# How fast and how lean `guanxi assess` is, beside json_echo, which only reads each line as JSON and
# writes it again: `benches/assess.sh [RUNS]`. Every figure is of this machine, in one run, one thread.
set -eu
cd "$(dirname "$0")/.."
runs=${1:-5}
cargo build --quiet --release -p guanxi-cli -p guanxi-benches
bin=${CARGO_TARGET_DIR:-target}/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$bin/customers" 1000000 > "$work/1m.jsonl"
head -n 100000 "$work/1m.jsonl" > "$work/100k.jsonl"
head -n 11000 "$work/1m.jsonl" > "$work/11k.jsonl"
head -n 1000 "$work/1m.jsonl" > "$work/1k.jsonl"

# The programs compared, by name.
run() {
    case $1 in
        json_echo) echo "$bin/json_echo" ;;
        assess) echo "$bin/guanxi assess --quiet --as-of 2026-06-30 --reference $work/reference.json" ;;
        explain) echo "$(run assess) --explain" ;;
    esac
}
"$bin/guanxi" assess --quiet --as-of 2026-06-30 --reference-out "$work/reference.json" \
    < "$work/1m.jsonl" > /dev/null

echo "user seconds for 1 000 000 lines, $runs rounds"
for name in json_echo assess explain; do : > "$work/$name"; done
for round in $(seq "$runs"); do
    for name in json_echo assess explain; do
        # shellcheck disable=SC2046
        /usr/bin/time -f %U -o "$work/time" $(run $name) < "$work/1m.jsonl" > /dev/null
        cat "$work/time" >> "$work/$name"
    done
done
median() { sort -n "$work/$1" | awk '{ of[NR] = $1 } END { print (of[int((NR + 1) / 2)] + of[int(NR / 2) + 1]) / 2 }'; }
base=$(median json_echo)
for name in json_echo assess explain; do
    echo "$name $(median $name) $base $(sort -n "$work/$name" | tr '\n' ' ')"
done | awk '{
    printf "  %-10s median %5.2f  ratio %4.2f  all", $1, $2, $2 / $3
    for (i = 4; i <= NF; i++) printf " %s", $i
    print ""
}'

echo "peak memory in KiB (100 000 lines, 1 000 000 lines, ratio)"
for name in assess explain; do
    for lines in 100k 1m; do
        # shellcheck disable=SC2046
        /usr/bin/time -f %M -o "$work/$lines" $(run $name) < "$work/$lines.jsonl" > /dev/null
    done
    paste "$work/100k" "$work/1m" | awk -v name=$name '{ printf "  %-10s %d %d %.3f\n", name, $1, $2, $2 / $1 }'
done

if command -v valgrind > /dev/null; then
    echo "instructions a line (callgrind, 11 000 lines less 1 000)"
    # shellcheck disable=SC2046
    count() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null $(run "$1") 2>&1 < "$work/$2.jsonl" > /dev/null |
            awk '/Collected/ { print $NF }'
    }
    for name in json_echo assess explain; do
        printf '  %-10s %d\n' $name $((($(count $name 11k) - $(count $name 1k)) / 10000))
    done
fi
