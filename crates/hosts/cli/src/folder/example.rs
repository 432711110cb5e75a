//! The example folder: its rows add up to what its README says, and its facts are those of FACTS.md.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use guanxi::core::{Fact, FactId, FactValue, Facts, Rates};
use guanxi::customer::{Added, FactBook, Ledger, Parties, QualityPolicy, Recipes, SubjectFacts, inspect};
use guanxi::policy::{Body, check};
use rust_decimal::Decimal;

use super::{Folder, Problem, read};

fn dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/adventure-works")
}

fn number(value: &FactValue) -> Decimal {
    match value {
        FactValue::Money(money) => money.amount(),
        other => other.number().unwrap(),
    }
}

#[test]
fn rows_add_up_to_what_the_readme_says() {
    let folder = read(&dir()).unwrap();
    assert_eq!(folder.problems.listed(), [] as [Problem; 0]);
    assert_eq!((folder.parties.len(), folder.events.len()), (701, 3_796 + 60_855));
    let sum = |kind: &str, attribute: &str| -> Decimal {
        let of_kind = folder.events.iter().filter(|event| event.kind.as_str() == kind);
        of_kind.filter_map(|event| event.attributes.get(attribute)).map(number).sum()
    };
    let totals =
        [("order.placed", "net"), ("order.placed", "cost"), ("order.line", "net"), ("order.line", "cost")];
    let totals = totals.map(|(kind, attribute)| sum(kind, attribute).normalize().to_string());
    assert_eq!(totals, ["80450596.9823", "79980114.379", "80450596.9823", "79980114.379"]);
    assert_eq!(sum("order.placed", "units"), Decimal::from(214_378));
    let bought: BTreeSet<&FactValue> =
        folder.events.iter().filter_map(|event| event.attributes.get("subcategory")).collect();
    assert_eq!(bought.len(), 33);
}

/// The numbers of one fact in ascending order, and for how many parties it is something else.
#[derive(Default)]
struct Column {
    known: Vec<Decimal>,
    not_applicable: usize,
    missing: usize,
}

impl Column {
    fn row(&self) -> String {
        let at = |part: usize| {
            let index = (self.known.len() - 1) * part / 2;
            self.known[index].normalize().to_string()
        };
        let (known, other, missing) = (self.known.len(), self.not_applicable, self.missing);
        format!("{known:>5} {other:>8} {missing:>7} {:>14} {:>14} {:>14}", at(0), at(1), at(2))
    }
}

/// What FACTS.md shows: every fact with its least, median and greatest value, and some counts.
fn figures(folder: Folder) -> String {
    let recipes = check(&folder.recipes, Recipes::read).unwrap();
    let types: BTreeMap<_, _> = folder
        .parties
        .iter()
        .map(|party| (party.id.clone(), party.attributes["business_type"].value.to_string()))
        .collect();
    let mut parties = Parties::new();
    for party in folder.parties {
        parties.insert(party).unwrap();
    }
    let rates = Rates::default();
    let mut book = FactBook::new(&recipes, &parties, &rates, folder.as_of.unwrap());
    for event in folder.events {
        assert_eq!(book.add(event), Added::New);
    }
    let mut columns: BTreeMap<FactId, Column> = BTreeMap::new();
    let (mut losses, mut levels, mut growth) = (0, BTreeMap::new(), BTreeMap::new());
    for (subject, SubjectFacts { facts, findings }) in book.all() {
        assert_eq!(findings, []);
        for recipe in recipes.iter() {
            let column = columns.entry(recipe.fact.clone()).or_default();
            match facts.fact(&recipe.fact) {
                Fact::Known { value, .. } => {
                    column.known.push(number(value));
                    match recipe.fact.as_str() {
                        "cumulative_profit" if number(value) < Decimal::ZERO => losses += 1,
                        "price_sensitivity" => *levels.entry(value.to_string()).or_insert(0) += 1,
                        "industry_growth" => {
                            let known = growth.entry(types[subject].clone()).or_insert_with(|| value.clone());
                            assert_eq!(known, value);
                        }
                        _ => {}
                    }
                }
                Fact::NotApplicable => column.not_applicable += 1,
                Fact::Missing => column.missing += 1,
            }
        }
    }
    let mut shown = format!(
        "{:18} {:>5} {:>8} {:>7} {:>14} {:>14} {:>14}\n",
        "fact", "known", "not app.", "missing", "least", "median", "greatest"
    );
    for recipe in recipes.iter() {
        let column = columns.get_mut(&recipe.fact).unwrap();
        column.known.sort();
        writeln!(shown, "{:18} {}", recipe.fact.as_str(), column.row()).unwrap();
    }
    let bought = columns["orders"].known.iter().filter(|orders| !orders.is_zero()).count();
    writeln!(shown, "\nbuyers {bought}, prospects {}, buyers at a loss {losses}", types.len() - bought)
        .unwrap();
    let profit: Decimal = columns["cumulative_profit"].known.iter().sum();
    writeln!(shown, "profit of all buyers {}", profit.normalize()).unwrap();
    for (business_type, value) in growth {
        writeln!(shown, "growth of {business_type}: {value}").unwrap();
    }
    let levels: Vec<String> = levels.iter().map(|(level, count)| format!("{level}: {count}")).collect();
    writeln!(shown, "buyers by price sensitivity: {}", levels.join(", ")).unwrap();
    shown
}

#[test]
fn names_that_occur_twice_are_found() {
    let folder = read(&dir()).unwrap();
    let policy = check(&folder.quality, QualityPolicy::read).unwrap();
    let mut parties = Parties::new();
    for party in folder.parties {
        parties.insert(party).unwrap();
    }
    let quality = inspect(&policy, &parties, &BTreeMap::new(), &Ledger::new(), folder.as_of.unwrap());
    let defects: Vec<String> =
        quality.defects.iter().map(|defect| serde_json::to_string(defect).unwrap()).collect();
    insta::assert_snapshot!(defects.join("\n"), @r#"
    {"subject":"643","field":"name","flaw":{"code":"duplicate","of":"290"},"ask":"sales"}
    {"subject":"649","field":"name","flaw":{"code":"duplicate","of":"211"},"ask":"sales"}
    "#);
}

#[test]
fn facts_are_those_of_facts_md() {
    let figures = figures(read(&dir()).unwrap());
    let page = fs::read_to_string(dir().join("FACTS.md")).unwrap();
    assert!(page.contains(&format!("```text\n{figures}```")), "FACTS.md must show:\n{figures}");
}
