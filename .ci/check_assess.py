"""Checks the worked customers of docs/src/scoring.md through the filter: `check_assess.py PROGRAM`."""
import json
import subprocess
import sys

program = sys.argv[1]


def assess(policy, *customers):
    lines = "".join(json.dumps({"subject": f"C{n}", "facts": facts}) + "\n" for n, facts in enumerate(customers))
    run = subprocess.run(
        [program, "assess", "--policy", policy, "--as-of", "2026-06-30", "--explain"],
        input=lines, capture_output=True, text=True, check=True,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def expect(decision, composite, tier):
    outcome = decision["outcome"]
    given = (outcome["composite"], outcome["tier"])
    assert given == (composite, tier), f"expected {composite} {tier}, got {given}"
    points = sum(round(100 * float(part["points"])) for part in decision["contributions"] if part["points"])
    assert points == round(100 * float(composite)), f"contributions add up to {points} hundredths, not {composite}"
    print(f"{decision['basis']['policy']['id']}: {composite} {tier}")


def scores(value, potential, need):
    return {"value_score": value, "potential_score": potential, "need_score": need}


def facts(profit, days, growth):
    return {
        "cumulative_profit": profit, "cooperation_days": days, "industry_growth": growth,
        "undeveloped_needs": 8, "total_needs": 9, "service_sensitivity": 1, "price_sensitivity": 3,
    }


worked, greatest = assess("standard", facts("285000.00", 2610, "0.07"), facts("1000000", 5400, "0.25"))
expect(worked, "50.00", "normal")
key, normal = assess("assessed", scores(92, 88, 85), scores(55, 45, 70))
expect(key, "89.40", "key")
expect(normal, "55.00", "normal")

bad = subprocess.run(
    [program, "assess", "--policy", "assessed"], input='{"subject": "C1", "facts": {"value_score": NaN}}\n',
    capture_output=True, text=True,
)
assert bad.returncode == 1 and "line 1" in bad.stderr, bad.stderr
print("a bad line is told, and ends with 1")
