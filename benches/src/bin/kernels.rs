//! Compares ways to score the same columns: `kernels [ROWS] [ROUNDS] [--write DIR]`.
//!
//! Each kernel is checked against the exact scores on every set of customers, then all are timed in
//! turns, round by round, in one thread. `--write` leaves the columns, the exact scores and the figures
//! in a folder, for comparison with programs outside of Rust.
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_benches::clock::{median, worked};
use guanxi_benches::columns::{Columns, Maxima, SETS, Scores};
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
}

fn options() -> Result<Options, Failed> {
    let mut given = Vec::new();
    let mut write = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            write = Some(arguments.next().ok_or("--write needs a folder")?.into());
        } else {
            given
                .push(argument.parse::<usize>().map_err(|_| "usage: kernels [ROWS] [ROUNDS] [--write DIR]")?);
        }
    }
    let number = |place: usize, unless: usize| given.get(place).copied().unwrap_or(unless).max(1);
    Ok(Options { rows: number(0, 1_000_000), rounds: number(1, 7), write })
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
    run: Box<dyn FnMut() + 'a>,
    passes: u32,
    times: Vec<Duration>,
}

impl<'a> Timed<'a> {
    fn new(name: impl Into<String>, run: impl FnMut() + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run), passes: 1, times: Vec::new() }
    }

    fn once(&mut self) -> Duration {
        let start = worked();
        (0..self.passes).for_each(|_| (self.run)());
        worked().saturating_sub(start)
    }
}

/// Picoseconds a row in the median of several rounds, in which all take turns.
fn measure(mut timed: Vec<Timed<'_>>, rows: usize, rounds: usize) -> Result<Vec<(String, u64)>, Failed> {
    for one in &mut timed {
        let first = one.once().as_nanos().max(1);
        one.passes = u32::try_from(LEAST.as_nanos().div_ceil(first))?.max(1);
    }
    for _ in 0..rounds {
        for one in &mut timed {
            let time = one.once() / one.passes;
            one.times.push(time);
        }
    }
    let figure = |one: Timed<'_>| {
        let picos = median(one.times).as_nanos() * 1_000 / u128::try_from(rows)?;
        Ok((one.name, u64::try_from(picos)?))
    };
    timed.into_iter().map(figure).collect()
}

/// Picoseconds as nanoseconds of two places.
fn nanos(picos: u64) -> String {
    let hundredths = (picos + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// How many times one figure is another, to two places.
fn times(figure: u64, base: u64) -> String {
    nanos(figure.saturating_mul(1_000) / base.max(1))
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
    for (name, kind) in SETS {
        let columns = Columns::new(kind, options.rows);
        let maxima = columns.maxima();
        let plan = Plan::new(maxima);
        let product = Product::new(maxima)?;
        let mut exact = Scores::new(columns.len());
        plan.score_all(&columns, &mut exact);
        let checked = check(&columns, maxima, &product, &exact)?;
        write!(out, "  {name:<18}")?;
        let mut of_set = Map::new();
        for (kernel, run) in kernels(&columns, maxima, &plan, &product)? {
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
        found.insert(name.into(), Value::Object(of_set));
        let folder = WRITTEN.iter().find(|(written, _)| *written == name);
        if let (Some(write), Some((_, folder))) = (&options.write, folder) {
            write_set(&write.join(folder), &columns, &exact)?;
        }
    }
    Ok(Value::Object(found))
}

/// The time of every kernel, with all inputs and with some missing.
fn speed(out: &mut impl Write, options: &Options) -> Result<Map<String, Value>, Failed> {
    let mut figures = Vec::new();
    for (name, kind) in [SETS[0], SETS[5]] {
        let columns = Columns::new(kind, options.rows);
        let maxima = columns.maxima();
        let plan = Plan::new(maxima);
        let product = Product::new(maxima)?;
        let suffix = if columns.present.is_some() { format!(", {name}") } else { String::new() };
        let mut timed: Vec<Timed<'_>> = Vec::new();
        for (kernel, run) in kernels(&columns, maxima, &plan, &product)? {
            let mut scores = Scores::new(columns.len());
            timed.push(Timed::new(format!("{kernel}{suffix}"), move || {
                run(black_box(&mut scores));
            }));
        }
        if columns.present.is_none() {
            let mut scores = Scores::new(columns.len());
            let columns = &columns;
            timed.push(Timed::new("maxima", move || {
                black_box(black_box(columns).maxima());
            }));
            timed.push(Timed::new("stream", move || stream(black_box(columns), black_box(&mut scores))));
        }
        figures.extend(measure(timed, options.rows, options.rounds)?);
    }
    let of = |name: &str| figures.iter().find(|(kernel, _)| kernel == name).map_or(0, |(_, picos)| *picos);
    let (naive, base) = (of("naive"), figures.first().map_or(0, |(_, picos)| *picos));
    let first = figures.first().map_or("", |(name, _)| name);
    writeln!(
        out,
        "\nscoring {} rows, {} rounds: processor time of one thread, median",
        options.rows, options.rounds
    )?;
    writeln!(out, "  {:<24}{:>10}{:>14}{:>14}", "", "ns/row", format!("x {first}"), "naive / it")?;
    for (name, picos) in &figures {
        writeln!(
            out,
            "  {name:<24}{:>10}{:>14}{:>14}",
            nanos(*picos),
            times(*picos, base),
            times(naive, *picos)
        )?;
    }
    let missing = figures.iter().find(|(name, _)| name.starts_with("batch, ")).map_or(0, |(_, picos)| *picos);
    writeln!(
        out,
        "batch, what is missing over what is not: {} (bound: at most 2)",
        times(missing, of("batch"))
    )?;
    Ok(figures.into_iter().map(|(name, picos)| (name, json!(picos))).collect())
}

/// How the time of a row grows with the number of rows.
fn growth(out: &mut impl Write, rounds: usize) -> Result<Map<String, Value>, Failed> {
    const FEW: usize = 100_000;
    const MANY: usize = 10_000_000;
    let mut figures: Vec<Vec<(String, u64)>> = Vec::new();
    for rows in [FEW, MANY] {
        let columns = Columns::new(SETS[0].1, rows);
        let maxima = columns.maxima();
        let plan = Plan::new(maxima);
        let product = Product::new(maxima)?;
        let mut timed = Vec::new();
        for (kernel, run) in kernels(&columns, maxima, &plan, &product)? {
            // What takes its time in arithmetic alone, and most of it, is left out.
            if kernel != "naive" {
                let mut scores = Scores::new(rows);
                timed.push(Timed::new(kernel, move || run(black_box(&mut scores))));
            }
        }
        figures.push(measure(timed, rows, rounds)?);
    }
    writeln!(out, "\nns/row at {FEW} and at {MANY} rows, and the ratio")?;
    let mut ratios = Map::new();
    if let [few, many] = figures.as_slice() {
        for ((name, few), (_, many)) in few.iter().zip(many) {
            writeln!(out, "  {name:<24}{:>10}{:>14}{:>14}", nanos(*few), nanos(*many), times(*many, *few))?;
            ratios.insert(name.clone(), json!([few, many]));
        }
    }
    Ok(ratios)
}

fn main() -> Result<(), Failed> {
    let options = options()?;
    let mut out = std::io::stdout().lock();
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
