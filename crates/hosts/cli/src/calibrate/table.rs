//! A proposal as a table to read.
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use guanxi::bands::{CalibratedClass, Calibration, Finding, Held, Ranked};
use guanxi::core::{Arg, TierId};
use guanxi::policy::LabelPack;

use super::Head;
use crate::args::Lang;
use crate::number::{grouped, percent};
use crate::output::{Failure, inert};

/// The labels of the tiers and the texts of this program.
fn pack(lang: Lang) -> Result<LabelPack, Failure> {
    let missing = || Failure::told("the labels of this language are not in the program");
    let labels = guanxi::scoring::labels(lang.code()).ok_or_else(missing)?;
    Ok(labels.with(LabelPack::parse(lang.texts()).map_err(Failure::told)?))
}

/// What a proposal is told in: the labels of the tiers and the texts of this program.
pub(crate) struct Words<'p>(pub(crate) &'p LabelPack);

impl Words<'_> {
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
    let pack = pack(lang)?;
    let words = Words(&pack);
    let mut lines =
        vec![basis(&words, head), words.say("calibration", &[]), floors(&words, proposal).to_string()];
    lines.extend(remarks(&words, proposal));
    lines.extend(not_counted(&words, head.prospects, head.incomplete));
    if proposal.finding == Finding::Changed {
        lines.push(words.say("calibrate_flows", &[]));
        lines.push(flows(&words, proposal).to_string());
    }
    Ok(inert(&(lines.join("\n").replace('\u{a0}', " ") + "\n")))
}

/// The tiers by rank with their numbers, and the ties at their ends.
pub(super) fn ranked(ranked: &Ranked<TierId>, head: &Head<'_>, lang: Lang) -> Result<String, Failure> {
    let pack = pack(lang)?;
    let words = Words(&pack);
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
    lines.extend(not_counted(&words, head.prospects, head.incomplete));
    Ok(inert(&(lines.join("\n") + "\n")))
}

/// Each tier with its target, and what it holds now and by the floor proposed.
pub(crate) fn floors(words: &Words<'_>, proposal: &Calibration<TierId>) -> Table {
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
    table
}

/// What keeps the floors from their targets, then what came of it.
pub(crate) fn remarks(words: &Words<'_>, proposal: &Calibration<TierId>) -> Vec<String> {
    let tie = |class: &CalibratedClass<TierId>| {
        let tie = class.tie?;
        let tier = Arg::Text(words.tier(&class.class));
        let args = [("tier", tier), ("count", Arg::Text(count(tie.count))), ("score", Arg::Score(tie.score))];
        Some(words.say("calibrate_tie", &args))
    };
    let moved = [("up", Arg::Text(count(proposal.up()))), ("down", Arg::Text(count(proposal.down())))];
    let finding = match proposal.finding {
        Finding::Nobody => words.say("calibrate_nobody", &[]),
        Finding::Unchanged => words.say("calibrate_unchanged", &[]),
        Finding::Changed => words.say("calibrate_changed", &moved),
    };
    proposal.classes.iter().filter_map(tie).chain([finding]).collect()
}

fn basis(words: &Words<'_>, head: &Head<'_>) -> String {
    let stamp = |stamp: &guanxi::core::Stamp| Arg::Text(format!("{} {}", stamp.id, stamp.version));
    let reference = head.basis.reference.as_ref().map_or_else(|| Arg::Text("–".into()), stamp);
    words.say("basis", &[("policy", stamp(&head.basis.policy)), ("reference", reference)])
}

/// Who was left out for want of a composite, if anybody was.
pub(crate) fn not_counted(words: &Words<'_>, prospects: u64, incomplete: u64) -> Option<String> {
    let counts = [("prospects", Arg::Text(count(prospects))), ("incomplete", Arg::Text(count(incomplete)))];
    (prospects > 0 || incomplete > 0).then(|| words.say("calibrate_not_counted", &counts))
}

/// Who goes where: a row for each tier of now, a column for each tier proposed.
fn flows(words: &Words<'_>, proposal: &Calibration<TierId>) -> Table {
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
pub(crate) fn signed(class: &CalibratedClass<TierId>) -> String {
    let deviation = class.proposed.deviation;
    format!("{}{deviation}", if deviation.num() > 0 { "+" } else { "" })
}
