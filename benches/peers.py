"""Scores the columns that `kernels --write DIR` left, in other ways: `peers.py DIR KERNELS [ROUNDS]`.

Each peer has the columns in the form that is its own, made before the clock starts, and gives its scores
as arrays. The clock counts the processor time of all threads. `scoring` is given the greatest values,
`with maxima` finds them itself.

A machine changes its pace while it measures: by its clock, its caches, and whoever else works on it. So
all take turns in every round, and whatever is measured stands between two measurements of the kernel that
it is compared with, which the program KERNELS takes when its turn comes. Of each, the least time of all
rounds counts: it is the one that others disturbed least. Each ratio is that of a peer's least time to the
least mean of the two beside it, so that both have had the same number of chances.
"""
import gc
import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

LEAST = 0.05  # seconds that a measurement takes, by repeating what is shorter
MODES = ("scoring", "with maxima")
DTYPES = {
    "profit": "<i8", "days": "<u2", "growth": "<u2",
    "undeveloped": "u1", "total": "u1", "service": "u1", "price": "u1",
}
GREATEST = ("profit", "days", "growth")
FILES = {"<i8": "i64", "<u2": "u16", "u1": "u8"}


def optional(name):
    try:
        return import_module(name)
    except ImportError as problem:
        print(f"!!! SKIPPED: {name} ({problem})", file=sys.stderr)
        return None


np, pl, duckdb, pd = map(optional, ("numpy", "polars", "duckdb", "pandas"))


def read(folder):
    read_one = lambda name, dtype: np.fromfile(folder / f"{name}.{FILES[dtype]}", dtype)
    columns = {name: read_one(name, dtype) for name, dtype in DTYPES.items()}
    exact = read_one("composite", "<u2"), read_one("tier", "u1")
    return columns, exact


def greatest(columns):
    return tuple(int(columns[name].max()) for name in GREATEST)


# Each peer takes columns and gives the two modes as functions without arguments. Their result is an array
# of composites, in points or whole in hundredths, and an array of tiers.


def numpy_as_written(columns):
    c = SimpleNamespace(**columns)

    def score(p, d, g):
        value = 0.5 * (c.profit / p) + 0.5 * (c.days / d)
        potential = 0.3 * (c.growth / g) + 0.7 * (c.undeveloped / c.total)
        need = 0.3 * (c.service / 5) + 0.7 * ((6 - c.price) / 5)
        composite = np.round(100 * (0.5 * value + 0.3 * potential + 0.2 * need), 2)
        tier = np.select([composite >= 90, composite >= 70, composite >= 50, composite >= 30], [0, 1, 2, 3], 4)
        return composite, tier

    given = greatest(columns)
    return lambda: score(*given), lambda: score(*greatest(columns))


def numpy_tuned(columns, block=8192):
    """Weights folded, levels as small integers, in place, and in blocks that stay in the cache."""
    c = SimpleNamespace(**columns)
    rows = len(c.profit)
    composite, tier = np.empty(rows, np.uint16), np.empty(rows, np.uint8)
    sum_, term = np.empty(block), np.empty(block)
    levels, level, below = np.empty(block, np.int16), np.empty(block, np.int16), np.empty(block, bool)

    def score(p, d, g):
        for start in range(0, rows, block):
            part = slice(start, min(start + block, rows))
            size = part.stop - start
            s, t, ls, l, b = sum_[:size], term[:size], levels[:size], level[:size], below[:size]
            np.multiply(c.profit[part], 2500 / p, out=s)
            np.multiply(c.days[part], 2500 / d, out=t)
            np.add(s, t, out=s)
            np.multiply(c.growth[part], 900 / g, out=t)
            np.add(s, t, out=s)
            np.divide(c.undeveloped[part], c.total[part], out=t)
            np.multiply(t, 2100, out=t)
            np.add(s, t, out=s)
            np.multiply(c.service[part], np.int16(120), out=ls, dtype=np.int16)
            np.multiply(c.price[part], np.int16(280), out=l, dtype=np.int16)
            np.subtract(ls, l, out=ls)
            np.add(s, ls, out=s)
            np.add(s, 1680.5, out=s)
            here, tiers = composite[part], tier[part]
            np.copyto(here, s, casting="unsafe")
            np.less(here, 9000, out=tiers.view(bool))
            for floor in (7000, 5000, 3000):
                np.less(here, floor, out=b)
                np.add(tiers, b.view(np.uint8), out=tiers)
        return composite, tier

    given = greatest(columns)
    return lambda: score(*given), lambda: score(*greatest(columns))


def pandas_as_written(columns):
    frame = pd.DataFrame(columns)

    def score(p, d, g):
        f = frame
        value = 0.5 * (f.profit / p) + 0.5 * (f.days / d)
        potential = 0.3 * (f.growth / g) + 0.7 * (f.undeveloped / f.total)
        need = 0.3 * (f.service / 5) + 0.7 * ((6 - f.price) / 5)
        composite = (100 * (0.5 * value + 0.3 * potential + 0.2 * need)).round(2)
        tier = pd.cut(composite, [-1, 30, 50, 70, 90, 101], right=False, labels=[4, 3, 2, 1, 0])
        return composite.to_numpy(), np.asarray(tier, np.uint8)

    given = greatest(columns)
    return lambda: score(*given), lambda: score(frame.profit.max(), frame.days.max(), frame.growth.max())


def polars_as_written(columns, p, d, g):
    c = pl.col
    value = 0.5 * (c("profit") / p) + 0.5 * (c("days") / d)
    potential = 0.3 * (c("growth") / g) + 0.7 * (c("undeveloped") / c("total"))
    need = 0.3 * (c("service") / 5) + 0.7 * ((6 - c("price")) / 5)
    composite = (100 * (0.5 * value + 0.3 * potential + 0.2 * need)).round(2).alias("composite")
    return columns.select(composite).with_columns(polars_tier(90, 70, 50, 30))


def polars_tuned(columns, p, d, g):
    """Weights folded, half-up by adding a half and cutting off."""
    c = pl.col
    levels = c("service").cast(pl.Int16) * 120 - c("price").cast(pl.Int16) * 280
    sum_ = c("profit") * (2500 / p) + c("days") * (2500 / d) + c("growth") * (900 / g)
    sum_ = sum_ + (c("undeveloped") / c("total")) * 2100.0 + levels + 1680.5
    composite = sum_.cast(pl.UInt16).alias("composite")
    return columns.select(composite).with_columns(polars_tier(9000, 7000, 5000, 3000))


def polars_integers(columns, p, d, g):
    """Exact: one fraction of 128-bit integers a row, divided once."""
    whole = lambda name: pl.col(name).cast(pl.Int128)
    number = lambda n: n.cast(pl.Int128) if isinstance(n, pl.Expr) else pl.lit(n, pl.Int128)
    p, d, g = number(p), number(d), number(g)
    t = whole("total")
    over = whole("profit") * (2500 * d * g) + whole("days") * (2500 * p * g) + whole("growth") * (900 * p * d)
    levels = whole("service") * 120 + (6 - whole("price")) * 280
    over = (over + levels * (p * d * g)) * t + whole("undeveloped") * (2100 * p * d * g)
    under = t * (p * d * g)
    composite = ((2 * over + under) // (2 * under)).cast(pl.UInt16).alias("composite")
    return columns.select(composite).with_columns(polars_tier(9000, 7000, 5000, 3000))


def polars_tier(*floors):
    tier = pl.lit(len(floors), pl.UInt8)
    for place, floor in reversed(list(enumerate(floors))):
        tier = pl.when(pl.col("composite") >= floor).then(pl.lit(place, pl.UInt8)).otherwise(tier)
    return tier.alias("tier")


def polars(query, engine):
    def peer(columns):
        lazy = pl.DataFrame(columns).lazy()

        def mode(*maxima):
            scored = query(lazy, *maxima)

            def run():
                frame = scored.collect(engine=engine)
                return frame["composite"].to_numpy(), frame["tier"].to_numpy()

            return run

        return mode(*greatest(columns)), mode(*(pl.col(name).max() for name in GREATEST))

    return peer


# The table `given` holds the arrays; every query reads `columns`. A view casts within the query, and so
# within the time; `stored` has amounts and rates as decimals, and counts as they are, before the clock starts.
DUCKDB_COLUMNS = {
    "DECIMAL": "CREATE VIEW columns AS SELECT CAST(COLUMNS(*) AS DECIMAL(18, 0)) FROM given",
    "DECIMAL stored": """CREATE TABLE columns AS SELECT * REPLACE (CAST(profit / 100 AS DECIMAL(18, 2)) AS profit,
        CAST(growth / 10000 AS DECIMAL(6, 4)) AS growth) FROM given""",
    "DOUBLE": "CREATE VIEW columns AS SELECT CAST(COLUMNS(*) AS DOUBLE) FROM given",
    "HUGEINT": "CREATE VIEW columns AS SELECT * FROM given",
}
# `/` makes a DOUBLE of whatever it divides: this is not exact, whatever the columns are.
DUCKDB_AS_WRITTEN = """
    round(CAST(100 * (0.5 * (0.5 * (profit / {p}) + 0.5 * (days / {d}))
        + 0.3 * (0.3 * (growth / {g}) + 0.7 * (undeveloped / total))
        + 0.2 * (0.3 * (service / 5) + 0.7 * ((6 - price) / 5))) AS {type}), 2)"""
# One fraction of 128-bit integers a row, divided once; the coefficients are those of the columns.
DUCKDB_EXACT = """
    ((2 * (total * (profit * {of_profit} + days * {of_days} + growth * {of_growth}
        + (120 * service::INTEGER + 280 * (6 - price::INTEGER)) * {whole}) + undeveloped * 2100 * {whole})
        + total * {whole}) // (2 * total * {whole}))::USMALLINT"""
DUCKDB_COEFFICIENTS = """
    (SELECT 2500 * d * g AS of_profit, 2500 * p * g AS of_days, 900 * p * d AS of_growth, p * d * g AS whole
    FROM (SELECT max(profit)::HUGEINT AS p, max(days)::HUGEINT AS d, max(growth)::HUGEINT AS g FROM columns))"""
DUCKDB_MAXIMA = "(SELECT max(profit) AS p, max(days) AS d, max(growth) AS g FROM columns)"


def duckdb_peer(kind):
    def peer(columns):
        connection = duckdb.connect()
        connection.register("arrays", dict(columns))
        connection.execute("CREATE TABLE given AS SELECT * FROM arrays")
        connection.execute(DUCKDB_COLUMNS[kind])
        if kind == "HUGEINT":
            formula, maxima, wide = DUCKDB_EXACT, DUCKDB_COEFFICIENTS, "::HUGEINT"
            floors = (9000, 7000, 5000, 3000)
        else:
            type_ = "DECIMAL(9, 6)" if kind.startswith("DECIMAL") else "DOUBLE"
            formula, maxima, wide = DUCKDB_AS_WRITTEN.replace("{type}", type_), DUCKDB_MAXIMA, ""
            floors = (90, 70, 50, 30)
        cases = " ".join(f"WHEN composite >= {floor} THEN {place}" for place, floor in enumerate(floors))

        def query(source, maxima):
            return f"""
                SELECT composite, (CASE {cases} ELSE 4 END)::UTINYINT AS tier
                FROM (SELECT {formula.format(**maxima)} AS composite FROM {source})"""

        found = connection.execute(f"SELECT * FROM {maxima}")
        names = [column[0] for column in found.description]
        values = [f"{value}{wide}" for value in found.fetchone()]

        def mode(sql):
            def run():
                scored = connection.execute(sql).fetchnumpy()
                return scored["composite"], scored["tier"]

            return run

        given = query("columns", dict(zip(names, values)))
        return mode(given), mode(query(f"columns, {maxima}", dict(zip(names, names))))

    return peer


def peers():
    if np is None:
        return
    yield "numpy as written", numpy_as_written
    yield "numpy tuned", numpy_tuned
    if pd:
        yield "pandas as written", pandas_as_written
    if pl:
        for engine in ("streaming", "in-memory"):
            yield f"polars as written, {engine}", polars(polars_as_written, engine)
            yield f"polars tuned, {engine}", polars(polars_tuned, engine)
        yield "polars Int128, streaming", polars(polars_integers, "streaming")
    if duckdb:
        for kind in DUCKDB_COLUMNS:
            yield f"duckdb {kind}", duckdb_peer(kind)


def differences(result, exact):
    composite, tier = result
    if composite.dtype.kind == "f":
        composite = np.rint(composite * 100)
    counts = int((composite != exact[0]).sum()), int((np.asarray(tier) != exact[1]).sum())
    assert max(counts) < len(exact[0]) / 10, f"another job: {counts} of {len(exact[0])} rows differ"
    return counts


def clocked(run, passes):
    run()  # so that nobody pays for what the one before left behind
    start = time.process_time()
    for _ in range(passes):
        run()
    return (time.process_time() - start) / passes


class Kernels:
    """The kernels in Rust, in a process that runs one when it is named."""

    def __init__(self, program, rows):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program, str(rows), "--turns"], stdin=pipe, stdout=pipe, text=True)

    def run(self, *names):
        """Nanoseconds a row of one after the other."""
        total = 0
        for name in names:
            self.process.stdin.write(name + "\n")
            self.process.stdin.flush()
            total += int(self.process.stdout.readline())
        return total / 1000

    def modes(self, name):
        return (lambda: self.run(name)), (lambda: self.run(name, "maxima"))


def prepare(folder):
    """Each peer as two functions that give nanoseconds a row, and the rows that differ, by peer and set."""
    runs, differ = {}, {}
    for set_ in ("round", "realistic"):
        columns, exact = read(folder / set_)
        for name, peer in peers():
            modes = peer(columns)
            for run in modes:
                found = differences(run(), exact)
                differ.setdefault(name, {})[set_] = max(found, differ.get(name, {}).get(set_, (0, 0)))
            runs[name] = modes  # those of the last set, the realistic one

    def timed(run):
        passes = max(1, round(LEAST / max(clocked(run, 1), 1e-9)))
        return lambda: clocked(run, passes) / len(exact[0]) * 1e9

    return {name: [timed(run) for run in modes] for name, modes in runs.items()}, differ


def measure(runs, judged, rounds):
    """By name and mode: nanoseconds a row, and the multiples of the judged one, both of the least times."""
    times = {name: ([], []) for name in runs}
    beside = {name: ([], []) for name in runs}
    gc.disable()
    for _ in range(rounds):
        for mode in range(len(MODES)):
            before = runs[judged][mode]()
            for name, modes in runs.items():
                figure, after = modes[mode](), runs[judged][mode]()
                times[name][mode].append(figure)
                beside[name][mode].append((before + after) / 2)
                before = after
    least = lambda of: {name: [min(mode) for mode in modes] for name, modes in of.items()}
    times, beside = least(times), least(beside)
    return times, {name: [time / of for time, of in zip(times[name], beside[name])] for name in runs}


def main():
    folder, program, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 7
    kernels = json.loads((folder / "kernels.json").read_text())

    # The kernels that are compared with the peers, the judged one first.
    judged = "batch"
    rust = Kernels(program, kernels["rows"])
    runs, differ = prepare(folder) if np else ({}, {})
    missing = f"{judged}, 5 % missing"
    runs = {name: rust.modes(name) for name in (judged, "row", "textbook", "naive")} | runs
    sets = {"realistic": "realistic", "round": "round 1000/180/25"}
    for name in (judged, "row", "textbook", "naive"):
        counted = lambda set_: tuple(kernels["differences"][sets[set_]].get(name, (0, 0)))
        differ[name] = {set_: counted(set_) for set_ in sets}
    # Nothing that finds the greatest values looks at what is missing: of that, only scoring counts.
    figures, ratios = measure(runs | {missing: rust.modes(missing)}, judged, rounds)
    figures.pop(missing)

    versions = ", ".join(f"{module.__name__} {module.__version__}" for module in (np, pl, duckdb, pd) if module)
    print(f"\n{kernels['rows']} rows, {rounds} rounds: processor time of all threads, least; {versions}")
    print(f"{'':<30}{'ns/row':>18}{'times ' + judged:>20}   {'rows that differ: composites / tiers'}")
    head = f"{'':<30}{'scoring':>9}{'+ maxima':>9}{'scoring':>11}{'+ maxima':>9}"
    print(f"{head}   {'exact':<7}{'realistic':>16}{'round numbers':>16}")
    for name, both in figures.items():
        exact = all(counts == (0, 0) for counts in differ[name].values())
        shown = "".join(f"{'%d / %d' % differ[name][set_]:>16}" for set_ in sets)
        numbers = "".join(f"{figure:>9.2f}" for figure in both) + "{:>11.2f}{:>9.2f}".format(*ratios[name])
        print(f"{name:<30}{numbers}   {'yes' if exact else 'no':<7}{shown}")

    print(f"\nbounds, judged by the kernel `{judged}`")
    failed = False

    def verdict(what, given, well, bound):
        nonlocal failed
        failed |= not well
        print(f"{'PASS' if well else 'FAIL'}  {what}: {given} (bound: {bound})")

    def at_least(name, least, more=False, modes=MODES):
        if name not in ratios:
            print(f"SKIPPED  {name}: not installed")
            return
        for mode, ratio in zip(modes, ratios[name]):
            well = ratio > least if more else ratio >= least
            verdict(f"{name}, {mode}", f"{ratio:.2f}x", well, f"{'more than' if more else 'at least'} {least}x")

    at_least("naive", 150)
    at_least("polars as written, streaming", 2.5)
    # Its constants have the greatest values in them: it is made for when these are known.
    at_least("polars tuned, streaming", 2.5, modes=MODES[:1])
    at_least("duckdb DECIMAL", 20)
    at_least("numpy as written", 1, more=True)
    at_least("numpy tuned", 1, more=True)
    growth, lacking = kernels["growth"][judged] / 1000, ratios[missing][0]
    verdict("ns/row at 10 000 000 rows over 100 000", f"{growth:.2f}", growth <= 1.5, "at most 1.5")
    verdict("5 % of each column missing over nothing missing", f"{lacking:.2f}", lacking <= 2, "at most 2")
    off = sum(sum(counts.get(judged, ())) for counts in kernels["differences"].values())
    verdict("differences from the exact scores, all sets", off, off == 0, "0")
    sys.exit(failed)


main()
