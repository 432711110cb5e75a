//! The table of all customers: its first rows for every reader, and the data for the script that
//! sorts, searches and explains.
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

use rust_decimal::Decimal;
use serde::Serialize;

use crate::number::{amount, percent};

use super::chart::tier_name;
use super::data::{Column, Customer, Indicator, ReportData, Standing};
use super::inert::{Name, Text, json};
use super::page::{open, revenue_title};
use super::texts::Texts;

/// How many rows stand in the page itself; the script has a page of the same length.
pub(super) const FIRST_ROWS: usize = 50;

/// Each tier's place and label by its code.
pub(super) fn tier_indices(data: &ReportData) -> BTreeMap<&str, (usize, &str)> {
    data.tiers.iter().enumerate().map(|(i, tier)| (tier.code.as_str(), (i, tier.label.as_str()))).collect()
}

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "customers", t.table)?;
    write!(
        out,
        "<noscript><p class=\"hint\">{no_script}</p></noscript>\n\
         <form id=\"controls\" role=\"search\" hidden>\n<p class=\"hint\">{hint}</p>\n\
         <label>{search} <input type=\"search\" id=\"search\" placeholder=\"{search_hint}\" autocomplete=\"off\"></label>\n\
         <label>{tier_filter} <select id=\"filter\"></select></label>\n\
         <output id=\"count\" for=\"search filter\"></output>\n</form>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"customers-title\">\
         <table id=\"table\"><thead><tr>",
        no_script = t.no_script,
        hint = t.table_hint,
        search = t.search,
        search_hint = t.search_hint,
        tier_filter = t.tier_filter,
    )?;
    let revenue = revenue_title(data, t);
    let fixed = [
        (t.name, false),
        (t.id, false),
        (t.tier, false),
        (t.composite, true),
        (t.value, true),
        (t.potential, true),
        (t.need, true),
        (t.completeness, true),
        (&revenue, true),
    ];
    let own = data.attributes.iter().map(|column| (column.label.as_str(), column.numeric));
    for (label, numeric) in fixed.into_iter().chain(own) {
        let class = if numeric { " class=\"number\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{}</th>", Text(label))?;
    }
    out.push_str("</tr></thead>\n<tbody id=\"rows\">\n");
    let tiers = tier_indices(data);
    let mut customers: Vec<_> = data.customers.iter().enumerate().collect();
    customers.sort_by_key(|(_, customer)| (Reverse(composite(customer)), &customer.id));
    for (index, customer) in customers.into_iter().take(FIRST_ROWS) {
        row(out, index, customer, data, &tiers, t)?;
    }
    writeln!(
        out,
        "</tbody></table></div>\n<nav id=\"pages\" aria-label=\"{}\" hidden></nav>\n</section>\n\
         <dialog id=\"panel\" aria-labelledby=\"panel-title\"></dialog>",
        t.page
    )
}

fn composite(customer: &Customer) -> Option<Decimal> {
    customer.composite.as_deref().and_then(|text| Decimal::from_str_exact(text).ok())
}

fn row(
    out: &mut String,
    index: usize,
    customer: &Customer,
    data: &ReportData,
    tiers: &BTreeMap<&str, (usize, &str)>,
    t: &Texts,
) -> fmt::Result {
    let tier = match customer.tier.as_deref().and_then(|code| tiers.get(code)) {
        Some((i, label)) => tier_name(*i, label),
        None if customer.standing == Standing::Prospect => t.prospect_one.to_owned(),
        None => t.not_assessable.to_owned(),
    };
    write!(
        out,
        "<tr data-customer=\"{index}\"><th scope=\"row\">{}</th><td>{}</td><td>{tier}",
        Name(&customer.name),
        Name(&customer.id)
    )?;
    if customer.overridden.as_ref().is_some_and(|given| given.valid) {
        write!(out, "<small>{}</small>", t.overridden)?;
    }
    out.push_str("</td>");
    let number = |out: &mut String, shown: Option<String>| {
        write!(out, "<td class=\"number\">{}</td>", Text(shown.as_deref().unwrap_or(t.unknown)))
    };
    for score in [&customer.composite, &customer.value, &customer.potential, &customer.need] {
        number(out, score.clone())?;
    }
    number(out, customer.completeness.as_deref().map(percent))?;
    number(out, customer.revenue.as_deref().map(|text| amount(text, data.currency.parse().ok())))?;
    for (column, value) in data.attributes.iter().zip(&customer.attributes) {
        let class = if column.numeric { " class=\"number\"" } else { "" };
        write!(out, "<td{class}>{}</td>", Name(value.as_deref().unwrap_or(t.unknown)))?;
    }
    out.push_str("</tr>\n");
    Ok(())
}

/// What the script reads.
#[derive(Serialize)]
struct Payload<'a> {
    language: &'static str,
    texts: &'a Texts,
    tiers: Vec<TierHead<'a>>,
    rows: usize,
    indicators: &'a [Indicator],
    attributes: &'a [Column],
    facts: &'a [String],
    customers: &'a [Customer],
}

#[derive(Serialize)]
struct TierHead<'a> {
    code: &'a str,
    label: &'a str,
    floor: &'a str,
}

pub(super) fn data(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    let tiers = data.tiers.iter();
    let payload = Payload {
        language: data.language.tag(),
        texts: t,
        tiers: tiers
            .map(|tier| TierHead { code: &tier.code, label: &tier.label, floor: &tier.floor })
            .collect(),
        rows: FIRST_ROWS,
        indicators: &data.indicators,
        attributes: &data.attributes,
        facts: &data.facts,
        customers: &data.customers,
    };
    writeln!(out, "<script type=\"application/json\" id=\"data\">{}</script>", json(&payload))
}
