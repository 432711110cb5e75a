#!/usr/bin/env bash
# Feeds arbitrary bytes to everything that parses: `docs/checks/fuzz.sh [SECONDS [TARGET...]]`.
# Every target in turn for 30 seconds, if not told otherwise; ends with the first that fails.
# Needs a nightly toolchain and cargo-fuzz (`cargo install cargo-fuzz`).
set -euo pipefail
cd "$(dirname "$0")/../../fuzz"

seconds=${1:-30}
shift $(($# > 0))
[ $# -gt 0 ] || set -- $(cargo +nightly fuzz list)
for target; do
    printf '\n==> %s, %s s\n' "$target" "$seconds"
    cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 -print_funcs=0
done
