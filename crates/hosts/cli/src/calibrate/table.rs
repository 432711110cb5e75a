//! A proposal as a table to read.
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use guanxi::bands::{CalibratedClass, Calibration, Finding, Held, Ranked};
use guanxi::core::{Arg, TierId};
use guanxi::policy::LabelPack;

use super::Head;
use crate::args::Lang;
use crate::number::{grouped, percent};
use crate::output::{Failure, inert};

struct Words(LabelPack);

impl Words {
    fn new(lang: Lang) -> Result<Self, Failure> {
        let missing = || Failure::told("the labels of this language are not in the program");
        let labels = guanxi::scoring::labels(lang.code()).ok_or_else(missing)?;
        Ok(Self(labels.with(LabelPack::parse(lang.texts()).map_err(Failure::told)?)))
    }

    fn say(&self, code: &str, args: &[(&str, Arg)]) -> String {
        self.0.fill("ui", code, args)
    }

    fn header(&self, codes: &[&str]) -> Vec<String> {
        codes.iter().map(|code| self.say(code, &[])).collect()
    }

    fn tier(&self, tier: &TierId) -> String {
        self.0.label("tier", tier.as_str()).to_owned()
    }
}

/// Floors, counts and shares, what keeps them from their targets, and who goes where.
pub(super) fn proposal(
    proposal: &Calibration<TierId>,
    head: &Head<'_>,
    lang: Lang,
) -> Result<String, Failure> {
    let words = Words::new(lang)?;
    let mut lines = vec![basis(&words, head), words.say("calibration", &[])];
    let mut table = table(words.header(&[
        "tier",
        "calibrate_target",
        "calibrate_floor",
        "customers",
        "share",
        "calibrate_new_floor",
        "customers",
        "share",
        "calibrate_off",
    ]));
    for class in &proposal.classes {
        let held = |held: &Held| [held.floor.to_string(), count(held.count), share(held)];
        let target = percent(&class.target_share.to_string());
        let mut row = vec![words.tier(&class.class), target];
        row.extend(held(&class.current));
        row.extend(held(&class.proposed));
        row.push(signed(class));
        table.add_row(row);
    }
    lines.push(table.to_string());
    for class in &proposal.classes {
        let Some(tie) = class.tie else { continue };
        let tier = Arg::Text(words.tier(&class.class));
        let args = [("tier", tier), ("count", Arg::Text(count(tie.count))), ("score", Arg::Score(tie.score))];
        lines.push(words.say("calibrate_tie", &args));
    }
    let moved = [("up", Arg::Text(count(proposal.up()))), ("down", Arg::Text(count(proposal.down())))];
    lines.push(match proposal.finding {
        Finding::Nobody => words.say("calibrate_nobody", &[]),
        Finding::Unchanged => words.say("calibrate_unchanged", &[]),
        Finding::Changed => words.say("calibrate_changed", &moved),
    });
    lines.extend(not_counted(&words, head));
    if proposal.finding == Finding::Changed {
        lines.push(words.say("calibrate_flows", &[]));
        lines.push(flows(&words, proposal).to_string());
    }
    Ok(inert(&(lines.join("\n").replace('\u{a0}', " ") + "\n")))
}

/// The tiers by rank with their numbers, and the ties at their ends.
pub(super) fn ranked(ranked: &Ranked<TierId>, head: &Head<'_>, lang: Lang) -> Result<String, Failure> {
    let words = Words::new(lang)?;
    let mut table = table(words.header(&["tier", "calibrate_quota", "customers"]));
    for class in &ranked.classes {
        table.add_row([words.tier(&class.class), count(class.quota), count(class.count)]);
    }
    let mut lines = vec![basis(&words, head), table.to_string()];
    for tie in &ranked.ties {
        let args = [
            ("count", Arg::Text(count(tie.count))),
            ("score", Arg::Score(tie.score)),
            ("highest", Arg::Text(words.tier(&tie.highest))),
            ("lowest", Arg::Text(words.tier(&tie.lowest))),
        ];
        lines.push(words.say("calibrate_rank_tie", &args));
    }
    lines.extend(not_counted(&words, head));
    Ok(inert(&(lines.join("\n") + "\n")))
}

fn basis(words: &Words, head: &Head<'_>) -> String {
    let stamp = |stamp: &guanxi::core::Stamp| Arg::Text(format!("{} {}", stamp.id, stamp.version));
    let reference = head.basis.reference.as_ref().map_or_else(|| Arg::Text("–".into()), stamp);
    words.say("basis", &[("policy", stamp(&head.basis.policy)), ("reference", reference)])
}

fn not_counted(words: &Words, head: &Head<'_>) -> Option<String> {
    let counts =
        [("prospects", Arg::Text(count(head.prospects))), ("incomplete", Arg::Text(count(head.incomplete)))];
    (head.prospects > 0 || head.incomplete > 0).then(|| words.say("calibrate_not_counted", &counts))
}

/// Who goes where: a row for each tier of now, a column for each tier proposed.
fn flows(words: &Words, proposal: &Calibration<TierId>) -> Table {
    let tiers = || proposal.classes.iter().map(|class| &class.class);
    let corner = words.say("calibrate_corner", &[]);
    let mut table = table(std::iter::once(corner).chain(tiers().map(|tier| words.tier(tier))).collect());
    for from in tiers() {
        let moved = |to: &TierId| {
            let flow = proposal.flows.iter().find(|flow| flow.from == *from && flow.to == *to);
            flow.map_or_else(|| "–".to_owned(), |flow| count(flow.count))
        };
        table.add_row(std::iter::once(words.tier(from)).chain(tiers().map(moved)).collect::<Vec<_>>());
    }
    table
}

/// A table with its first column to the left and all others to the right.
fn table(header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn count(count: u64) -> String {
    grouped(&count.to_string(), 0)
}

fn share(held: &Held) -> String {
    held.share.map_or_else(|| "–".to_owned(), |share| percent(&share.to_string()))
}

/// How many customers a tier would hold above its target or below it, with a sign.
fn signed(class: &CalibratedClass<TierId>) -> String {
    let deviation = class.proposed.deviation;
    format!("{}{deviation}", if deviation.num() > 0 { "+" } else { "" })
}
