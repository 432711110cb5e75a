//! Which stage is this customer in, may it move, and what moved it?
//!
//! A definition is data: stages, and *edges* between them, each taken by events or by itself, past
//! conditions, required facts, approvals, time to wait and limits. [`advance`] is the one way in which
//! anybody moves; it says what moved and why, what stood in the way of what did not, and when time alone
//! changes something next. [`Funnel`] counts stages over a population.
//!
//! Pure: a state is what a definition makes of the *set* of entries of a ledger up to an instant. In whatever
//! order they come, however often and however late, the state is the same to the byte. Time is an argument.
//! Not here: what to do in a stage (labels say what to care for), where states are kept, and a second way to
//! move.
//!
//! ```
//! use guanxi_core::{Event, parse_instant};
//! use guanxi_lifecycle::{Given, advance, due, labels, preset};
//!
//! let five = preset("five-stage").ok_or("no such preset")?;
//! let subject = "C1".parse()?;
//! let event = |id: &str, kind: &str, day: &str| -> Result<Event, Box<dyn std::error::Error>> {
//!     let (id, subject, kind, occurred_at) = (id.parse()?, "C1".parse()?, kind.parse()?, parse_instant(day)?);
//!     let attributes = Default::default();
//!     Ok(Event { id, subject, kind, occurred_at, recorded_at: None, source: None, channel: None, attributes })
//! };
//!
//! let events = [event("1", "order.placed", "2026-01-05")?, event("2", "contract.renewed", "2026-02-01")?];
//! let loyal = advance(&five, &Given::new(&subject).with_events(&events), parse_instant("2026-02-01")?);
//! assert_eq!(loyal.outcome.stage, Some("loyalty".parse()?));
//! assert_eq!(loyal.next_change, Some(parse_instant("2026-03-06")?)); // then it is at risk
//!
//! // A year without an order.
//! let silent = due(&five, &loyal.outcome.state, parse_instant("2027-06-30")?);
//! let english = labels("en").ok_or("no such language")?;
//! let told: Vec<String> = silent.outcome.moves.iter().map(|own| format!("{} on {}", own.edge, own.at.date_naive())).collect();
//! assert_eq!(told, ["silent on 2027-01-05"]);
//! assert_eq!(english.label("focus", "churn"), "Warn early, step in, and win back with an offer of their own and better service");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod advance;
#[cfg(feature = "proptest")]
pub mod arbitrary;
mod bars;
mod definition;
mod diagram;
mod funnel;
mod id;
mod ledger;
mod lint;
mod machine;
mod missing;
mod presets;
mod read;
mod reason;
mod spec;
mod spent;
mod state;
mod watch;
mod words;

pub use advance::{Advanced, Given, advance, due, replay, step, verify};
pub use definition::{Edge, Flag, Lifecycle, LifecycleDocument};
pub use funnel::{
    Conversion, Funnel, FunnelCounts, FunnelError, FunnelGroup, FunnelGroupRow, FunnelReport, FunnelSpec,
    Left, StageRow, View, WorkingTime,
};
pub use id::{EdgeId, FlagId, RegressId, Remark, RoleId, StageId};
pub use lint::lint;
pub use missing::Missing;
pub use presets::{labels, preset, preset_ids};
pub use reason::Reason;
pub use spec::{
    EdgeSpec, FlagSpec, LifecycleSpec, MAX_EDGES, MAX_FLAGS, MAX_STAGES, Origin, OriginError, ReentrySpec,
    StageKind, StageSpec, Unknown, kinds,
};
pub use spent::Times;
pub use state::{Approval, Cause, Highest, Move, State, StateError};
