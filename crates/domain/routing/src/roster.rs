//! Who is there, and what each of them takes.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use guanxi_core::{ActorId, Quoted, SubjectId, Zone, parse_instant};
use guanxi_policy::{Body, Document, Fields, Node};

use crate::capacity::Capacity;
use crate::id::{QueueId, Word};
use crate::number::Weight;
use crate::roster_spec::{LeaveSpec, PersonSpec, RosterSpec};

/// A roster with its id, version, validity and fingerprint. It changes often, so it is a document of its
/// own beside the rules; decisions name both.
pub type RosterDocument = Document<Roster>;

/// Who is there, checked: people by id, each with queues, leave, skills, limits.
///
/// ```
/// use guanxi_routing::RosterDocument;
/// let roster = RosterDocument::from_json(r#"{
///   "schema": "guanxi.roster/1", "id": "sales", "version": "2026-06-30",
///   "body": {"zone": "+08:00", "people": [
///     {"id": "A", "queues": {"seniors": "2"}, "capacity": {"open": "30", "per_day": "0.5"}},
///     {"id": "B", "queues": {"seniors": "1"}, "leave": [{"from": "2026-07-01", "to": "2026-07-14"}]}
///   ]}
/// }"#)?;
/// assert_eq!(roster.body().people().count(), 2);
/// # Ok::<(), guanxi_policy::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    zone: Zone,
    people: Vec<Person>, // INVARIANT: ascending by id, no id twice
}

/// One person of a roster, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: ActorId,
    /// Whether this person works here at present.
    pub active: bool,
    /// The queues in which this person takes turns, each with the weight.
    pub queues: BTreeMap<QueueId, Weight>,
    /// The times away, ascending, apart from each other.
    pub leave: Vec<Leave>,
    /// What this person can do; `None` is anything.
    pub skills: Option<BTreeSet<Word>>,
    /// Where this person works; `None` is everywhere.
    pub territories: Option<BTreeSet<Word>>,
    /// The languages that this person speaks; `None` is any.
    pub languages: Option<BTreeSet<Word>>,
    /// The subjects and accounts that this person must not get.
    pub conflicts: BTreeSet<SubjectId>,
    /// How much this person takes on.
    pub capacity: Capacity,
}

/// A time away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leave {
    /// The first instant of it.
    pub from: DateTime<Utc>,
    /// The first instant after it; `None` until further notice.
    pub to: Option<DateTime<Utc>>,
}

impl Leave {
    /// Whether an instant lies in it.
    #[must_use]
    pub fn covers(self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}

impl Person {
    /// The time away that covers an instant.
    #[must_use]
    pub fn away(&self, at: DateTime<Utc>) -> Option<Leave> {
        let place = self.leave.partition_point(|leave| leave.from <= at);
        let last = self.leave.get(place.checked_sub(1)?)?;
        last.covers(at).then_some(*last)
    }

    /// The first instant after another at which a time away begins or ends.
    pub(crate) fn turns(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let place = self.leave.partition_point(|leave| leave.to.is_some_and(|to| to <= after));
        let next = self.leave.get(place)?;
        if next.from > after { Some(next.from) } else { next.to }
    }
}

impl Roster {
    /// The most people.
    pub const MAX_PEOPLE: usize = 10_000;
    /// The most times away of one person.
    pub const MAX_LEAVE: usize = 1_000;

    /// The people, by id.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.iter()
    }

    /// A person.
    #[must_use]
    pub fn person(&self, id: &ActorId) -> Option<&Person> {
        self.people.get(self.place(id)?)
    }

    /// The place of a person by id.
    pub(crate) fn place(&self, id: &ActorId) -> Option<usize> {
        self.people.binary_search_by(|person| person.id.cmp(id)).ok()
    }

    /// The people, by id.
    pub(crate) fn listed(&self) -> &[Person] {
        &self.people
    }
}

impl Body for Roster {
    type Spec = RosterSpec;
    const SCHEMA: &'static str = "guanxi.roster/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["zone", "people"]);
        let zone = fields.optional("zone").map_or(Some(Zone::UTC), |node| node.get());
        let items = fields.required("people").and_then(|node| {
            let items = node.items()?;
            if items.is_empty() || items.len() > Self::MAX_PEOPLE {
                let allowed = format!("1 to {} people", Self::MAX_PEOPLE);
                node.report("not_allowed", format!("{} people", items.len()), allowed);
            }
            Some(items)
        })?;
        let mut people: Vec<Person> = Vec::new();
        let (mut complete, mut seen) = (true, BTreeSet::new());
        for item in items {
            match read_person(&item, zone.unwrap_or_default()) {
                Some(person) if !seen.insert(person.id.clone()) => {
                    item.report("duplicate", format!("id `{}`", person.id), "each person once");
                }
                Some(person) => people.push(person),
                None => complete = false,
            }
        }
        people.sort_by(|a, b| a.id.cmp(&b.id));
        complete.then_some(Self { zone: zone?, people })
    }

    fn spec(&self) -> RosterSpec {
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let person = |person: &Person| PersonSpec {
            id: person.id.clone(),
            active: person.active,
            queues: person.queues.clone(),
            leave: person
                .leave
                .iter()
                .map(|leave| LeaveSpec { from: text(leave.from), to: leave.to.map(text) })
                .collect(),
            skills: person.skills.clone(),
            territories: person.territories.clone(),
            languages: person.languages.clone(),
            conflicts: person.conflicts.clone(),
            capacity: person.capacity,
        };
        RosterSpec { zone: self.zone, people: self.people.iter().map(person).collect() }
    }
}

const FIELDS: [&str; 9] =
    ["id", "active", "queues", "leave", "skills", "territories", "languages", "conflicts", "capacity"];

fn read_person(node: &Node<'_>, zone: Zone) -> Option<Person> {
    let fields = node.fields(&FIELDS);
    let id = fields.required("id").and_then(|node| node.get());
    let active = fields.optional("active").map_or(Some(true), |node| node.get());
    let queues = fields.optional("queues").map_or(Some(BTreeMap::new()), |node| read_queues(&node));
    let leave = fields.optional("leave").map_or(Some(Vec::new()), |node| read_leave(&node, zone));
    let [skills, territories, languages] =
        ["skills", "territories", "languages"].map(|name| read_words(&fields, name));
    let conflicts = fields.optional("conflicts").map_or(Some(BTreeSet::new()), |node| node.get());
    let capacity =
        fields.optional("capacity").map_or(Some(Capacity::default()), |node| Capacity::read(&node));
    Some(Person {
        id: id?,
        active: active?,
        queues: queues?,
        leave: leave?,
        skills: skills?,
        territories: territories?,
        languages: languages?,
        conflicts: conflicts?,
        capacity: capacity?,
    })
}

fn read_queues(node: &Node<'_>) -> Option<BTreeMap<QueueId, Weight>> {
    let (mut queues, mut complete) = (BTreeMap::new(), true);
    for (name, node) in node.entries()? {
        let id = QueueId::new(name)
            .map_err(|error| node.report("not_allowed", Quoted(name).to_string(), error.to_string()))
            .ok();
        match id.zip(node.get()) {
            Some((id, weight)) => {
                queues.insert(id, weight);
            }
            None => complete = false,
        }
    }
    complete.then_some(queues)
}

/// A list of words, each kept as it is written.
fn read_words(fields: &Fields<'_>, name: &str) -> Option<Option<BTreeSet<Word>>> {
    let Some(node) = fields.optional(name) else { return Some(None) };
    let words: Vec<Option<Word>> = node.items()?.iter().map(Node::get).collect();
    words.into_iter().collect::<Option<_>>().map(Some)
}

/// Times away, put in order, and those that touch or overlap made one.
fn read_leave(node: &Node<'_>, zone: Zone) -> Option<Vec<Leave>> {
    let items = node.items()?;
    if items.len() > Roster::MAX_LEAVE {
        let allowed = format!("at most {} times away", Roster::MAX_LEAVE);
        node.report("not_allowed", format!("{} times away", items.len()), allowed);
    }
    let (mut given, mut complete) = (Vec::new(), true);
    for item in items {
        let fields = item.fields(&["from", "to"]);
        let from = fields.required("from").and_then(|node| read_limit(&node, zone, false));
        let to = fields.optional("to").map_or(Some(None), |node| read_limit(&node, zone, true).map(Some));
        match from.zip(to) {
            Some((from, Some(to))) if to <= from => {
                item.refuse("not_allowed", "an end after the beginning");
                complete = false;
            }
            Some((from, to)) => given.push(Leave { from, to }),
            None => complete = false,
        }
    }
    given.sort_unstable();
    let mut leave: Vec<Leave> = Vec::new();
    for next in given {
        match leave.last_mut() {
            Some(last) if last.to.is_none_or(|to| next.from <= to) => {
                last.to = last.to.zip(next.to).map(|(a, b)| a.max(b));
            }
            _ => leave.push(next),
        }
    }
    complete.then_some(leave)
}

/// A beginning or an end: an instant, or a day of a zone, of which the end is the start of the next one.
fn read_limit(node: &Node<'_>, zone: Zone, is_end: bool) -> Option<DateTime<Utc>> {
    let text: String = node.get()?;
    let day = (text.len() == 10).then(|| text.parse::<NaiveDate>().ok()).flatten();
    let at = match (parse_instant(&text), day) {
        (Ok(_), Some(day)) => {
            let day = if is_end { day.succ_opt() } else { Some(day) };
            day.and_then(|day| zone.day_start(day)).filter(|at| parse_instant(&at.to_rfc3339()).is_ok())
        }
        (read, _) => read.ok(),
    };
    if at.is_none() {
        node.refuse("not_allowed", "an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`");
    }
    at
}
