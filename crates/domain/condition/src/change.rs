//! When time alone gives another answer.
use chrono::{DateTime, Utc};

use crate::condition::Condition;
use crate::course::Course;
use crate::given::{Given, Moment};
use crate::truth::Truth;

impl Condition {
    /// The first instant after that of the question at which the same facts and events give another answer;
    /// `None` if there is none. Just before it, the answer is still the same.
    ///
    /// The cost grows with the number of instants at which a leaf may change, which are few for each event and for
    /// each fact: n log n for n events, whatever the years between. Where a window follows a rhythm, those in it are
    /// counted again for each of the lengths that it will have.
    #[must_use]
    pub fn next_change(&self, given: &Given<'_>, at: &Moment) -> Option<DateTime<Utc>> {
        let now = self.holds(given, at);
        self.next_time(given, at, |truth| truth != now)
    }

    /// The first instant after that of the question at which the same facts and events give an answer that is
    /// wanted; `None` if there is none. For those to whom two of the three answers are the same, while the present
    /// one is not wanted.
    ///
    /// ```
    /// use guanxi_condition::{Condition, Given, Moment, Truth, Vocabulary};
    /// use guanxi_core::{FactKind, FactMap, FactSchema, FactValue, fact_id, parse_instant};
    ///
    /// let instant = FactSchema::of(FactKind::Instant);
    /// let vocabulary =
    ///     Vocabulary::new().with_fact(fact_id!("born"), instant.clone()).with_fact(fact_id!("met"), instant);
    /// let condition = Condition::parse("anniversary of born within 7 days and met is past", &vocabulary)?;
    /// let born = FactValue::Instant(parse_instant("1990-05-08")?);
    /// let facts = FactMap::new().with(fact_id!("born"), born, None);
    /// let (given, at) = (Given { facts: &facts, events: None }, Moment::utc(parse_instant("2026-06-30")?));
    /// // Every year the answer goes from false to unknown and back, and is never true.
    /// assert_eq!(condition.next_change(&given, &at), Some(parse_instant("2027-05-01")?));
    /// assert_eq!(condition.next_time(&given, &at, Truth::is_true), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn next_time(
        &self,
        given: &Given<'_>,
        at: &Moment,
        wanted: impl Fn(Truth) -> bool,
    ) -> Option<DateTime<Utc>> {
        self.course(given, at).next_time(given.facts, at.as_of, None, wanted)
    }

    /// The same, if it lies before another instant; the cheaper, the nearer that is.
    #[must_use]
    pub fn next_time_before(
        &self,
        given: &Given<'_>,
        at: &Moment,
        end: DateTime<Utc>,
        wanted: impl Fn(Truth) -> bool,
    ) -> Option<DateTime<Utc>> {
        self.course(given, at).next_time(given.facts, at.as_of, Some(end), wanted)
    }

    fn course<'a>(&'a self, given: &Given<'a>, at: &Moment) -> Course<'a> {
        Course::new(self, given.events, at.zone, at.week_start)
    }
}
