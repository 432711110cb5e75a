//! A state laid out beside the people of a roster.
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{ActorId, DecimalText};

use crate::bits::Bits;
use crate::capacity::{ANY, Load, Stamp, stamp};
use crate::number::{Effort, Weight};
use crate::reason::RoutingReason;
use crate::rotation::{Seat, Segment};
use crate::router::{Queue, Router};
use crate::state::{PARTS, QueueState, RotationState, RoutingState, ShareState, Standing};

/// A router at work: a state laid out so that item after item is routed quickly. [`Desk::close`] gives the
/// state back.
#[derive(Clone, Debug)]
pub struct Desk<'r> {
    pub(crate) router: &'r Router,
    pub(crate) loads: Vec<Load>,
    pub(crate) queues: Vec<Counter>,
    /// What is remembered of people and queues that the router does not have.
    rest: RoutingState,
    pub(crate) now: Now,
    /// Those able to take the item that is routed.
    pub(crate) able: Bits,
    /// Those of them who are in the queue that is asked.
    pub(crate) key: Bits,
    /// Those of them whose turn it may be.
    pub(crate) free: Bits,
    /// Those of the queue whose turn it cannot be.
    pub(crate) others: Bits,
}

/// What holds for as long as time alone changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    /// The instant of the item that is routed, in both forms.
    pub(crate) from: DateTime<Utc>,
    pub(crate) stamp: Stamp,
    /// The first second, since 1970, in which something may have changed.
    until: i64,
    /// When the day ends.
    midnight: DateTime<Utc>,
    pub(crate) today: NaiveDate,
    /// Those who are active and not away.
    pub(crate) present: Bits,
    /// Those whose capacity has no room for an item of effort 1.
    pub(crate) full: Bits,
    /// By place of the people.
    pub(crate) rooms: Vec<Room>,
    /// By place of the people: the second, since 1970, in which somebody goes or is back, or has room again.
    ends: Vec<i64>,
    /// By place of the people: why an item of an effort was refused, as long as nothing of this one changes.
    pub(crate) refused: Vec<Option<(i64, RoutingReason)>>,
}

/// Whether somebody is there, and how much fits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// The second in which somebody goes or is back next.
    moves: i64,
    /// The greatest effort that fits the day and the window.
    time: i64,
    /// The greatest effort that fits.
    pub(crate) fits: i64,
}

/// The turns of one queue.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    /// By member: how many items this one got by turns.
    pub(crate) taken: Vec<u64>,
    /// By member: how far this one is behind the share, in parts of an item.
    pub(crate) behind: Vec<i64>,
    /// The one used last first.
    pub(crate) rotations: Vec<Rotation>,
}

/// The turns of the items that the same people are able to take.
#[derive(Clone, Debug)]
pub(crate) struct Rotation {
    /// Who is able, by place among all people.
    pub(crate) able: Bits,
    /// Since when the same ones take turns.
    pub(crate) since: DateTime<Utc>,
    /// Who takes turns, by place among all people.
    turns: Bits,
    pub(crate) segment: Segment,
    /// By member: what one item adds to the share, in parts, rounded down.
    shares: Vec<i64>,
    /// What is left of the item by rounding the shares down.
    remainder: i64,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) place: usize,
    /// In parts of an item, its share of the item included.
    pub(crate) behind: i64,
}

/// The most rotations that a queue keeps; beyond it the one that was not used for longest ends.
const ROTATIONS: usize = 64;

impl<'r> Desk<'r> {
    pub(crate) fn new(router: &'r Router, state: RoutingState) -> Self {
        let RoutingState { as_of, mut people, mut queues } = state;
        let loads =
            router.people.iter().map(|person| people.remove(&person.id).unwrap_or_default()).collect();
        let counter = |queue: &Queue| Counter::open(queue, router, queues.get_mut(&queue.id));
        let counters = router.queues.iter().map(counter).collect();
        queues.retain(|_, queue| !queue.people.is_empty());
        let count = router.people.len();
        let begin = DateTime::<Utc>::MIN_UTC;
        Self {
            router,
            loads,
            queues: counters,
            rest: RoutingState { as_of, people, queues },
            now: Now {
                from: begin,
                stamp: (i64::MIN, 0),
                until: i64::MIN,
                midnight: begin,
                today: NaiveDate::MIN,
                present: Bits::none(count),
                full: Bits::none(count),
                rooms: alloc::vec![Room { moves: i64::MIN, time: ANY, fits: ANY }; count],
                ends: alloc::vec![i64::MIN; count],
                refused: alloc::vec![None; count],
            },
            able: Bits::none(count),
            key: Bits::none(count),
            free: Bits::none(count),
            others: Bits::none(count),
        }
    }

    /// The state, to be kept until the next call.
    #[must_use]
    pub fn close(self) -> RoutingState {
        let mut state = self.rest;
        for (person, load) in self.router.people.iter().zip(self.loads) {
            if !load.is_empty() {
                state.people.insert(person.id.clone(), load);
            }
        }
        for (queue, counter) in self.router.queues.iter().zip(self.queues) {
            let kept = state.queues.entry(queue.id.clone()).or_default();
            counter.close(queue, self.router, kept);
            if *kept == QueueState::default() {
                state.queues.remove(&queue.id);
            }
        }
        state
    }

    /// Takes an item that somebody has finished off what is open.
    pub fn finish(&mut self, person: &ActorId, effort: Effort) {
        match self.router.place(person) {
            None => self.rest.close(person, effort),
            Some(place) => {
                if let Some(load) = self.loads.get_mut(place) {
                    load.close(effort);
                }
                self.settle(place);
            }
        }
    }

    /// The effort of what somebody has open; `None` for whoever is neither on the roster nor remembered.
    ///
    /// ```
    /// use guanxi_routing::{Effort, RosterDocument, Router, RoutingState, routing_preset};
    /// let policy = routing_preset("standard").ok_or("no such preset")?;
    /// let roster = r#"{"schema": "guanxi.roster/1", "id": "r", "version": "1", "body": {"people": [{"id": "A", "queues": {}}]}}"#;
    /// let router = Router::new(&policy, &RosterDocument::from_json(roster)?);
    /// // Z has left, and may still finish.
    /// let state: RoutingState = serde_json::from_str(r#"{"people": {"Z": {"open": "2"}}}"#)?;
    /// let mut desk = router.open(state);
    /// desk.finish(&"Z".parse()?, Effort::ONE);
    /// let open = |person: &str| Ok::<_, guanxi_core::IdError>(desk.open_of(&person.parse()?).map(|open| open.to_string()));
    /// assert_eq!((open("A")?.as_deref(), open("Z")?.as_deref(), open("Y")?), (Some("0"), Some("1"), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn open_of(&self, person: &ActorId) -> Option<DecimalText> {
        let load = match self.router.place(person) {
            None => self.rest.load(person),
            Some(place) => self.loads.get(place),
        };
        load.map(Load::open)
    }

    /// The instant of the latest item.
    pub(crate) const fn latest(&self) -> Option<DateTime<Utc>> {
        self.rest.as_of
    }

    /// Sees to it that what holds now holds at an instant.
    pub(crate) fn arrive(&mut self, as_of: DateTime<Utc>) {
        if self.rest.as_of.is_none_or(|latest| latest < as_of) {
            self.rest.as_of = Some(as_of);
        }
        if as_of < self.now.from || self.now.midnight <= as_of {
            let zone = self.router.policy.zone();
            self.now.today = zone.day(as_of);
            let midnight = self.now.today.succ_opt().and_then(|day| zone.day_start(day));
            self.now.midnight = midnight.unwrap_or(DateTime::<Utc>::MAX_UTC);
            self.now.until = i64::MIN;
            self.now.ends.fill(i64::MIN);
            self.now.rooms.iter_mut().for_each(|room| room.moves = i64::MIN);
        }
        (self.now.from, self.now.stamp) = (as_of, stamp(as_of));
        // What changes within a second is looked at anew as long as it lasts.
        let (now, _) = self.now.stamp;
        if self.now.until <= now {
            for place in 0..self.loads.len() {
                if self.now.ends.get(place).is_some_and(|end| *end <= now) {
                    if self.now.rooms.get(place).is_some_and(|room| room.moves <= now) {
                        self.locate(place);
                    }
                    self.measure(place);
                }
            }
            self.now.until = self.now.ends.iter().copied().min().unwrap_or(i64::MAX);
        }
    }

    /// Looks whether somebody is there.
    fn locate(&mut self, place: usize) {
        let now = &mut self.now;
        let Some((person, room)) = self.router.people.get(place).zip(now.rooms.get_mut(place)) else {
            return;
        };
        if person.active && person.away(now.from).is_none() {
            now.present.insert(place);
        } else {
            now.present.remove(place);
        }
        room.moves = person.turns(now.from).map_or(i64::MAX, |at| at.timestamp());
    }

    /// Measures how much fits somebody's day and window, and in all.
    pub(crate) fn measure(&mut self, place: usize) {
        let now = &mut self.now;
        let Some((person, load)) = self.router.people.get(place).zip(self.loads.get(place)) else { return };
        let Some(room) = now.rooms.get_mut(place) else { return };
        let frees;
        (room.time, frees) = load.fits_time(&person.capacity, now.stamp, now.today);
        if let Some(end) = now.ends.get_mut(place) {
            // Whoever has room for an item of effort 1 is measured anew for one that is larger.
            *end = if room.time < Effort::ONE.steps() { room.moves.min(frees) } else { room.moves };
            now.until = now.until.min(*end);
        }
        self.settle(place);
    }

    /// Finds out how much fits in all.
    fn settle(&mut self, place: usize) {
        let now = &mut self.now;
        let Some((person, load)) = self.router.people.get(place).zip(self.loads.get(place)) else { return };
        let Some(room) = now.rooms.get_mut(place) else { return };
        room.fits = room.time.min(load.fits_open(&person.capacity));
        if let Some(refused) = now.refused.get_mut(place) {
            *refused = None;
        }
        if room.fits < Effort::ONE.steps() {
            now.full.insert(place);
        } else {
            now.full.remove(place);
        }
    }

    /// Gives an item to somebody.
    pub(crate) fn take(&mut self, place: usize, effort: Effort) {
        let Some((person, load)) = self.router.people.get(place).zip(self.loads.get_mut(place)) else {
            return;
        };
        load.take(&person.capacity, effort.steps(), self.now.stamp, self.now.today);
        self.measure(place);
    }

    /// Finds whose turn it is among those who are free, and gives it.
    pub(crate) fn turn(&mut self, queue: usize, as_of: DateTime<Utc>) -> Option<Turn> {
        let (counter, queue) = self.queues.get_mut(queue).zip(self.router.queues.get(queue))?;
        counter.turn(queue, &self.key, &self.free, as_of)
    }
}

impl Counter {
    fn open(queue: &Queue, router: &Router, state: Option<&mut QueueState>) -> Self {
        let count = queue.places.len();
        let mut counter =
            Self { taken: alloc::vec![0; count], behind: alloc::vec![0; count], rotations: Vec::new() };
        let Some(state) = state else { return counter };
        let people = queue.places.iter().filter_map(|place| router.people.get(*place));
        for (person, (taken, behind)) in people.zip(counter.taken.iter_mut().zip(&mut counter.behind)) {
            let standing = state.people.remove(&person.id).unwrap_or_default();
            (*taken, *behind) = (standing.taken, standing.behind);
        }
        // Where somebody is gone or a weight has changed, the rotation would begin anew in any case.
        let kept = state.rotations.drain(..).filter_map(|kept| Rotation::resume(&kept, queue, router));
        counter.rotations = kept.take(ROTATIONS).collect();
        counter
    }

    fn close(self, queue: &Queue, router: &Router, state: &mut QueueState) {
        let id = |place: usize| router.people.get(place).map(|person| person.id.clone());
        let standing = |(taken, behind)| Standing { taken, behind };
        let standings = self.taken.into_iter().zip(self.behind).map(standing);
        let people = queue.places.iter().filter_map(|place| id(*place)).zip(standings);
        state.people.extend(people.filter(|(_, standing)| *standing != Standing::default()));
        state.rotations.extend(self.rotations.into_iter().map(|rotation| {
            let mut seats = rotation.segment.seats().to_vec();
            seats.sort_unstable_by_key(|seat| seat.member);
            let share = |seat: &Seat| {
                let (person, weight) = (id(*queue.places.get(seat.member)?)?, Weight::of_steps(seat.weight)?);
                Some(ShareState { person, weight, taken: seat.count.unsigned_abs() })
            };
            RotationState {
                able: rotation.able.iter().filter_map(id).collect(),
                since: rotation.since,
                shares: seats.iter().filter_map(share).collect(),
            }
        }));
    }

    /// Whose turn it is of those who are free, out of those who are able; it is given.
    fn turn(&mut self, queue: &Queue, able: &Bits, free: &Bits, as_of: DateTime<Utc>) -> Option<Turn> {
        match self.rotations.iter().position(|rotation| rotation.able == *able) {
            Some(0) => {}
            Some(found) => self.rotations.get_mut(..=found)?.rotate_right(1),
            None => {
                self.rotations.truncate(ROTATIONS - 1);
                self.rotations.insert(0, Rotation::new(queue, able, free, as_of));
            }
        }
        let rotation = self.rotations.first_mut()?;
        if rotation.turns != *free {
            // Somebody came or went: a new segment.
            rotation.begin(queue, free, as_of);
        }
        for (behind, share) in self.behind.iter_mut().zip(&rotation.shares) {
            // Starts within a million items, and moves by one at most each time.
            *behind = behind.wrapping_add(*share);
        }
        let member = rotation.segment.turn(&self.behind)?;
        let own = self.behind.get_mut(member)?;
        let behind = *own;
        // As much as all have gained together, to the last part.
        *own = behind.wrapping_sub(PARTS - rotation.remainder);
        let taken = self.taken.get_mut(member)?;
        *taken = taken.saturating_add(1);
        Some(Turn { place: *queue.places.get(member)?, behind })
    }
}

impl Rotation {
    fn new(queue: &Queue, able: &Bits, free: &Bits, since: DateTime<Utc>) -> Self {
        let mut rotation = Self {
            able: able.clone(),
            since,
            turns: free.clone(),
            segment: Segment::default(),
            shares: alloc::vec![0; queue.places.len()],
            remainder: 0,
        };
        rotation.begin(queue, free, since);
        rotation
    }

    /// Begins a segment, in the memory of the one before.
    fn begin(&mut self, queue: &Queue, free: &Bits, since: DateTime<Utc>) {
        self.since = since;
        self.turns.copy(free);
        let taking = queue.ranked.iter().filter(|seat| free.has(seat.place));
        self.segment.begin(taking.map(|seat| (seat.member, seat.weight)));
        self.share();
    }

    /// Finds out what one item adds to everybody's share.
    fn share(&mut self) {
        let total = self.segment.total().max(1);
        self.remainder = PARTS;
        self.shares.fill(0);
        for seat in self.segment.seats() {
            // A weight is at most 10^8.
            let share = seat.weight * PARTS / total;
            self.remainder -= share;
            if let Some(own) = self.shares.get_mut(seat.member) {
                *own = share;
            }
        }
    }

    fn resume(state: &RotationState, queue: &Queue, router: &Router) -> Option<Self> {
        let (mut able, mut turns) = (Bits::none(router.people.len()), Bits::none(router.people.len()));
        for id in &state.able {
            able.insert(router.place(id)?);
        }
        let mut counts = alloc::vec![None; queue.places.len()];
        for share in &state.shares {
            let place = router.place(&share.person)?;
            turns.insert(place);
            *counts.get_mut(queue.places.binary_search(&place).ok()?)? = Some(share);
        }
        let mut shares = Vec::with_capacity(state.shares.len());
        for seat in &queue.ranked {
            if let Some(Some(share)) = counts.get(seat.member) {
                (share.weight.steps() == seat.weight).then_some(())?;
                shares.push((seat.member, seat.weight, i64::try_from(share.taken).ok()?));
            }
        }
        // Somebody's weight has become 0.
        (shares.len() == state.shares.len()).then_some(())?;
        let segment = Segment::resume(&shares).ok()?;
        let shares = alloc::vec![0; queue.places.len()];
        let mut rotation = Self { able, since: state.since, turns, segment, shares, remainder: 0 };
        rotation.share();
        Some(rotation)
    }
}
