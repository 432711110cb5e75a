//! The words every Guanxi decision shares: exact values, facts, events, the decision envelope.
//!
//! Pure: no clock, file, thread, environment, randomness or hash order exists here. Time, ids,
//! exchange rates and calendars are arguments, so the same inputs give the same bytes everywhere.
//! Not here: any business rule (see `guanxi-scoring` and its siblings) and any storage.
//!
//! ```
//! use guanxi_core::{Score, Share, parse_decimal};
//!
//! let composite = Score::try_from(parse_decimal("89.40")?)?;
//! assert_eq!(composite.to_string(), "89.40");
//!
//! // A decimal that a binary number cannot hold is refused or kept; it is never rounded in silence.
//! assert!(Share::try_from(parse_decimal("1.2")?).is_err());
//! assert!(parse_decimal("12345678901234567890123456789012345678.90").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod apportion;
#[cfg(any(test, feature = "proptest"))]
pub mod arbitrary;
mod currency;
mod decimal;
mod decision;
mod event;
mod event_set;
mod exact;
mod fact;
mod facts;
mod id;
mod level;
mod money;
mod observed;
mod pattern;
mod personal;
#[cfg(feature = "schema")]
#[doc(hidden)]
pub mod schema;
mod score;
mod share;
mod stamp;
mod text;
mod time;
mod weights;
mod zone;

pub use apportion::{ApportionError, apportion, largest_remainder};
pub use currency::{Currency, CurrencyError};
pub use decimal::{DecimalError, DecimalText, canonical, parse_decimal};
pub use decision::{Arg, Basis, Decision, ReasonCode};
pub use event::{Category, Event, EventKind};
pub use event_set::{EventEntry, EventSet};
pub use exact::{ExactSum, ratio};
pub use fact::{FactError, FactInput, FactKind, FactProblem, FactSchema, FactValue};
pub use facts::{Fact, FactIds, FactMap, Facts};
pub use id::{ActorId, AttributeId, DocumentId, EventId, FactId, IdError, QueueId, SubjectId, TierId};
#[doc(hidden)]
pub use id::{check_code, check_text, is_code};
pub use level::{Level, LevelError};
pub use money::{Conversion, ConvertError, Money, MoneyError, Rate, Rates};
pub use observed::{Added, FactsAt, Observation, Observations, Undated};
pub use pattern::{EventPattern, EventPatternError};
pub use personal::{Email, Erasable, PersonName, PersonalError, Phone};
pub use score::{Score, ScoreError};
pub use share::{Share, ShareError};
#[doc(hidden)]
pub use smol_str::SmolStr;
pub use stamp::{Fingerprint, Stamp, StampError, Version};
pub use text::{Inert, Quoted, is_inert};
pub use time::{TimeError, end_of_given_day, parse_instant};
pub use weights::{Weights, WeightsError};
pub use zone::{UtcOffset, UtcOffsetError, Zone, ZoneError};
