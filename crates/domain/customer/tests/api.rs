//! What every public type can do.
use guanxi_customer as customer;

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

#[test]
fn a_book_moves_between_threads() {
    fn threads<T: Clone + core::fmt::Debug + Send + Sync>() {}
    threads::<customer::FactBook<'_>>();
}
