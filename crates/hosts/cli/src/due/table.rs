//! What is due as a table to read.
use chrono::{DateTime, Utc};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use guanxi::policy::LabelPack;
use guanxi::strategy::{WorkloadRow, labels};

use super::Due;
use crate::args::Lang;
use crate::output::{Failure, inert};

struct Words(LabelPack);

impl Words {
    fn new(lang: Lang) -> Result<Self, Failure> {
        let missing = || Failure::told("the labels of this language are not in the program");
        let labels = labels(lang.code()).ok_or_else(missing)?;
        Ok(Self(labels.with(LabelPack::parse(lang.texts()).map_err(Failure::told)?)))
    }

    fn table(&self, header: &[&str]) -> Table {
        let mut table = Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(header.iter().map(|code| self.0.fill("ui", code, &[])));
        table
    }

    fn label(&self, space: &str, code: &str) -> String {
        self.0.label(space, code).to_owned()
    }
}

fn minute(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string())
}

/// The steps in their order.
pub(super) fn steps(steps: &[Due], lang: Lang) -> Result<String, Failure> {
    let words = Words::new(lang)?;
    let mut table = words.table(&[
        "due_begins",
        "due_due",
        "customer",
        "due_action",
        "due_role",
        "due_person",
        "due_progress",
    ]);
    for Due { subject, item } in steps {
        let action = words.label("action", item.key.action.as_str());
        let step = Some(item.key.step.as_str()).filter(|step| *step != "main");
        let step = step.map_or_else(String::new, |step| format!(", {}", words.label("step", step)));
        table.add_row([
            minute(item.begins_at),
            minute(item.due_at),
            subject.to_string(),
            format!("{action}{step}"),
            words.label("role", item.role.as_str()),
            item.person.as_ref().map(ToString::to_string).unwrap_or_default(),
            words.label("progress", item.progress.code()),
        ]);
    }
    Ok(inert(&table.to_string()))
}

/// The counts.
pub(super) fn workload(rows: &[WorkloadRow], lang: Lang) -> Result<String, Failure> {
    let words = Words::new(lang)?;
    let mut table = words.table(&["due_role", "due_week", "due_action", "due_steps", "due_held"]);
    for row in rows {
        table.add_row([
            words.label("role", row.role.as_str()),
            row.week.map_or_else(String::new, |week| week.to_string()),
            words.label("action", row.action.as_str()),
            row.steps.to_string(),
            row.held.to_string(),
        ]);
    }
    for place in 3..5 {
        if let Some(column) = table.column_mut(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(inert(&table.to_string()))
}
