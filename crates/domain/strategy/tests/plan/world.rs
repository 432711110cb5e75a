//! Customers to whom things happen, and a host that wakes up when it likes, forgets, hears things twice, late and in
//! any order, and does some of what it is told to.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::{CalendarDocument, Calendars};
use guanxi_core::{Event, FactMap, FactValue, Observation, SubjectId};
use guanxi_policy::Body;
use guanxi_strategy::{ActionsDocument, Plan, PlanGiven, PlanItem, PlanState, plan, plan_ahead};
use serde_json::{Value, json};

use crate::plain::{Plain, Told};
use crate::random::Random;

type Instant = DateTime<Utc>;

/// How long a world lasts, and in what steps anything happens in it.
#[derive(Clone, Copy)]
pub struct Scale {
    pub tick_hours: i64,
    pub ticks: i64,
}

/// What time is measured by: one with shifts, one with a make-up day, one that never closes.
pub fn calendars() -> Calendars {
    let read = |id: &str, body: Value| {
        let document = json!({"schema": "guanxi.calendar/1", "id": id, "version": "1", "body": body});
        CalendarDocument::from_value(&document).unwrap_or_else(|problems| panic!("{problems}"))
    };
    let span = |week: Value, dates: Value| json!({"zone": "+08:00", "from": "2025-12-01", "to": "2030-12-31", "week": week, "dates": dates});
    let office = span(
        json!({"mon-fri": ["06:00-12:00", "12:00-18:00"]}),
        json!([{"date": "2026-02-16", "to": "2026-02-20", "kind": "holiday"}, {"date": "2026-02-14", "kind": "make_up", "as": "fri"}]),
    );
    let shop = span(json!({"mon-sun": ["06:00-18:00"]}), json!([]));
    let always = span(json!({"mon-sun": ["00:00-24:00"]}), json!([]));
    [("office", office), ("shop", shop), ("always", always)]
        .into_iter()
        .fold(Calendars::new(), |calendars, (id, body)| calendars.with(&read(id, body)))
}

const TIERS: [&str; 3] = ["strategic", "key", "normal"];
const CALENDARS: [&str; 4] = ["office", "shop", "always", "missing"];
const KINDS: [&str; 12] = [
    "contact.made",
    "contact.replied",
    "visit.made",
    "ticket.opened",
    "ticket.closed",
    "ticket.closed",
    "complaint.opened",
    "complaint.resolved",
    "order.placed",
    "contract.renewed",
    "campaign.responded",
    "note.added",
];
const CASES: [&str; 2] = ["a", "b"];

fn term(random: &mut Random, tick: i64) -> Value {
    let hours = |random: &mut Random| tick * i64::try_from(1 + random.below(12)).unwrap();
    match random.below(6) {
        0 => json!({"hours": hours(random)}),
        1 => json!({"working_hours": hours(random)}),
        2 => json!({"days": random.below(5)}),
        3 => json!({"working_days": random.below(4)}),
        4 => json!({"end_of_working_day": random.below(3)}),
        _ => json!({"hours": 24 * (1 + random.below(6))}),
    }
}

fn cases(random: &mut Random, mut make: impl FnMut(&mut Random) -> Value) -> Value {
    if random.percent(60) {
        return make(random);
    }
    let (one, other) = (make(random), make(random));
    json!([{"when": random.pick(&["tier = \"strategic\"", "tier in [\"strategic\", \"key\"]", "any ticket.opened within 5 days"]), "then": one}, {"then": other}])
}

fn trigger(random: &mut Random) -> Value {
    const HOLDS: [&str; 10] = [
        "no @interaction within 3 days",
        "no @interaction within 5 days and tier != \"normal\"",
        "tier = \"strategic\"",
        "growth <= -0.2",
        "expires within next 7 days",
        "anniversary of born within 1 days",
        "count(order.placed within 10 days) >= 2",
        "pending(ticket.opened until ticket.closed by case for 2 days)",
        "consent = true and no order.placed within 7 days",
        "last(order.placed) within last 4 days",
    ];
    const WHEN: [&str; 5] = [
        "tier != \"normal\"",
        "not pending(complaint.opened until complaint.resolved by case)",
        "consent = true",
        "count(ticket.closed within 20 days) <= 2",
        "always",
    ];
    let unknown = random.pick(&["fails", "holds"]);
    match random.below(11) {
        0..=3 => {
            let kinds = [
                "ticket.closed",
                "@feedback",
                "order.placed",
                "contract.renewed",
                "action.done",
                "contact.made",
                "@all",
            ];
            let on: BTreeSet<&str> = random.times(1, 2, |random| random.pick(&kinds)).into_iter().collect();
            let mut trigger = json!({"on": on});
            if random.percent(40) {
                trigger["when"] = random.pick(&WHEN).into();
            }
            if random.percent(20) {
                trigger["where"] = "last(@all).case = \"a\"".into();
            }
            if trigger.get("when").is_some() || trigger.get("where").is_some() {
                trigger["unknown"] = unknown.into();
            }
            trigger
        }
        4 => {
            json!({"dates": ["2026-01-12", "2026-01-20", "2026-02-10", "2026-03-03", "2026-07-01"], "before": random.below(3)})
        }
        5 => json!({"after": random.pick(&HOLDS), "unknown": unknown}),
        6..=7 => {
            let every = random.pick(&["week", "month", "quarter"]);
            json!({"while": random.pick(&HOLDS), "every": every, "unknown": unknown})
        }
        _ => {
            let mut trigger = json!({"while": random.pick(&HOLDS), "unknown": unknown});
            if random.percent(30) {
                trigger["keep"] = true.into();
            }
            trigger
        }
    }
}

fn action(random: &mut Random, id: usize, tick: i64) -> Value {
    let owner = |random: &mut Random| Value::from(random.pick(&["sales", "service", "manager"]));
    let purpose = random.pick(&["marketing", "sales", "service", "contract", "care"]);
    let mut action = json!({
        "id": format!("a{id}"),
        "purpose": purpose,
        "trigger": trigger(random),
        "owner": cases(random, owner),
        "due": cases(random, |random| term(random, tick)),
        "priority": random.below(4) * 25,
    });
    let channels = |random: &mut Random| -> Vec<&str> {
        let channels = ["email", "phone", "visit"];
        channels.into_iter().filter(|_| random.percent(50)).collect()
    };
    action["channels"] = json!(channels(random));
    if random.percent(60) {
        action["legal_basis"] = "contract".into();
    }
    if random.percent(40) {
        let count = 2 + random.below(2);
        let steps: Vec<Value> = (0..count)
            .map(|place| {
                let mut step = json!({"id": format!("s{place}")});
                let before: Vec<String> =
                    (0..place).filter(|_| random.percent(60)).map(|other| format!("s{other}")).collect();
                step["after"] = json!(before);
                if random.percent(30) {
                    step["wait"] = term(random, tick);
                }
                if random.percent(30) {
                    step["due"] = cases(random, |random| term(random, tick));
                }
                if random.percent(30) {
                    step["channels"] = json!(channels(random));
                }
                step
            })
            .collect();
        action["steps"] = json!(steps);
    }
    if random.percent(30) {
        action["stop"] = random
            .pick(&[
                "any contact.replied within 1 days",
                "tier = \"normal\"",
                "count(order.placed within 6 days) >= 1",
            ])
            .into();
    }
    if random.percent(25) {
        let kinds = ["ticket.closed", "@feedback", "order.placed", "contact.replied", "action.done"];
        action["stop_on"] = json!({"on": [random.pick(&kinds)]});
        if random.percent(60) && action["trigger"].get("on").is_some() {
            action["stop_on"]["same"] = "case".into();
        }
    }
    if random.percent(20) {
        action["automatic"] = true.into();
    }
    if random.percent(25) {
        action["cool_down"] = json!({"days": 1 + random.below(20)});
    }
    if random.percent(20) {
        action["max_runs"] = json!({"count": 1 + random.below(3)});
        if random.percent(60) {
            action["max_runs"]["within"] = json!({"days": 5 + random.below(30)});
        }
    }
    if random.percent(20) {
        action["quiet_hours"] = random.pick(&["never", "12:00-18:00", "18:00-06:00"]).into();
    }
    if random.percent(40) {
        let rungs = random.times(1, 3, |random| term(random, tick));
        action["escalation"] = rungs
            .into_iter()
            .map(|after| json!({"after": after, "to": "manager", "queue": "reassign"}))
            .collect();
    }
    action
}

/// A document of everything that a document can say, on the ticks of a clock in China.
pub fn document(random: &mut Random, tick: i64) -> ActionsDocument {
    let actions: Vec<Value> = (0..3 + random.below(4)).map(|id| action(random, id, tick)).collect();
    let mut suppressors = Vec::new();
    for own in [
        json!({"id": "complaint", "purposes": ["marketing", "sales"], "when": "pending(complaint.opened until complaint.resolved by case)"}),
        json!({"id": "consent", "purposes": ["marketing", "care"], "contact": true, "when": "not (consent = true)"}),
        json!({"id": "no_mail", "channels": ["email"], "when": "growth < 0"}),
        json!({"id": "enough", "purposes": ["marketing", "sales", "care"], "at_most": {"count": 1 + random.below(3), "within": {"days": 3 + random.below(6)}}}),
        json!({"id": "lately", "contact": true, "when": "any contact.made within 2 days"}),
    ] {
        if random.percent(60) {
            suppressors.push(own);
        }
    }
    let mut body = json!({
        "vocabulary": {
            "facts": {
                "tier": {"kind": "text"},
                "growth": {"kind": "decimal"},
                "expires": {"kind": "date"},
                "born": {"kind": "date"},
                "consent": {"kind": "bool"},
                "calendar": {"kind": "text"},
                "owner": {"kind": "text"}
            },
            "attributes": {"case": {"kind": "text"}}
        },
        "zone": "+08:00",
        "calendar": "office",
        "calendar_fact": "calendar",
        "roles": {"sales": "owner"},
        "suppressors": suppressors,
        "actions": actions
    });
    if random.percent(60) {
        body["quiet_hours"] = random.pick(&["18:00-06:00", "00:00-12:00"]).into();
    }
    if random.percent(30) {
        body["max_depth"] = 1.into();
    }
    let document = json!({"schema": "guanxi.actions/1", "id": "world", "version": "1", "body": body});
    ActionsDocument::from_value(&document).unwrap_or_else(|problems| panic!("{problems}\n{document}"))
}

/// Something that becomes known, at an instant of its own.
#[derive(Clone)]
enum Entry {
    Event(Event),
    Fact(Observation),
}

/// What a host went through.
#[derive(Debug, Default)]
pub struct Journey {
    pub plans: usize,
    pub tasks: usize,
    pub restarts: usize,
}

struct Host<'a> {
    document: &'a ActionsDocument,
    subject: SubjectId,
    calendars: &'a Calendars,
    scale: Scale,
    begin: Instant,
    /// What becomes known, and when.
    inbox: Vec<(Instant, Entry)>,
    states: Vec<(Instant, PlanState)>,
    seen: BTreeSet<String>,
    taken: BTreeSet<String>,
    journey: Journey,
}

pub fn begin() -> Instant {
    guanxi_core::parse_instant("2026-01-01T00:00:00+08:00").unwrap()
}

fn fact(random: &mut Random, at: Instant) -> Observation {
    let text = |text: &str| FactValue::Text(text.into());
    let day = |days: usize| (at + TimeDelta::days(i64::try_from(days).unwrap())).date_naive();
    let (name, value) = match random.below(8) {
        0 | 1 => ("tier", text(random.pick(&TIERS))),
        2 => (
            "growth",
            FactValue::Decimal(guanxi_core::parse_decimal(random.pick(&["-0.3", "0.1", "-0.1"])).unwrap()),
        ),
        3 => ("expires", FactValue::Date(day(random.below(20)))),
        4 => ("born", FactValue::Date(day(random.below(30)) - chrono::Months::new(12 * 30))),
        5 => ("consent", FactValue::Bool(random.percent(50))),
        6 => ("calendar", text(random.pick(&CALENDARS))),
        _ => ("owner", text(random.pick(&["wang", "li"]))),
    };
    Observation { fact: name.parse().unwrap(), value, observed_at: at }
}

impl Host<'_> {
    fn tick(&self, count: i64) -> Instant {
        self.begin + TimeDelta::hours(self.scale.tick_hours * count)
    }

    fn ticks(&self, random: &mut Random) -> i64 {
        i64::try_from(random.below(usize::try_from(self.scale.ticks).unwrap())).unwrap()
    }

    fn event(&self, id: String, kind: &str, at: Instant, attributes: &[(&str, &str)]) -> Event {
        let mut event: Event = serde_json::from_value(
            json!({"id": id, "subject": self.subject.as_str(), "kind": kind, "occurred_at": at}),
        )
        .unwrap();
        for (name, value) in attributes {
            event.attributes.insert(name.parse().unwrap(), FactValue::Text((*value).to_owned()));
        }
        event
    }

    /// When something that happens at an instant becomes known.
    fn known(&self, random: &mut Random, at: Instant) -> Instant {
        if random.percent(75) {
            at
        } else {
            at + TimeDelta::minutes(i64::try_from(random.below(12 * 24 * 60)).unwrap())
        }
    }

    fn receive(&mut self, random: &mut Random, at: Instant, entry: Entry) {
        let known = self.known(random, at);
        self.inbox.push((known, entry.clone()));
        if random.percent(10) {
            self.inbox.push((self.known(random, known), entry));
        }
    }

    fn happen(&mut self, random: &mut Random, count: usize) {
        for number in 0..count {
            let at = self.tick(self.ticks(random));
            let entry = if random.percent(25) {
                Entry::Fact(fact(random, at))
            } else {
                let case = random.pick(&CASES);
                Entry::Event(self.event(format!("e{number}"), random.pick(&KINDS), at, &[("case", case)]))
            };
            self.receive(random, at, entry);
        }
    }

    /// Plans with all that became known after one instant and up to another.
    fn plan(
        &self,
        state: Option<&PlanState>,
        after: Option<Instant>,
        now: Instant,
        random: &mut Random,
    ) -> Plan {
        let arrived = self.inbox.iter().filter(|(at, _)| *at <= now && after.is_none_or(|after| *at > after));
        let (mut events, mut observed) = (Vec::new(), Vec::new());
        for (_, entry) in arrived {
            match entry.clone() {
                Entry::Event(event) => events.insert(random.below(events.len() + 1), event),
                Entry::Fact(fact) => observed.insert(random.below(observed.len() + 1), fact),
            }
        }
        let given = PlanGiven::new(&self.subject)
            .with_state(state)
            .with_events(&events)
            .with_observed(&observed)
            .with_calendars(self.calendars)
            .with_since(self.begin);
        let decision = plan(self.document, &given, now);
        if random.percent(10) {
            assert_eq!(plan(self.document, &given, now), decision, "planning twice");
        }
        let outcome = decision.outcome;
        // Nothing is other before the next wake-up.
        let next = decision.next_change.unwrap_or(now + TimeDelta::days(20)).min(now + TimeDelta::days(40));
        let before = match random.below(3) {
            0 => next - TimeDelta::nanoseconds(1),
            1 => next - TimeDelta::seconds(1),
            _ => now + (next - now) / 2,
        };
        if before > now {
            let ahead = plan_ahead(self.document, &outcome.state, self.calendars, before).outcome;
            assert_eq!(
                (&ahead.due, &ahead.upcoming),
                (&outcome.due, &outcome.upcoming),
                "{now} {before} {next}"
            );
            assert_eq!(ahead.suppressed, outcome.suppressed, "{now} {before} {next}");
            assert!(ahead.moved.is_empty() && ahead.cancelled.is_empty() && ahead.done.is_empty());
        }
        outcome
    }

    /// Does some of what is due.
    fn work(&mut self, random: &mut Random, outcome: &Plan, now: Instant) {
        let due: Vec<PlanItem> = outcome.due.clone();
        for item in due {
            let key = item.key.to_string();
            if self.taken.contains(&key) || random.percent(50) {
                continue;
            }
            self.taken.insert(key.clone());
            let passed = (now - self.begin).num_hours() / self.scale.tick_hours + 1;
            let mut at = passed + i64::try_from(random.below(8)).unwrap();
            let words: &[&str] = match random.below(6) {
                0 => &["action.started"],
                1 => &["action.started", "action.done"],
                2 => &["action.partly_done", "action.started", "action.done"],
                3 => &["action.cancelled", "action.done"],
                4 => &["action.cancelled"],
                _ => &["action.done"],
            };
            for word in words {
                if at >= self.scale.ticks {
                    break;
                }
                let (id, when) = (format!("w{}", self.inbox.len()), self.tick(at));
                let event = self.event(id, word, when, &[("key", &key)]);
                self.receive(random, when, Entry::Event(event));
                at += i64::try_from(random.below(10)).unwrap();
            }
            if random.percent(40) && at < self.scale.ticks {
                let when = self.tick(at);
                let kind = random.pick(&["contact.made", "ticket.closed", "order.placed"]);
                let id = format!("m{}", self.inbox.len());
                let event = self.event(id, kind, when, &[("cause", &key), ("case", "a")]);
                self.receive(random, when, Entry::Event(event));
            }
        }
    }

    fn see(&mut self, outcome: &Plan) {
        let open = outcome.due.iter().chain(&outcome.upcoming);
        let open = open.chain(outcome.suppressed.iter().map(|held| &held.item)).map(|item| &item.key);
        let ended =
            outcome.cancelled.iter().map(|own| &own.key).chain(outcome.done.iter().map(|own| &own.key));
        self.seen.extend(open.chain(ended).map(ToString::to_string));
    }
}

/// The first place in which two values differ.
fn difference(one: &Value, other: &Value, path: &str) -> Option<String> {
    match (one, other) {
        _ if one == other => None,
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            let part =
                |map: &serde_json::Map<String, Value>, name| map.get(name).cloned().unwrap_or_default();
            names
                .into_iter()
                .find_map(|name| difference(&part(one, name), &part(other, name), &format!("{path}.{name}")))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs
                .into_iter()
                .find_map(|(place, (one, other))| difference(one, other, &format!("{path}[{place}]")))
        }
        _ => Some(format!("{path}: {one:.300} and {other:.300}")),
    }
}

/// Lives through a world, and holds what the host was told against what is obvious.
pub fn live(seed: u64, scale: Scale, calendars: &Calendars) -> Journey {
    let random = &mut Random::new(seed);
    let document = &document(random, scale.tick_hours);
    let begin = begin();
    let mut host = Host {
        document,
        subject: format!("C/{seed}").parse().unwrap(),
        calendars,
        scale,
        begin,
        inbox: Vec::new(),
        states: Vec::new(),
        seen: BTreeSet::new(),
        taken: BTreeSet::new(),
        journey: Journey::default(),
    };
    let days = usize::try_from(scale.tick_hours * scale.ticks / 24).unwrap();
    let count = 3 + random.below(days / 6 + 12);
    host.happen(random, count);
    let end = host.tick(scale.ticks) + TimeDelta::days(5);
    let mut now = begin + TimeDelta::minutes(i64::try_from(random.below(5_000)).unwrap());
    while now < end {
        let last = host.states.len();
        let used = match random.below(20) {
            0 if last > 0 => {
                host.journey.restarts += 1;
                random.below(last + 1)
            }
            _ => last,
        };
        let before = used.checked_sub(1).map(|place| host.states[place].clone());
        let (after, state) = before.map_or((None, None), |(at, state)| (Some(at), Some(state)));
        let outcome = host.plan(state.as_ref(), after, now, random);
        host.journey.plans += 1;
        host.see(&outcome);
        host.work(random, &outcome, now);
        let mut state = outcome.state.clone();
        if random.percent(20) {
            state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
            assert_eq!(state, outcome.state);
        }
        let next = state.next_wake_up().filter(|_| random.percent(40));
        host.states.truncate(used);
        host.states.push((now, state));
        let gap = [90, 1_000, 6_000, 30_000][random.below(4)];
        now = next.unwrap_or(now + TimeDelta::minutes(i64::try_from(1 + random.below(gap)).unwrap()));
    }
    // In the end everything is known.
    let (after, state) = host.states.last().cloned().unwrap();
    let late = end + TimeDelta::days(10);
    let (mut events, mut observed): (BTreeMap<String, Event>, Vec<Observation>) = Default::default();
    let mut all = Vec::new();
    for (_, entry) in &host.inbox {
        match entry.clone() {
            Entry::Event(event) => {
                all.push(event.clone());
                events.insert(event.id.to_string(), event);
            }
            Entry::Fact(fact) => observed.push(fact),
        }
    }
    host.inbox.iter_mut().for_each(|(at, _)| *at = (*at).min(late));
    let last = host.plan(Some(&state), Some(after), late, random);
    host.see(&last);
    // In one call: the same to the last byte.
    let given = PlanGiven::new(&host.subject)
        .with_events(&all)
        .with_observed(&observed)
        .with_calendars(calendars)
        .with_since(begin);
    let whole = plan(document, &given, late).outcome.state;
    let [folded, at_once] = [&last.state, &whole].map(|state| serde_json::to_value(state).unwrap());
    assert_eq!(difference(&folded, &at_once, ""), None, "seed {seed}: in many calls and in one");

    let events: Vec<Event> = events.into_values().collect();
    let plain = Plain {
        actions: document,
        spec: &document.body().spec(),
        subject: &host.subject,
        events: &events,
        // Of two values for one instant the greater counts, and it comes last.
        observed: &{
            let mut sorted = observed.clone();
            sorted.sort_by(|a, b| (a.observed_at, &a.value).cmp(&(b.observed_at, &b.value)));
            sorted
        },
        undated: &FactMap::new(),
        calendars,
        tick: TimeDelta::hours(scale.tick_hours),
        logs: Default::default(),
    };
    let expected = plain.tell(begin, late);
    let told: Vec<Told> = last
        .state
        .records()
        .into_iter()
        .map(|own| Told {
            key: own.key.to_string(),
            called_at: own.called_at,
            begins_at: own.begins_at,
            progress: own.progress,
            rung: own.rung,
            ended_at: own.ended_at,
            why: own.why,
        })
        .collect();
    if told != expected {
        let differs =
            told.iter().zip(&expected).position(|(a, b)| a != b).unwrap_or(told.len().min(expected.len()));
        panic!(
            "seed {seed}: record {differs} of {} and {}\n{:#?}\n{:#?}\n{:#}",
            told.len(),
            expected.len(),
            told.get(differs),
            expected.get(differs),
            document.to_value(),
        );
    }
    host.journey.tasks = expected.len();
    let lost: Vec<&Told> = expected.iter().filter(|own| !host.seen.contains(&own.key)).collect();
    assert!(lost.is_empty(), "seed {seed}: nobody was told of {lost:?}");
    host.journey
}
