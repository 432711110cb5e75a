//! Who is this customer: the record, the facts that follow from events, the tags, and how good the data is.
//!
//! [`Parties`] keeps organisations and persons with their dated relationships; [`Recipes`] say, as a
//! document, how facts are made from events; a [`FactBook`] keeps the facts of every customer up to
//! date; [`tags`] says which tags a customer has, set by hand or by a rule, and why; [`inspect`] names every
//! defect of the data and whom to ask.
//!
//! Pure: the same parties, events, recipes, rates and `as_of` give the same facts, in whatever order
//! and portions and however often the events come. Sums are exact or refused, amounts of different
//! currencies meet only through declared rates, what is missing is never zero, and what does not
//! apply is not missing. Not here: what a fact is worth (see `guanxi-scoring`), what to do about a
//! silent customer (see `guanxi-portfolio`), and merging two records of one customer.
//!
//! ```
//! use guanxi_core::{Event, Fact, Facts, FactValue, Rates, parse_decimal, parse_instant};
//! use guanxi_customer::{FactBook, OrganisationName, Parties, Party, Recipes};
//! use guanxi_policy::{Body, check};
//!
//! let recipes = check(
//!     &serde_json::json!({"recipes": [{
//!         "fact": "profit",
//!         "measure": {"sum": {"add": ["net"], "subtract": ["cost"]}},
//!         "events": ["order.placed"],
//!         "window": {"months": 12},
//!         "when_empty": "not_applicable"
//!     }]}),
//!     Recipes::read,
//! )?;
//! let mut parties = Parties::new();
//! for id in ["C1", "C2"] {
//!     parties.insert(Party::organisation(id.parse()?, OrganisationName::new("A firm")?))?;
//! }
//!
//! let rates = Rates::default();
//! let mut book = FactBook::new(&recipes, &parties, &rates, parse_instant("2013-12-01")?);
//! let order: Event = serde_json::from_str(r#"{
//!     "id": "O1", "subject": "C1", "kind": "order.placed", "occurred_at": "2013-06-30T00:00:00Z",
//!     "attributes": {"net": {"decimal": "150.25"}, "cost": {"decimal": "120"}}
//! }"#)?;
//! // The same event twice is one event.
//! let _ = (book.add(order.clone()), book.add(order));
//!
//! let profit = "profit".parse()?;
//! let facts = book.facts(&"C1".parse()?).facts;
//! let expected = FactValue::Decimal(parse_decimal("30.25")?);
//! let observed_at = Some(parse_instant("2013-06-30")?);
//! assert_eq!(facts.fact(&profit), Fact::Known { value: &expected, observed_at });
//! // Who never bought has no profit: not zero, and not unknown.
//! assert_eq!(book.facts(&"C2".parse()?).facts.fact(&profit), Fact::NotApplicable);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod book;
mod defect;
mod finding;
mod inspect;
mod labels;
mod ledger;
mod measure;
mod party;
mod quality;
mod quotient;
mod read;
mod recipe;
mod recipes;
mod relation;
mod rollup;
mod tag;
mod window;

pub use book::{FactBook, SubjectFacts};
pub use defect::{Defect, Flaw};
pub use finding::FactFinding;
pub use inspect::{FieldQuality, Quality, QualityDimension, Tally, inspect};
pub use labels::labels;
pub use ledger::{Added, Ledger};
pub use party::{Attribute, OrganisationName, Party, PartyKind, PartyName};
pub use quality::{Field, FieldSpec, OrderSpec, QualityPolicy, QualitySpec, RecordingSpec, UniqueSpec};
pub use recipe::{
    Amount, End, Filter, Levels, Literal, Measure, Quantity, RecipeSpec, RecipesSpec, Side, Test, WhenEmpty,
};
pub use recipes::Recipes;
pub use relation::{Parties, RelationError, RelationKind, Relationship};
pub use rollup::{RollUp, RollUpError, RolledUp, roll_up};
pub use tag::{
    Assignment, Assignments, MAX_GROUPS, MAX_TAGS, MergeSpec, MoveCount, SetBy, Tag, TagBook, TagCount,
    TagCounts, TagDiff, TagGroupId, TagGroupSpec, TagId, TagInput, TagKind, TagMove, TagMoves, TagOrigin,
    TagPolicy, TagReason, TagSet, TagSpec, Tagged, TagsDocument, TagsSpec, Touched, WhenUnknown, Wins,
    diff_tags, lint_tags, tag_preset, tag_preset_ids, tags,
};
pub use window::Window;
