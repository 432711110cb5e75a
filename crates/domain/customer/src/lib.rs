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
mod exact;
mod finding;
mod ledger;
mod measure;
mod party;
mod recipe;
mod recipes;
mod relation;
mod window;

pub use book::{FactBook, SubjectFacts};
pub use finding::FactFinding;
pub use ledger::{Added, Ledger};
pub use party::{Attribute, OrganisationName, Party, PartyKind, PartyName};
pub use recipe::{
    Amount, End, Filter, Levels, Literal, Measure, Quantity, RecipeSpec, RecipesSpec, Side, Test, WhenEmpty,
};
pub use recipes::Recipes;
pub use relation::{Parties, RelationError, RelationKind, Relationship};
pub use window::Window;
