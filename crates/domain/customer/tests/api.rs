//! What every public type can do.
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_customer as customer;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + core::fmt::Debug + Send + Sync + 'static>() {}

#[test]
fn public_types_are_plain_values() {
    value::<customer::Added>();
    value::<customer::Amount>();
    value::<customer::Attribute>();
    value::<customer::Defect>();
    value::<customer::FactFinding>();
    value::<customer::Filter>();
    value::<customer::Flaw>();
    value::<customer::Ledger>();
    value::<customer::Levels>();
    value::<customer::Measure>();
    value::<customer::Parties>();
    value::<customer::Party>();
    value::<customer::Quality>();
    value::<customer::QualityPolicy>();
    value::<customer::QualitySpec>();
    value::<customer::RecipeSpec>();
    value::<customer::Recipes>();
    value::<customer::RecipesSpec>();
    value::<customer::RelationError>();
    value::<customer::Relationship>();
    value::<customer::RolledUp>();
    value::<customer::RollUpError>();
    value::<customer::SubjectFacts>();
    value::<customer::Tally>();
    value::<customer::Window>();
}

fn wire<T: Serialize + DeserializeOwned>() {}
fn key<T: Clone + Ord + Hash + Debug + Display + Send + Sync + 'static>() {}

#[test]
fn what_is_said_of_tags_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { customer::Assignment customer::MergeSpec customer::MoveCount customer::SetBy customer::TagCount customer::TagCounts
    customer::TagDiff customer::TagGroupId customer::TagGroupSpec customer::TagId customer::TagMove customer::TagMoves
    customer::TagOrigin customer::TagReason customer::TagSet customer::TagSpec customer::Tagged customer::TagsSpec
    customer::WhenUnknown customer::Wins }
    key::<customer::TagGroupId>();
    key::<customer::TagId>();
}

#[test]
fn what_is_checked_or_kept_of_tags_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { customer::Assignments customer::Tag customer::TagKind customer::TagPolicy customer::TagsDocument customer::Touched }
}

#[test]
fn a_book_moves_between_threads() {
    fn threads<T: Clone + core::fmt::Debug + Send + Sync>() {}
    threads::<customer::FactBook<'_>>();
    threads::<customer::TagBook<'_>>();
}
