use chrono::{DateTime, Utc};
use guanxi_calendar::Calendars;
use guanxi_core::{Event, FactMap, Facts, Observation, SubjectId};

use super::state::PlanState;

static NO_FACTS: FactMap = FactMap::new();
static NO_CALENDARS: Calendars = Calendars::new();

/// What is known when a customer is planned: its state, and what is new since.
#[derive(Clone, Copy)]
pub struct PlanGiven<'a> {
    /// Whose it is.
    pub subject: &'a SubjectId,
    /// What the last call left; `None` the first time.
    pub state: Option<&'a PlanState>,
    /// Events that are new, in any order; ones that are known already do no harm.
    pub events: &'a [Event],
    /// Facts as they are known now. One that was observed at an instant counts from then on, beside
    /// what was observed before; one without an instant counts at all instants before its first
    /// observation, the one given last.
    pub facts: &'a dyn Facts,
    /// Further observations of facts, such as those of the past.
    pub observed: &'a [Observation],
    /// The calendars that working time is of.
    pub calendars: &'a Calendars,
    /// From when on the document is followed; counts the first time only. If left out, from when it is in force, or
    /// else from the instant of the first plan.
    pub since: Option<DateTime<Utc>>,
}

impl<'a> PlanGiven<'a> {
    /// Nothing but the subject.
    #[must_use]
    pub fn new(subject: &'a SubjectId) -> Self {
        Self {
            subject,
            state: None,
            events: &[],
            facts: &NO_FACTS,
            observed: &[],
            calendars: &NO_CALENDARS,
            since: None,
        }
    }

    /// With a state.
    #[must_use]
    pub const fn with_state(self, state: Option<&'a PlanState>) -> Self {
        Self { state, ..self }
    }

    /// With events.
    #[must_use]
    pub const fn with_events(self, events: &'a [Event]) -> Self {
        Self { events, ..self }
    }

    /// With facts.
    #[must_use]
    pub const fn with_facts(self, facts: &'a dyn Facts) -> Self {
        Self { facts, ..self }
    }

    /// With observations.
    #[must_use]
    pub const fn with_observed(self, observed: &'a [Observation]) -> Self {
        Self { observed, ..self }
    }

    /// With calendars.
    #[must_use]
    pub const fn with_calendars(self, calendars: &'a Calendars) -> Self {
        Self { calendars, ..self }
    }

    /// With the instant from which on the document is followed.
    #[must_use]
    pub const fn with_since(self, since: DateTime<Utc>) -> Self {
        Self { since: Some(since), ..self }
    }
}
