//! Recipes that were checked as a whole.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use guanxi_policy::{Body, Fields, Node, Problems, check};

use crate::read::{list, optional};
use crate::recipe::{Amount, Filter, Measure, RecipeSpec, RecipesSpec, WhenEmpty};
use crate::window::Window;

/// Checked recipes: what the facts of a customer are, and how each is made from events.
///
/// ```
/// use guanxi_customer::Recipes;
/// use guanxi_policy::{Body, check};
///
/// let tree = serde_json::json!({"recipes": [{
///     "fact": "cumulative_profit",
///     "measure": {"sum": {"add": ["net"], "subtract": ["cost"]}},
///     "events": ["order.placed"],
///     "when_empty": "not_applicable"
/// }]});
/// let recipes = check(&tree, Recipes::read)?;
/// assert_eq!(recipes.iter().count(), 1);
/// # Ok::<(), guanxi_policy::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipes(RecipesSpec);

const MAX_PLACES: u32 = 12;
const MAX_CUTS: usize = 254;
const FIELDS: [&str; 9] =
    ["fact", "measure", "events", "where", "window", "peers", "convert", "levels", "when_empty"];

impl Recipes {
    /// The recipes, in the order of the document.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RecipeSpec> {
        self.0.recipes.iter()
    }
}

impl TryFrom<&RecipesSpec> for Recipes {
    type Error = Problems;

    fn try_from(spec: &RecipesSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for Recipes {
    type Spec = RecipesSpec;
    const SCHEMA: &'static str = "guanxi.facts/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["recipes"]);
        let _ = fields.required("recipes")?;
        let mut facts = BTreeSet::new();
        let recipes = list(&fields, "recipes", |node| {
            let recipe = read_recipe(node)?;
            if !facts.insert(recipe.fact.clone()) {
                node.report("duplicate", format!("`{}`", recipe.fact), "one recipe a fact");
            }
            Some(recipe)
        })?;
        Some(Self(RecipesSpec { recipes }))
    }

    fn spec(&self) -> RecipesSpec {
        self.0.clone()
    }
}

fn read_recipe(node: &Node<'_>) -> Option<RecipeSpec> {
    let fields = node.fields(&FIELDS);
    // Every field is read before any is asked for, so that all problems are reported.
    let fact = fields.required("fact").and_then(|node| node.get());
    let measure = fields.required("measure").and_then(|node| read_measure(&node));
    let events = list(&fields, "events", Node::get);
    let filters: Option<Vec<Filter>> = list(&fields, "where", Node::get);
    let window = optional::<Window>(&fields, "window");
    let peers = optional(&fields, "peers");
    let convert = optional(&fields, "convert");
    let levels = optional(&fields, "levels");
    let when_empty = optional(&fields, "when_empty");

    if let (Some(Some(window)), Some(node)) = (window, fields.optional("window")) {
        check_window(&node, window);
    }
    let recipe = RecipeSpec {
        fact: fact?,
        measure: measure?,
        events: events?,
        filters: filters?,
        window: window?,
        peers: peers?,
        convert: convert?,
        levels: levels?,
        when_empty: when_empty?.unwrap_or_default(),
    };
    check_recipe(&fields, &recipe);
    Some(recipe)
}

fn read_measure(node: &Node<'_>) -> Option<Measure> {
    let measure: Measure = node.get()?;
    if let Some(amount) = measure.amount() {
        check_amount(node, amount);
    }
    match &measure {
        Measure::Growth { over, places, .. } => {
            check_window(node, *over);
            check_places(node, *places);
        }
        Measure::Share { places, .. } | Measure::Mean { places, .. } => check_places(node, *places),
        _ => {}
    }
    Some(measure)
}

fn check_amount(node: &Node<'_>, amount: &Amount) {
    let mut seen = BTreeSet::new();
    for attribute in amount.add.iter().chain(&amount.subtract) {
        if !seen.insert(attribute) {
            node.report("duplicate", format!("`{attribute}`"), "each attribute once in an amount");
        }
    }
    if seen.is_empty() {
        node.refuse("not_allowed", "an amount with at least one attribute in `add` or `subtract`");
    }
}

fn check_window(node: &Node<'_>, window: Window) {
    if !(1..=window.longest()).contains(&window.length()) {
        let allowed = format!("1 to {} (a hundred years)", window.longest());
        node.report("not_allowed", format!("`{}`", window.length()), allowed);
    }
}

fn check_places(node: &Node<'_>, places: u32) {
    if places > MAX_PLACES {
        node.report("not_allowed", format!("`places = {places}`"), format!("0 to {MAX_PLACES} places"));
    }
}

/// What the fields of one recipe demand of each other.
fn check_recipe(fields: &Fields<'_>, recipe: &RecipeSpec) {
    let measure = &recipe.measure;
    let refuse = |name: &str, refused: bool, allowed: &str| {
        if refused && let Some(node) = fields.optional(name) {
            node.refuse("not_allowed", allowed);
        }
    };
    if measure.reads_events() {
        if recipe.events.is_empty() {
            fields.node().report("missing_field", "", "`events` with at least one kind");
        }
        let unique: BTreeSet<_> = recipe.events.iter().collect();
        refuse("events", unique.len() < recipe.events.len(), "each kind once");
        let growth = matches!(measure, Measure::Growth { .. });
        refuse("window", growth, "no window: growth has its own lengths of time");
        refuse("peers", measure.population().is_some(), "no peers: this measure compares with everyone");
        refuse("convert", measure.amount().is_none(), "no conversion: this measure adds up no amount");
    } else {
        for name in ["events", "where", "window", "peers", "convert"] {
            refuse(name, true, "nothing: this measure reads no events");
        }
    }
    if let (Some(levels), Some(node)) = (&recipe.levels, fields.optional("levels")) {
        if levels.cuts.is_empty() || levels.cuts.len() > MAX_CUTS {
            node.refuse("not_allowed", format!("1 to {MAX_CUTS} cut points"));
        }
        if !levels.cuts.is_sorted_by(|a, b| a < b) {
            node.refuse("not_allowed", "cut points that ascend");
        }
    }
    if let WhenEmpty::Value(number) = &recipe.when_empty {
        let part = measure.is_whole() && !number.0.is_integer();
        refuse("when_empty", part, "a whole number, as the measure gives");
    }
}
