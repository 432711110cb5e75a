//! Who is this customer: the record, the facts that follow from events, and how good the data is.
//!
//! Pure: the same parties, events, recipes, rates and `as_of` give the same facts, in any order and
//! with any repetition of the events.
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod book;
mod defect;
mod exact;
mod finding;
mod inspect;
mod labels;
mod ledger;
mod measure;
mod party;
mod quality;
mod read;
mod recipe;
mod recipes;
mod relation;
mod rollup;
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
pub use window::Window;
