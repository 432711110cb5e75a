//! Routes fictitious leads to an office of 50 people: `routing simulate LEADS [SEED]` checks each one against
//! an office that counts by itself and ends with 1 if a count is ever a whole lead from its share;
//! `routing count LEADS` and `routing tight LEADS` only route, for a count of instructions. See
//! `benches/routing.sh`.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program that measures"
)]
use std::error::Error;
use std::hint::black_box;

use chrono::{DateTime, Utc};
use guanxi::condition::Given;
use guanxi::core::{ActorId, FactMap, FactValue, SubjectId, fact_id, parse_decimal};
use guanxi::routing::{Effort, Item, RosterDocument, Router, RoutingDocument, RoutingState, routing_preset};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::plain::{Ledger, MILLION, PART, Worker};

#[allow(dead_code, reason = "tests use the rest")]
#[path = "../../../crates/domain/routing/tests/plain/mod.rs"]
mod plain;

const PEOPLE: usize = 50;
const YEAR: i64 = 365 * 86_400;
const BEGIN: i64 = 1_767_225_600; // 2026-01-01
const OFFSET: i64 = 8 * 3_600;
const REGIONS: [&str; 3] = ["East China", "North China", "South China"];
const LANGUAGES: [&str; 3] = ["zh", "en", "ja"];

/// The same numbers from the same seed (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % bound
    }

    fn whole(&mut self, bound: i64) -> i64 {
        i64::try_from(self.below(bound.unsigned_abs())).expect("below an i64")
    }

    fn place(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(u64::try_from(bound).expect("a few"))).expect("below a usize")
    }
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("a second of this century")
}

/// A number of steps of `10^-places` as a decimal.
fn decimal(number: i128, places: u32) -> String {
    let one = 10_i128.pow(places);
    let width = usize::try_from(places).expect("a few places");
    format!("{}.{:0width$}", number / one, number % one)
}

/// A quotient with some decimal places, cut off.
fn quotient(part: i128, whole: i128, places: u32) -> String {
    decimal(part * 10_i128.pow(places) / whole.max(1), places)
}

/// Fifty people: weights, leave, and capacities of all kinds; one does not work here and one takes no turns.
/// In a `tight` office capacities are used up all the time, otherwise at peaks.
fn office(random: &mut Random, leads_a_day: i128, tight: bool) -> Vec<Worker> {
    let each = leads_a_day / 50 * if tight { 1 } else { 2 };
    let worker = |place: usize| {
        let weights = [5_000, 10_000, 10_000, 15_000, 20_000, 30_000, 33_333];
        let leave = (0..random.below(if tight { 12 } else { 4 })).map(|_| {
            let from = BEGIN + random.whole(YEAR);
            (from, from + 3_600 + random.whole(20 * 86_400))
        });
        let leave = leave.collect();
        let some = |random: &mut Random| random.below(3) == 0;
        let spoken: Vec<String> = LANGUAGES
            .iter()
            .filter(|_| random.below(2) == 0)
            .map(|language| (*language).to_owned())
            .collect();
        Worker {
            id: format!("P{place:02}"),
            active: place != 7,
            weight: if place == 11 { 0 } else { weights[random.place(weights.len())] },
            leave,
            languages: some(random).then_some(spoken),
            open: some(random).then(|| (each * 2 + i128::from(random.below(40))) * MILLION),
            // A whole number and a half, or less than one a day.
            per_day: some(random).then(|| match random.below(6) {
                0 => MILLION / 2,
                _ => (each * 2 + i128::from(random.below(40))) * MILLION + MILLION / 2,
            }),
            window: some(random)
                .then(|| ((each / 4 + 2 + i128::from(random.below(20))) * MILLION, 1 + random.whole(8))),
            ..Worker::default()
        }
    };
    (0..PEOPLE).map(worker).collect()
}

fn roster(workers: &[Worker]) -> Result<RosterDocument, Box<dyn Error>> {
    let person = |worker: &Worker| {
        let leave: Vec<Value> = worker
            .leave
            .iter()
            .map(|(from, to)| json!({"from": instant(*from).to_rfc3339(), "to": instant(*to).to_rfc3339()}))
            .collect();
        let effort = |effort: i128| decimal(effort, 6);
        json!({
            "id": worker.id, "active": worker.active, "leave": leave, "languages": worker.languages,
            "queues": {"everyone": decimal(worker.weight, 4), "seniors": decimal(worker.weight, 4)},
            "capacity": {
                "open": worker.open.map(effort), "per_day": worker.per_day.map(effort),
                "window": worker.window.map(|(most, hours)| json!({"effort": effort(most), "hours": hours}))
            }
        })
    };
    let people: Vec<Value> = workers.iter().map(person).collect();
    let tree =
        json!({"schema": "guanxi.roster/1", "id": "office", "version": "1", "body": {"people": people}});
    Ok(RosterDocument::from_value(&tree)?)
}

fn policy() -> Result<RoutingDocument, Box<dyn Error>> {
    let tree = json!({"schema": "guanxi.routing/1", "id": "office", "version": "1", "body": {
        "vocabulary": {"facts": {
            "score": {"kind": "decimal"}, "region": {"kind": "text"}, "industry": {"kind": "text"}, "language": {"kind": "text"}
        }},
        "zone": "+08:00", "match": {"languages": {"fact": "language"}}, "queues": ["everyone"],
        "rules": [
            {"id": "named", "when": "region = \"East China\" and industry = \"technology\" and score >= 99", "to": [{"person": "P00"}]},
            {"id": "high", "when": "score >= 80", "to": [{"queue": "everyone"}]},
            {"id": "rest", "when": "score < 80 or score is missing", "to": [{"queue": "everyone"}]}
        ],
        "response": [
            {"id": "first", "when": "score >= 85", "within": {"hours": 2}}, {"id": "others", "within": {"hours": 24}}
        ]
    }});
    Ok(RoutingDocument::from_value(&tree)?)
}

/// The facts of a lead: a score, a region, an industry, and of one in five a language.
fn lead(random: &mut Random) -> Result<(FactMap, Option<&'static str>), Box<dyn Error>> {
    let industries = ["technology", "retail", "health"];
    let score = parse_decimal(&random.below(99).to_string())?;
    let text = |text: &str| FactValue::Text(text.to_owned());
    let facts = FactMap::new()
        .with(fact_id!("score"), FactValue::Decimal(score), None)
        .with(fact_id!("region"), text(REGIONS[random.place(3)]), None)
        .with(fact_id!("industry"), text(industries[random.place(3)]), None);
    let language = (random.below(5) == 0).then(|| LANGUAGES[random.place(3)]);
    Ok((
        language.iter().fold(facts, |facts, language| facts.with(fact_id!("language"), text(language), None)),
        language,
    ))
}

/// Who could ever take a lead in a language: leads of the same people take turns together.
fn able(workers: &[Worker], language: Option<&str>) -> String {
    workers.iter().map(|worker| if worker.speaks(language) { '1' } else { '0' }).collect()
}

fn simulate(leads: u64, seed: u64) -> Result<bool, Box<dyn Error>> {
    let mut random = Random(seed);
    let mut workers = office(&mut random, i128::from(leads / 365), true);
    let (policy, roster) = (policy()?, roster(&workers)?);
    let router = Router::new(&policy, &roster);
    let subject: SubjectId = "L".parse()?;
    let weights: Vec<i128> = workers.iter().map(|worker| worker.weight).collect();
    let (mut ledger, mut waiting, mut reasons) = (Ledger::default(), 0_u64, 0_u64);
    let mut desk = router.open(RoutingState::default());
    for number in 0..leads {
        // Evenly over a year, some at the same second.
        let at = BEGIN + i64::try_from(number * YEAR.unsigned_abs() / leads)?;
        // Somebody finishes something.
        for _ in 0..2 {
            let place = random.place(PEOPLE);
            if workers[place].has_open > 0 {
                workers[place].has_open -= MILLION;
                desk.finish(&workers[place].id.parse()?, Effort::ONE);
            }
        }
        let (facts, language) = lead(&mut random)?;
        let who: Vec<usize> =
            (0..PEOPLE).filter(|place| workers[*place].can(language, MILLION, at, OFFSET)).collect();
        let decision = desk.route(&Item::new(&subject, Given { facts: &facts, events: None }), instant(at));
        reasons += u64::try_from(decision.reasons.len())?;
        match &decision.outcome.to {
            None => {
                assert!(who.is_empty(), "somebody could take lead {number}: {who:?}");
                waiting += 1;
            }
            Some(to) => {
                let place =
                    workers.iter().position(|worker| worker.id == to.person.as_str()).ok_or("nobody")?;
                ledger.write(&able(&workers, language), &who, &weights, place);
                workers[place].take(MILLION, at, OFFSET);
            }
        }
        // The state goes out and comes in again, as between two runs of a program.
        if number % (leads / 20).max(1) == 0 {
            let text = serde_json::to_string(&desk.close())?;
            desk = router.open(serde_json::from_str(&text)?);
        }
    }
    let (apart, of) = ledger.furthest;
    let each = quotient(i128::from(reasons), i128::from(leads), 1);
    println!("{leads} leads, {waiting} wait, {} segments, {each} reasons each", ledger.segments);
    println!("furthest from the share between two changes: {apart}/{of} = {}", quotient(apart, of, 6));
    let (behind, ahead) = (quotient(ledger.behind, PART, 4), quotient(ledger.ahead, PART, 4));
    println!("furthest behind over all changes: {behind}, ahead: {ahead}");
    Ok(apart < of)
}

/// Routes the leads of a year with a million of them by the policy `standard`, one after the other.
fn count(leads: u64, tight: bool) -> Result<(), Box<dyn Error>> {
    const A_YEAR: u64 = 1_000_000;
    let mut random = Random(20_260_630);
    let workers = office(&mut random, i128::from(A_YEAR / 365), tight);
    let (policy, roster) = (routing_preset("standard").ok_or("no such preset")?, roster(&workers)?);
    let router = Router::new(&policy, &roster);
    let subject: SubjectId = "L".parse()?;
    let all = (0..1_000).map(|_| lead(&mut random)).collect::<Result<Vec<_>, _>>()?;
    let people = workers.iter().map(|worker| worker.id.parse()).collect::<Result<Vec<ActorId>, _>>()?;
    let all_of_it = Effort::try_from(Decimal::from(1_000))?;
    let mut desk = router.open(RoutingState::default());
    for (number, (facts, _)) in (0..leads).zip(all.iter().cycle()) {
        let at = instant(BEGIN + i64::try_from(number * YEAR.unsigned_abs() / A_YEAR)?);
        // All is finished every thousand leads, so that little of it counts here.
        if number % 1_000 == 0 {
            people.iter().for_each(|person| desk.finish(person, all_of_it));
        }
        let item = Item::new(&subject, Given { facts, events: None });
        let _ = black_box(desk.route(black_box(&item), at));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    const EXPECTED: &str = "expected `simulate LEADS [SEED]`, `count LEADS` or `tight LEADS`";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let leads: u64 = arguments.get(1).ok_or(EXPECTED)?.parse()?;
    match arguments.first().map(String::as_str) {
        Some("simulate") => {
            let seed = arguments.get(2).map_or(Ok(20_260_630), |seed| seed.parse())?;
            if !simulate(leads, seed)? {
                return Err("a count is a whole lead from its share".into());
            }
        }
        Some("count") => count(leads, false)?,
        Some("tight") => count(leads, true)?,
        _ => return Err(EXPECTED.into()),
    }
    Ok(())
}
