//! Compares ways to score the same columns: `kernels [ROWS] [ROUNDS] [--write DIR | --turns]`.
//!
//! Each kernel is checked against the exact scores on every set of customers, then all are timed in
//! turns, round by round, in one thread. `--write` leaves the columns, the exact scores and the figures
//! in a folder, for comparison with programs outside of Rust; `--turns` takes turns with such a program:
//! for each line that names a kernel, it runs it and answers with the picoseconds that a row took.
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_benches::clock::{median, worked};
use guanxi_benches::columns::{Columns, Kind, Maxima, SETS, Scores};
use guanxi_benches::product::{Kernel, Product};
use guanxi_benches::row::Plan;
use guanxi_benches::{naive, oracle, textbook};
use serde_json::{Map, Value, json};

type Failed = Box<dyn Error>;

/// How many rows of a set the oracle and the product's own decision are asked for.
const SAMPLE: usize = 20_000;
/// A measurement takes at least this long, by repeating what is shorter.
const LEAST: Duration = Duration::from_millis(20);
/// The sets that are written, and the names of their folders.
const WRITTEN: [(&str, &str); 2] = [("realistic", "realistic"), ("round 1000/180/25", "round")];

struct Options {
    rows: usize,
    rounds: usize,
    write: Option<PathBuf>,
    turns: bool,
}

fn options() -> Result<Options, Failed> {
    let mut given = Vec::new();
    let (mut write, mut turns) = (None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            write = Some(arguments.next().ok_or("--write needs a folder")?.into());
        } else if argument == "--turns" {
            turns = true;
        } else {
            let usage = "usage: kernels [ROWS] [ROUNDS] [--write DIR | --turns]";
            given.push(argument.parse::<usize>().map_err(|_| usage)?);
        }
    }
    let number = |place: usize, unless: usize| given.get(place).copied().unwrap_or(unless).max(1);
    Ok(Options { rows: number(0, 1_000_000), rounds: number(1, 7), write, turns })
}

/// The kernels that can score some columns, the first the one that all others are measured by.
fn kernels<'a>(
    columns: &'a Columns,
    maxima: Maxima,
    plan: &'a Plan,
    product: &'a Product,
) -> Result<Vec<(&'static str, Kernel<'a>)>, Failed> {
    let mut kernels: Vec<(&str, Kernel)> = vec![("batch", product.batch(columns)?)];
    kernels.push(("row", Box::new(|scores| plan.score_all(columns, scores))));
    if columns.present.is_none() {
        kernels.push(("textbook", Box::new(move |scores| textbook::score(columns, maxima, scores))));
        kernels.push(("naive", Box::new(move |scores| naive::score_all(columns, maxima, scores))));
    }
    Ok(kernels)
}

/// Reads every column and writes every score, without arithmetic: as fast as memory is.
fn stream(columns: &Columns, scores: &mut Scores) {
    scores.fill(columns.rows().map(|row| {
        let [low, high, ..] = row.profit.to_le_bytes();
        let small = row.undeveloped ^ row.total ^ row.service ^ row.price;
        (row.days ^ row.growth ^ u16::from_le_bytes([low, high]), small)
    }));
}

/// One thing to time, and how often in a row to reach [`LEAST`].
struct Timed<'a> {
    name: String,
    rows: usize,
    run: Box<dyn FnMut() + 'a>,
    passes: u32,
    /// Picoseconds a row, by round.
    picos: Vec<u64>,
}

impl<'a> Timed<'a> {
    fn new(name: impl Into<String>, rows: usize, run: impl FnMut() + 'a) -> Self {
        Self { name: name.into(), rows, run: Box::new(run), passes: 1, picos: Vec::new() }
    }

    /// A kernel with room of its own for scores.
    fn kernel(name: impl Into<String>, rows: usize, kernel: Kernel<'a>) -> Self {
        let mut scores = Scores::new(rows);
        Self::new(name, rows, move || kernel(black_box(&mut scores)))
    }

    fn once(&mut self) -> Duration {
        let start = worked();
        (0..self.passes).for_each(|_| (self.run)());
        worked().saturating_sub(start)
    }

    fn prepare(&mut self) -> Result<(), Failed> {
        let first = self.once().as_nanos().max(1);
        self.passes = u32::try_from(LEAST.as_nanos().div_ceil(first))?.max(1);
        Ok(())
    }

    /// Picoseconds a row.
    fn round(&mut self) -> Result<u64, Failed> {
        let passes = self.passes;
        let picos = self.once().as_nanos() * 1_000 / u128::from(passes) / u128::try_from(self.rows)?;
        Ok(u64::try_from(picos)?)
    }
}

/// What was measured.
struct Figures(Vec<(String, Vec<u64>)>);

impl Figures {
    /// Several rounds, in which all take turns.
    fn measure(mut timed: Vec<Timed<'_>>, rounds: usize) -> Result<Self, Failed> {
        timed.iter_mut().try_for_each(Timed::prepare)?;
        for _ in 0..rounds {
            for one in &mut timed {
                let picos = one.round()?;
                one.picos.push(picos);
            }
        }
        Ok(Self(timed.into_iter().map(|one| (one.name, one.picos)).collect()))
    }

    /// The medians, by name.
    fn medians(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, picos)| (name.as_str(), median(picos.clone())))
    }

    fn of(&self, name: &str) -> &[u64] {
        self.0.iter().find(|(listed, _)| listed == name).map_or(&[], |(_, picos)| picos)
    }

    /// How many thousandths of another a figure is, in the median of the rounds: a machine that changes its
    /// pace between rounds changes both.
    fn ratio(&self, name: &str, other: &str) -> u64 {
        let rounds = self.of(name).iter().zip(self.of(other));
        median(rounds.map(|(one, other)| one.saturating_mul(1_000) / other.max(&1)).collect())
    }
}

/// Thousandths of a whole, to two places: picoseconds as nanoseconds.
fn nanos(picos: u64) -> String {
    let hundredths = (picos + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn write_set(folder: &Path, columns: &Columns, exact: &Scores) -> Result<(), Failed> {
    fs::create_dir_all(folder)?;
    let wide = |values: &[u16]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let profit: Vec<u8> = columns.profit.iter().flat_map(|value| value.to_le_bytes()).collect();
    fs::write(folder.join("profit.i64"), profit)?;
    fs::write(folder.join("days.u16"), wide(&columns.days))?;
    fs::write(folder.join("growth.u16"), wide(&columns.growth))?;
    fs::write(folder.join("undeveloped.u8"), &columns.undeveloped)?;
    fs::write(folder.join("total.u8"), &columns.total)?;
    fs::write(folder.join("service.u8"), &columns.service)?;
    fs::write(folder.join("price.u8"), &columns.price)?;
    fs::write(folder.join("composite.u16"), wide(&exact.composite))?;
    fs::write(folder.join("tier.u8"), &exact.tier)?;
    Ok(())
}

/// Asks the oracle and the product for rows spread over a set; the number of rows that were equal.
fn check(columns: &Columns, maxima: Maxima, product: &Product, exact: &Scores) -> Result<usize, Failed> {
    let step = columns.len().div_ceil(SAMPLE).max(1);
    let scored = exact.composite.iter().zip(&exact.tier);
    let sample = columns.rows().zip(columns.presence()).zip(scored).step_by(step);
    let mut checked = 0;
    for ((row, present), (composite, tier)) in sample {
        let (score, oracle) = ((*composite, *tier), oracle::score(row, present, maxima));
        let assessed = product.assess(row, present)?;
        if score != oracle || score != assessed {
            return Err(format!(
                "{row:?} {present:?}: row {score:?}, oracle {oracle:?}, assess {assessed:?}"
            )
            .into());
        }
        checked += 1;
    }
    Ok(checked)
}

/// Every kernel on every set: how many composites and tiers are not the exact ones.
fn differences(out: &mut impl Write, options: &Options) -> Result<Value, Failed> {
    writeln!(out, "rows of {} that differ from the exact scores: composites / tiers", options.rows)?;
    let mut found = Map::new();
    for set in SETS {
        let set = Set::new(set, options.rows)?;
        let Set { name, columns, maxima, plan, product } = &set;
        let mut exact = Scores::new(columns.len());
        plan.score_all(columns, &mut exact);
        let checked = check(columns, *maxima, product, &exact)?;
        write!(out, "  {name:<18}")?;
        let mut of_set = Map::new();
        for (kernel, run) in set.kernels()? {
            if kernel == "row" {
                continue;
            }
            let mut scores = Scores::new(columns.len());
            run(&mut scores);
            if kernel == "batch" {
                scores.settle();
            }
            let (composites, tiers) = scores.differences(&exact);
            write!(out, "  {kernel} {composites} / {tiers}")?;
            of_set.insert(kernel.into(), json!([composites, tiers]));
        }
        if columns.present.is_none() {
            write!(out, "  ties {}", columns.rows().filter(|row| plan.ties(*row)).count())?;
        }
        writeln!(out, "  row = oracle = assess in {checked} rows")?;
        found.insert((*name).into(), Value::Object(of_set));
        let folder = WRITTEN.iter().find(|(written, _)| written == name);
        if let (Some(write), Some((_, folder))) = (&options.write, folder) {
            write_set(&write.join(folder), columns, &exact)?;
        }
    }
    Ok(Value::Object(found))
}

/// What a kernel is called on a set of which inputs are missing.
fn with_set(kernel: &str, set: &str, columns: &Columns) -> String {
    if columns.present.is_some() { format!("{kernel}, {set}") } else { kernel.into() }
}

/// Some customers, and all that scores them.
struct Set {
    name: &'static str,
    columns: Columns,
    maxima: Maxima,
    plan: Plan,
    product: Product,
}

impl Set {
    fn new((name, kind): (&'static str, Kind), rows: usize) -> Result<Self, Failed> {
        let columns = Columns::new(kind, rows);
        let maxima = columns.maxima();
        Ok(Self { name, maxima, plan: Plan::new(maxima), product: Product::new(maxima)?, columns })
    }

    fn kernels(&self) -> Result<Vec<(&'static str, Kernel<'_>)>, Failed> {
        kernels(&self.columns, self.maxima, &self.plan, &self.product)
    }

    /// Every kernel, and what they are compared with.
    fn timed(&self) -> Result<Vec<Timed<'_>>, Failed> {
        let (columns, rows) = (&self.columns, self.columns.len());
        let named = |(kernel, run)| Timed::kernel(with_set(kernel, self.name, columns), rows, run);
        let mut timed: Vec<Timed<'_>> = self.kernels()?.into_iter().map(named).collect();
        if columns.present.is_none() {
            let mut scores = Scores::new(rows);
            timed.push(Timed::new("maxima", rows, move || {
                black_box(black_box(columns).maxima());
            }));
            timed
                .push(Timed::new("stream", rows, move || stream(black_box(columns), black_box(&mut scores))));
        }
        Ok(timed)
    }
}

/// The time of every kernel, with all inputs and with some missing.
fn speed(out: &mut impl Write, options: &Options) -> Result<Map<String, Value>, Failed> {
    let (all, some) = (Set::new(SETS[0], options.rows)?, Set::new(SETS[5], options.rows)?);
    let timed = all.timed()?.into_iter().chain(some.timed()?).collect();
    let figures = Figures::measure(timed, options.rounds)?;
    writeln!(
        out,
        "\nscoring {} rows, {} rounds: processor time of one thread, median",
        options.rows, options.rounds
    )?;
    writeln!(out, "  {:<24}{:>10}{:>14}{:>14}", "", "ns/row", "x batch", "naive / it")?;
    for (name, picos) in figures.medians() {
        let (base, naive) = (figures.ratio(name, "batch"), figures.ratio("naive", name));
        writeln!(out, "  {name:<24}{:>10}{:>14}{:>14}", nanos(picos), nanos(base), nanos(naive))?;
    }
    Ok(figures.medians().map(|(name, picos)| (name.into(), json!(picos))).collect())
}

/// How the time of a row grows with the number of rows, in thousandths.
fn growth(out: &mut impl Write, rounds: usize) -> Result<Map<String, Value>, Failed> {
    const FEW: usize = 100_000;
    const MANY: usize = 10_000_000;
    let (few, many) = (Set::new(SETS[0], FEW)?, Set::new(SETS[0], MANY)?);
    let mut timed = Vec::new();
    for (set, rows) in [(&few, FEW), (&many, MANY)] {
        // What takes its time in arithmetic alone, and most of it, is left out.
        let kernels = set.kernels()?.into_iter().filter(|(kernel, _)| *kernel != "naive");
        timed.extend(kernels.map(|(kernel, run)| Timed::kernel(format!("{kernel} {rows}"), rows, run)));
    }
    let names: Vec<&str> = few.kernels()?.into_iter().map(|(kernel, _)| kernel).collect();
    let figures = Figures::measure(timed, rounds)?;
    writeln!(out, "\nns/row at {FEW} and at {MANY} rows, and the ratio")?;
    let mut ratios = Map::new();
    for name in names.into_iter().filter(|name| *name != "naive") {
        let (few, many) = (format!("{name} {FEW}"), format!("{name} {MANY}"));
        let ratio = figures.ratio(&many, &few);
        let [few, many] = [few, many].map(|name| nanos(median(figures.of(&name).to_vec())));
        writeln!(out, "  {name:<24}{few:>10}{many:>14}{:>14}", nanos(ratio))?;
        ratios.insert(name.into(), json!(ratio));
    }
    Ok(ratios)
}

/// Runs what it is asked for, a line at a time, and says how long a row took.
fn take_turns(out: &mut impl Write, rows: usize) -> Result<(), Failed> {
    let (all, some) = (Set::new(SETS[0], rows)?, Set::new(SETS[5], rows)?);
    let mut timed: Vec<Timed<'_>> = all.timed()?.into_iter().chain(some.timed()?).collect();
    timed.iter_mut().try_for_each(Timed::prepare)?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let asked = timed.iter_mut().find(|one| one.name == line).ok_or("no such kernel")?;
        // So that nobody pays for what the one before left behind.
        (asked.run)();
        writeln!(out, "{}", asked.round()?)?;
        out.flush()?;
    }
    Ok(())
}

fn main() -> Result<(), Failed> {
    let options = options()?;
    let mut out = std::io::stdout().lock();
    if options.turns {
        return take_turns(&mut out, options.rows);
    }
    let differences = differences(&mut out, &options)?;
    let speed = speed(&mut out, &options)?;
    let growth = growth(&mut out, options.rounds.min(5))?;
    if let Some(folder) = &options.write {
        let figures = json!({
            "rows": options.rows,
            "picoseconds": speed,
            "differences": differences,
            "growth": growth,
        });
        fs::write(folder.join("kernels.json"), serde_json::to_vec_pretty(&figures)?)?;
    }
    Ok(())
}
