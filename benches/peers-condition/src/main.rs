//! Asks the routing condition of the same leads in three engines: `guanxi-peers-condition [ROUNDS]`, see
//! `benches/condition.sh`.
//!
//! Every engine has its condition compiled, and each lead in the form that is its own, before the clock starts.
//! The clock counts the processor time of the thread. In every round all take turns, the compiled condition
//! before each peer and after it, and a peer is divided by the mean of the two: a machine that changes its pace
//! changes both. The median of these ratios counts.
use std::error::Error;
use std::hint::black_box;

use cel::{Context, Program, Value};
use guanxi::condition::{Compiled, Given, Moment};
use guanxi::core::{FactMap, parse_instant};
use guanxi_benches::clock::{median, worked};
use guanxi_benches::routed::{Lead, facts, leads, routed};
use zen_expression::vm::VM;
use zen_expression::{Isolate, Variable};

type Failed = Box<dyn Error>;

/// How many leads, and how often a turn asks of all of them.
const LEADS: usize = 1_000;
const PASSES: u32 = 100;
/// How many times as long as the compiled condition each peer takes at least.
const BOUND: f64 = 5.0;

const CEL: &str = r#"region == "East China" && industry == "technology" && score >= 80.0"#;
const ZEN: &str = r#"region == "East China" and industry == "technology" and score >= 80"#;

/// Nanoseconds a lead, and how many are routed, each time the same ones.
fn turn(mut routed: impl FnMut() -> usize) -> (f64, usize) {
    let first = routed();
    let start = worked();
    for _ in 0..PASSES {
        black_box(routed());
    }
    let nanos = worked().saturating_sub(start).as_secs_f64() * 1e9;
    (nanos / f64::from(PASSES) / LEADS as f64, first)
}

/// The ten facts of a lead, as JSON has them.
fn record(lead: &Lead) -> serde_json::Value {
    serde_json::json!({
        "budget": 45000.0, "city": "Hangzhou", "employees": 820, "industry": lead.industry, "opened": "2026-05-04",
        "region": lead.region, "score": f64::from(lead.tenths) / 10.0, "sensitivity": 4, "source": "trade fair",
        "vip": false
    })
}

fn context(lead: &Lead) -> Context<'static, 'static> {
    let mut context = Context::default();
    context.add_variable_from_value("budget", 45000.0);
    context.add_variable_from_value("city", "Hangzhou");
    context.add_variable_from_value("employees", 820_i64);
    context.add_variable_from_value("industry", lead.industry);
    context.add_variable_from_value("opened", "2026-05-04");
    context.add_variable_from_value("region", lead.region);
    context.add_variable_from_value("score", f64::from(lead.tenths) / 10.0);
    context.add_variable_from_value("sensitivity", 4_i64);
    context.add_variable_from_value("source", "trade fair");
    context.add_variable_from_value("vip", false);
    context
}

fn main() -> Result<(), Failed> {
    let rounds: usize = std::env::args().nth(1).map_or(Ok(15), |rounds| rounds.parse())?;
    let all = leads(LEADS);
    let at = Moment::utc(parse_instant("2026-06-30")?);
    let compiled = Compiled::new(&routed()?);
    let ours = all.iter().map(facts).collect::<Result<Vec<FactMap>, _>>()?;
    let program = Program::compile(CEL)?;
    let contexts: Vec<Context<'_, '_>> = all.iter().map(context).collect();
    let expression = Isolate::new().compile_standard(ZEN)?;
    let variables: Vec<Variable> = all.iter().map(|lead| record(lead).into()).collect();

    // All agree on every lead.
    let mut vm = VM::new();
    for (((lead, facts), context), variable) in all.iter().zip(&ours).zip(&contexts).zip(&variables) {
        let expected = lead.region == "East China" && lead.industry == "technology" && lead.tenths >= 800;
        let given = Given { facts, events: None };
        let answers = [
            compiled.holds(&given, &at).is_true(),
            program.execute(context)? == Value::Bool(true),
            matches!(expression.evaluate_with(variable.clone(), &mut vm)?, Variable::Bool(true)),
        ];
        if answers != [expected; 3] {
            return Err(format!("{lead:?}: compiled, cel and zen-expression say {answers:?}").into());
        }
    }

    let own = || {
        turn(|| {
            let holds = |facts| compiled.holds(black_box(&Given { facts, events: None }), &at).is_true();
            ours.iter().filter(|facts| holds(*facts)).count()
        })
    };
    let mut cel = || {
        turn(|| {
            let holds = |context| matches!(program.execute(black_box(context)), Ok(Value::Bool(true)));
            contexts.iter().filter(|context| holds(context)).count()
        })
    };
    let mut zen = || {
        let mut holds = |variable: &Variable| {
            let answer = expression.evaluate_with(black_box(variable).clone(), &mut vm);
            matches!(answer, Ok(Variable::Bool(true)))
        };
        turn(|| variables.iter().filter(|variable| holds(variable)).count())
    };
    let (mut times, mut ratios) = ([const { Vec::new() }; 3], [const { Vec::new() }; 2]);
    for _ in 0..rounds {
        let mut before = own();
        for (place, peer) in [&mut cel as &mut dyn FnMut() -> (f64, usize), &mut zen].into_iter().enumerate() {
            let (peer, after) = (peer(), own());
            if (peer.1, after.1) != (before.1, before.1) {
                return Err("not the same leads".into());
            }
            times[0].push(picos(after.0));
            times[place + 1].push(picos(peer.0));
            ratios[place].push(picos(2.0 * peer.0 / (before.0 + after.0)));
            before = after;
        }
    }
    println!("{LEADS} leads, {rounds} rounds: nanoseconds a lead and multiples of the compiled condition, median");
    let thousandths = |figures: &[u64]| median(figures.to_vec()) as f64 / 1_000.0;
    println!("{:<22}{:>8.1}", "compiled", thousandths(&times[0]));
    let mut failed = false;
    for (place, name) in ["cel 0.15.0", "zen-expression 2.1.6"].iter().enumerate() {
        let (time, ratio) = (thousandths(&times[place + 1]), thousandths(&ratios[place]));
        let verdict = if ratio >= BOUND { "PASS" } else { "FAIL" };
        println!("{name:<22}{time:>8.1}{ratio:>8.1}  {verdict} (bound: at least {BOUND})");
        failed |= ratio < BOUND;
    }
    if failed { Err("a bound is missed".into()) } else { Ok(()) }
}

/// Thousandths.
fn picos(figure: f64) -> u64 {
    (figure * 1_000.0) as u64
}
