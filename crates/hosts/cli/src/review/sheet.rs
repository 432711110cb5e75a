//! `customers.csv`: one row a customer, for spreadsheets.
use std::collections::BTreeSet;

use guanxi::core::{AttributeId, Fact, FactId, FactValue, Facts, Inert, Score, TierId};
use guanxi::customer::Attribute;
use guanxi::portfolio::Member;
use guanxi::scoring::Standing;

use super::Words;
use super::prepare::Review;
use super::summary::{Summary, count, singles};
use crate::folder::Problems;
use crate::output::Failure;

/// A text that no spreadsheet takes for a formula, without characters that change how it is shown.
fn cell(text: &str) -> String {
    // Some spreadsheets skip leading blanks, and take the full-width signs for the plain ones.
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let inert = Inert(text).to_string();
    if inert.trim_start().starts_with(SIGNS) { format!("'{inert}") } else { inert }
}

/// A typed value; only texts can hold anything but letters and digits.
fn value(value: &FactValue) -> String {
    match value {
        FactValue::Text(_) | FactValue::Set(_) => cell(&value.to_string()),
        FactValue::Money(money) => money.amount().to_string(),
        _ => value.to_string(),
    }
}

/// The table, in the order of the ids. Columns are named by code, whatever the language.
pub(super) fn customers(review: &Review, summary: &Summary<'_>) -> Result<Vec<u8>, Failure> {
    let population = summary.population;
    let known = |member: &Member| member.facts.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    let facts: BTreeSet<FactId> = population.members().iter().flat_map(known).collect();
    let attributes: BTreeSet<&AttributeId> =
        review.parties.iter().flat_map(|party| party.attributes.keys()).collect();
    let mut sheet = csv::Writer::from_writer(vec![0xEF, 0xBB, 0xBF]);
    let fixed = [
        "id",
        "name",
        "standing",
        "tier",
        "computed_tier",
        "composite",
        "value",
        "potential",
        "need",
        "rank",
        "completeness",
    ];
    let header = fixed.iter().map(|name| (*name).to_owned()).chain(facts.iter().map(ToString::to_string));
    let header = header.chain(attributes.iter().map(|name| format!("attribute.{name}")));
    let header = header.chain(["abc_class", "rfm_segment", "value_segment", "tags"].map(str::to_owned));
    let header = header.chain(["stage", "stage_since", "stage_flags"].map(str::to_owned));
    let planned = summary.plan.as_ref().map(|_| ["plan", "plan_held_back"].map(str::to_owned));
    let header = header.chain(planned.into_iter().flatten());
    let header = header.chain(summary.budget.as_ref().map(|_| "budget".to_owned()));
    sheet.write_record(header.map(|name| cell(&name))).map_err(Failure::told)?;
    for (place, member) in population.members().iter().enumerate() {
        let outcome = &member.decision.outcome;
        let text = |score: Option<Score>| score.map_or_else(String::new, |score| score.to_string());
        let tier = |tier: Option<&TierId>| tier.map_or_else(String::new, |tier| cell(tier.as_str()));
        let dimensions = &outcome.dimensions;
        let mut row = vec![
            cell(member.subject.as_str()),
            cell(review.name(&member.subject)),
            standing(outcome.standing).to_owned(),
            tier(outcome.tier.as_ref()),
            tier(outcome.tiers.computed.as_ref()),
            text(outcome.composite),
            text(dimensions.value),
            text(dimensions.potential),
            text(dimensions.need),
            text(outcome.rank),
            outcome.completeness.to_string(),
        ];
        row.extend(facts.iter().map(|fact| match member.facts.fact(fact) {
            Fact::Known { value: known, .. } => value(known),
            Fact::Missing => String::new(),
            Fact::NotApplicable => "n/a".to_owned(),
        }));
        let party = review.parties.get(&member.subject);
        row.extend(attributes.iter().map(|name| {
            let attribute: Option<&Attribute> = party.and_then(|party| party.attributes.get(*name));
            attribute.map_or_else(String::new, |attribute| value(&attribute.value))
        }));
        row.extend(summary.segments.codes(place).map(|code| code.map_or_else(String::new, cell)));
        row.push(summary.tags.as_ref().map_or_else(String::new, |tags| cell(&tags.codes(place))));
        row.extend(summary.stages.cells(place).map(|text| cell(&text)));
        row.extend(
            summary.plan.iter().flat_map(|plan| plan.cells(&member.subject)).map(|codes| cell(&codes)),
        );
        row.extend(summary.budget.as_ref().map(|budget| budget.amount(&member.subject).unwrap_or_default()));
        sheet.write_record(row).map_err(Failure::told)?;
    }
    sheet.into_inner().map_err(Failure::told)
}

/// `problems.csv`: what is wrong in the files, then what is wrong with the customers' data, one row
/// a problem; nothing if all is well.
pub(super) fn problems(review: &Review, words: &Words) -> Result<Option<Vec<u8>>, Failure> {
    let (problems, singles) = (&review.folder.problems, singles(review, words));
    if problems.total() == 0 && singles.is_empty() {
        return Ok(None);
    }
    let mut sheet = csv::Writer::from_writer(vec![0xEF, 0xBB, 0xBF]);
    let mut row = |row: [&str; 7]| sheet.write_record(row.map(cell)).map_err(Failure::told);
    row(["file", "line", "field", "what", "remedy", "ask", "subject"])?;
    for problem in problems.listed() {
        let place = &problem.place;
        let line = place.line.map_or_else(String::new, |line| line.to_string());
        let field = place.field.as_deref().unwrap_or_default();
        row([&place.file, &line, field, &problem.fault.to_string(), &problem.remedy(), "", ""])?;
    }
    for (file, total) in problems.by_file() {
        let rest = total.saturating_sub(Problems::LISTED);
        if rest > 0 {
            row([file, "", "", &words.say("and_more", &[("count", count(rest))]), "", "", ""])?;
        }
    }
    for single in &singles {
        row(["", "", &single.place, &single.what, "", &single.ask, single.subject.as_str()])?;
    }
    sheet.into_inner().map(Some).map_err(Failure::told)
}

/// The code of a standing.
const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Tiered => "tiered",
        Standing::Prospect => "prospect",
        Standing::Incomplete => "incomplete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=cmd()", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A", " =1", "\u{3000}＝1"]
        {
            assert_eq!(cell(text), format!("'{text}"));
        }
        assert_eq!(cell("\t=1"), "\\u{9}=1");
        assert_eq!(cell("\r=1"), "\\u{d}=1");
        assert_eq!(cell("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(cell("Plain, \"quoted\""), "Plain, \"quoted\"");
        assert_eq!(
            value(&FactValue::Decimal(guanxi::core::parse_decimal("-73315.55").unwrap())),
            "-73315.55"
        );
    }
}
