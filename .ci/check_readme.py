"""Checks that what README.md shows of the review is what the review prints: `check_readme.py PRINTED`."""
import sys
from pathlib import Path

printed = Path(sys.argv[1]).read_text(encoding="utf-8")
shown = Path("README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
for part in filter(None, shown.split("\n\n")):
    assert part.strip("\n") in printed, f"README.md shows what the review does not print:\n{part}"
print("README.md shows what the review prints")
