"""Checks what `guanxi review --out DIR` wrote: four files that agree, and a page that needs no network."""
import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path

out = Path(sys.argv[1])
with open(out / "customers.csv", encoding="utf-8-sig", newline="") as file:
    rows = list(csv.reader(file))
lines = (out / "assessments.jsonl").read_text(encoding="utf-8").splitlines()
page = (out / "report.html").read_text(encoding="utf-8")

assert len(rows) == 1 + 701, f"customers.csv: a header and 701 customers expected, {len(rows)} rows found"
assert {len(row) for row in rows} == {len(rows[0])}, "customers.csv: rows of different lengths"
assert len(lines) == 701, f"assessments.jsonl: 701 decisions expected, {len(lines)} found"
for line in lines:
    assert {"subject", "outcome", "reasons", "basis", "as_of"} <= json.loads(line).keys(), line

segments = json.loads((out / "segments.json").read_text(encoding="utf-8"))
for column, kind, list_of, key in [
    ("abc_class", "abc", "classes", "class"),
    ("rfm_segment", "rfm", "segments", "segment"),
    ("value_segment", "value", "segments", "segment"),
]:
    place = rows[0].index(column)
    held = Counter(row[place] for row in rows[1:] if row[place])
    told = {row[key]: row["count"] for row in segments[kind]["report"][list_of] if row["count"]}
    assert held == told, f"customers.csv has {dict(held)} in {column}, segments.json tells {told}"
assert len(segments["calibration"]["proposal"]["classes"]) == 5, "segments.json: five tiers expected"

# Whatever would make a browser fetch something; `data:` and `#` stay on the page.
fetches = [
    r"""<[a-z][^>]*\s(?:src|srcset|href|xlink:href|action|poster|data)\s*=\s*["']?\s*(?!data:|#|["'\s>])[^\s>]*""",
    r"""url\(\s*["']?(?!data:|#)[^)]*\)""",
    r"@import\b.*",
    r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|importScripts|sendBeacon)\s*\(.*",
]
for pattern in fetches:
    for found in re.findall(pattern, page, re.IGNORECASE):
        sys.exit(f"report.html refers to something outside of itself: {found[:120]}")
assert page.rstrip().endswith("</html>"), "report.html has no end"
print(f"{out.name}: 701 customers, 701 decisions, segments that agree, a page of {len(page):,} characters without external references")
