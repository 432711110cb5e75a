//! A budget as tables to read.
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use guanxi::core::{Arg, Currency, DecimalText, Decision, ReasonCode, Share};
use guanxi::policy::LabelPack;
use guanxi::strategy::{Allocation, BandBudget, BandSpend, Budget, BudgetReason, SpendReport, TierBudget};

use crate::number::{amount, grouped, percent, range};

/// The bands with their tiers, what was spent of them if that is known, and what else is to be said.
pub(crate) fn text(
    decision: &Decision<Budget, BudgetReason>,
    spent: Option<&SpendReport>,
    labels: &LabelPack,
) -> String {
    let mut lines = vec![title(decision, labels)];
    if let Some(allocation) = decision.outcome.allocation() {
        lines.push(bands(allocation, spent, labels).to_string());
    }
    if let Some(report) = spent {
        let args = [
            ("spent", Arg::Text(money(report.spent, report.currency))),
            ("left", Arg::Text(money(report.left, report.currency))),
            ("outside", Arg::Text(money(report.outside, report.currency))),
        ];
        lines.push(labels.fill("ui", "budget_spent_in_all", &args));
    }
    lines.extend(notes(decision, labels));
    lines.join("\n") + "\n"
}

/// What is divided, or that it cannot be.
pub(crate) fn title(decision: &Decision<Budget, BudgetReason>, labels: &LabelPack) -> String {
    match &decision.outcome {
        Budget::Infeasible { total } => {
            let shown = format!("{} {}", money(total.amount().into(), total.currency()), total.currency());
            labels.fill("ui", "budget_infeasible", &[("total", Arg::Text(shown))])
        }
        Budget::Allocated(allocation) => {
            let args = [
                ("total", Arg::Text(money(allocation.total.amount().into(), allocation.total.currency()))),
                ("currency", Arg::Text(allocation.total.currency().to_string())),
                ("policy", Arg::Text(decision.basis.policy.id.to_string())),
                ("version", Arg::Text(decision.basis.policy.version.to_string())),
            ];
            labels.fill("ui", "budget_total", &args)
        }
    }
}

/// What a table does not show.
pub(crate) fn notes(decision: &Decision<Budget, BudgetReason>, labels: &LabelPack) -> Vec<String> {
    let shown = |reason: &&BudgetReason| {
        !matches!(reason, BudgetReason::BandShare { .. } | BudgetReason::TierPart { .. })
    };
    let currency = decision.outcome.allocation().map(|allocation| allocation.total.currency());
    let text = |reason: &BudgetReason| match (reason, currency) {
        // As the table shows it.
        (BudgetReason::NotDivided { amount, .. }, Some(currency)) => {
            let shown = Arg::Text(money(*amount, currency));
            let args = reason.args().into_iter();
            let args = args.map(|(name, arg)| (name, if name == "amount" { shown.clone() } else { arg }));
            labels.fill("budget", reason.code(), &args.collect::<Vec<_>>())
        }
        _ => reason.text(labels),
    };
    decision.reasons.iter().filter(shown).map(text).collect()
}

fn bands(allocation: &Allocation, spent: Option<&SpendReport>, labels: &LabelPack) -> Table {
    let mut header = vec!["budget_band", "budget_bounds", "budget_share", "budget_amount", "customers"];
    if spent.is_some() {
        header.extend(["budget_spent", "budget_left", "budget_used", "budget_of_spending"]);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().map(|code| labels.fill("ui", code, &[])));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let currency = allocation.total.currency();
    for (place, band) in allocation.bands.iter().enumerate() {
        let row = spent.and_then(|report| report.bands.get(place));
        let mut cells = band_cells(band, currency, labels).to_vec();
        cells.extend(row.into_iter().flat_map(|row| spent_cells(row, currency, labels)));
        table.add_row(cells);
        if band.tiers.len() < 2 {
            continue;
        }
        for (place, tier) in band.tiers.iter().enumerate() {
            let [label, amount, customers] = tier_cells(tier, currency, labels);
            let mut cells = vec![format!("  {label}"), String::new(), String::new(), amount, customers];
            let row = row.and_then(|row| row.tiers.get(place));
            cells.extend(
                row.into_iter().flat_map(|row| [money(row.spent, currency), money(row.left, currency)]),
            );
            table.add_row(cells);
        }
    }
    table
}

/// A band: what it is called, its bounds, its share, its amount, its customers.
pub(crate) fn band_cells(band: &BandBudget, currency: Currency, labels: &LabelPack) -> [String; 5] {
    let customers = band.tiers.iter().fold(0_u64, |sum, tier| sum.saturating_add(tier.customers));
    [
        labels.label("budget_band", band.band.as_str()).to_owned(),
        range(&band.from.to_string(), &band.to.to_string()),
        shown(band.share.rounded()),
        money(band.amount, currency),
        count(customers),
    ]
}

/// A tier of a band of several: what it is called, its amount, its customers.
pub(crate) fn tier_cells(tier: &TierBudget, currency: Currency, labels: &LabelPack) -> [String; 3] {
    [labels.label("tier", tier.tier.as_str()).to_owned(), money(tier.amount, currency), count(tier.customers)]
}

fn spent_cells(row: &BandSpend, currency: Currency, labels: &LabelPack) -> [String; 4] {
    let used = row.used.map_or_else(none, |used| percent(&used.to_string()));
    let share = row.share.map_or_else(none, shown);
    let verdict = labels.label("budget_verdict", row.in_bounds.code());
    [
        money(row.spent, currency),
        money(row.left, currency),
        used,
        format!("{share} {verdict}").trim_end().to_owned(),
    ]
}

fn shown(share: Share) -> String {
    percent(&share.to_string())
}

fn money(value: DecimalText, currency: Currency) -> String {
    amount(&value.to_string(), Some(currency))
}

fn count(count: u64) -> String {
    grouped(&count.to_string(), 0)
}

fn none() -> String {
    "–".to_owned()
}
