//! What is legal and probably not meant.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::parse;

fn lint(text: &str) -> String {
    let warnings = parse(text).lint();
    warnings
        .iter()
        .map(|warning| format!("{}: {}: {} ({})", warning.path, warning.code, warning.found, warning.advice))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn what_is_suspicious_is_told() {
    insta::assert_snapshot!(lint("always and not not vip = true and not never and vip = true and (score = 1 or score = 1)"), @"
    all[0]: constant: always (leave it out, or the others)
    all[1]: double_negation: not not vip = true (leave both out)
    all[2]: constant: not never (write the other one of always and never)
    all[4].any[1]: repeated: score = 1 (write it once)
    ");
    insta::assert_snapshot!(lint("region = \"a\" and region = \"B\" or score != 1 or score != 2 or not vip = true or vip = true"), @r#"
    any[0].all[1]: contradiction: region = "B" (it excludes another part, so the whole is never true)
    any[2]: contradiction: score != 2 (with another part, the whole is never false)
    any[4]: contradiction: vip = true (with another part, the whole is never false)
    "#);
    insta::assert_snapshot!(lint("score > 100 or score >= 0 or score < 0 or score = 100.5 or score between 101 and 102 or score between 5 and 4"), @"
    any[0]: never_true: score > 100 (no value can pass)
    any[1]: always_true: score >= 0 (every value passes: ask whether it is known, if that is meant)
    any[2]: never_true: score < 0 (no value can pass)
    any[3]: never_true: score = 100.5 (no value can pass)
    any[4]: never_true: score between 101 and 102 (no value can pass)
    any[5]: never_true: score between 5 and 4 (no value can pass)
    ");
    insta::assert_snapshot!(lint("orders = 2.5 or count(@all) < 0 or count(@all) >= 0 or gap(@all) < 0 or sensitivity > 5 or sensitivity in [0, 6]"), @"
    any[0]: never_true: orders = 2.5 (no value can pass)
    any[1]: never_true: count(@all) < 0 (no value can pass)
    any[2]: always_true: count(@all) >= 0 (every value passes: ask whether it is known, if that is meant)
    any[3]: never_true: gap(@all) < 0 (no value can pass)
    any[4]: never_true: sensitivity > 5 (no value can pass)
    any[5]: never_true: sensitivity in [0, 6] (no value can pass)
    ");
    insta::assert_snapshot!(lint("region contains \" \" or region in [\"a\", \"A \"] or tags contains all [\"x\", \"X\"] or score = score"), @r#"
    any[0]: always_true: region contains " " (every value passes: ask whether it is known, if that is meant)
    any[1]: repeated_entry: region in ["a", "A "] (write each entry once)
    any[2]: repeated_entry: tags contains all ["x", "X"] (write each entry once)
    any[3]: same_term: score = score (compare it with something else, or ask whether it is known)
    "#);
    insta::assert_snapshot!(lint("met_at within last 0 days or met_at within next 0 hours or last(@all) is not applicable or any order.placed within 0 days"), @"
    any[0]: never_true: met_at within last 0 days (no value can pass)
    any[1]: never_true: met_at within next 0 hours (no value can pass)
    any[2]: never_true: last(@all) is not applicable (no value can pass)
    any[3]: never_true: any order.placed within 0 days (a window of 0 holds no event)
    ");
    insta::assert_snapshot!(lint("any @all, order.placed or any order.placed, order.placed or any @transaction, order.placed or pending(ticket.opened until @feedback)"), @"
    any[0]: redundant_kind: any @all, order.placed (leave out kinds that another entry includes)
    any[1]: redundant_kind: any order.placed, order.placed (leave out kinds that another entry includes)
    any[2]: redundant_kind: any @transaction, order.placed (leave out kinds that another entry includes)
    any[3]: closes_itself: pending(ticket.opened until @feedback) (only the latest opening can be pending: name other kinds that close)
    ");
    insta::assert_snapshot!(lint("any survey.answered where satisfaction > 5 and satisfaction >= 1 within 2 * gap(@all, @base) else 3 days"), @"
    : never_true: any survey.answered where satisfaction > 5 and satisfaction >= 1 within 2 * gap(@all, @base) else 3 days (no value can pass)
    : redundant_kind: any survey.answered where satisfaction > 5 and satisfaction >= 1 within 2 * gap(@all, @base) else 3 days (leave out kinds that another entry includes)
    ");
}

#[test]
fn what_is_sound_is_not_told() {
    for text in [
        "always",
        "region = \"a\" or region = \"b\"",
        "region != \"a\" and region != \"b\"",
        "score between 0 and 99",
        "birthday within next 0 days",
        "score < 100 and score > 0 and count(@all) > 0",
        "no @interaction within 90 days and revenue in [CNY 1, USD 1]",
        "not (score = 1 and orders = 2)",
        "pending(complaint.opened until complaint.resolved by case for 30 days)",
    ] {
        assert_eq!(lint(text), "", "{text}");
    }
}
