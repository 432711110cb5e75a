//! `guanxi due`: plans in, and what may be done until an instant out: for whom, by whom, by when.
mod table;

use std::io::{self, Write};

use guanxi::core::SubjectId;
use guanxi::strategy::{ActionsDocument, PlanItem, Workload, WorkloadRow, plan_ahead};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::args::{DueArgs, DueView};
use crate::document;
use crate::filter::{filter, write};
use crate::given::as_of;
use crate::line::explain;
use crate::output::{Failure, Outcome};
use crate::plan::{calendars, read_state};

/// A line of `guanxi plan`, as far as it matters here.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    #[serde(borrow)]
    outcome: Option<Planned<'a>>,
}

#[derive(Deserialize)]
struct Planned<'a> {
    #[serde(borrow)]
    state: Option<&'a RawValue>,
}

/// One step of one customer.
#[derive(Serialize)]
pub(crate) struct Due {
    subject: SubjectId,
    #[serde(flatten)]
    item: PlanItem,
}

pub(crate) fn run(args: &DueArgs, quiet: bool) -> Result<Outcome, Failure> {
    let actions: ActionsDocument = document::named(&args.policy, "policy")?;
    let calendars = calendars(&args.calendar)?;
    let until = as_of(args.until.as_deref(), actions.body().zone())?;
    let (mut steps, mut workload) = (Vec::new(), Workload::new(&actions));
    let is_wanted = |item: &PlanItem| args.role.as_deref().is_none_or(|role| item.role.as_str() == role);
    let filtered = filter("plans read", quiet, |line, _| {
        if line.trim_start().starts_with('[') {
            return Err("expected an object with `outcome` or `state`, got a list".into());
        }
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let state = line.state.or_else(|| line.outcome?.state);
        let state = state.ok_or("missing field `state`, of its own or in `outcome`")?;
        let state = read_state(state.get())?;
        let mut plan = plan_ahead(&actions, &state, &calendars, until).outcome;
        plan.due.retain(is_wanted);
        plan.upcoming.retain(is_wanted);
        plan.suppressed.retain(|held| is_wanted(&held.item));
        workload.add(&plan);
        let subject = state.subject();
        steps.extend(plan.due.into_iter().map(|item| Due { subject: subject.clone(), item }));
        Ok(())
    })?;
    // Within one instant as each plan has them, which keeps their order.
    steps.sort_by(|a: &Due, b: &Due| {
        let rank = |due: &Due| (due.item.begins_at, 100 - due.item.priority.min(100), due.item.due_at);
        rank(a).cmp(&rank(b)).then_with(|| a.item.key.cmp(&b.item.key))
    });
    let out = &mut Vec::new();
    let rows: Vec<WorkloadRow> = workload.rows();
    let written = match (args.view, args.table) {
        (DueView::Steps, true) => {
            writeln!(out, "{}", table::steps(&steps, args.lang)?).map_err(|error| error.to_string())
        }
        (DueView::Workload, true) => {
            writeln!(out, "{}", table::workload(&rows, args.lang)?).map_err(|error| error.to_string())
        }
        (DueView::Steps, false) => steps.iter().try_for_each(|due| write(due, out)),
        (DueView::Workload, false) => rows.iter().try_for_each(|row| write(row, out)),
    };
    written.map_err(Failure::told)?;
    let mut stdout = io::stdout().lock();
    stdout.write_all(out).and_then(|()| stdout.flush()).map_err(|error| Failure::output(&error))?;
    Ok(filtered.end(args.skip_bad))
}
