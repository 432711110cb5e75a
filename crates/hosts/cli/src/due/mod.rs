//! `guanxi due`: plans in, and what may be done until an instant out: for whom, by whom, by when.
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use guanxi::core::SubjectId;
use guanxi::strategy::{ActionsDocument, PlanItem, RoleId, Workload, plan_ahead};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::args::{DueArgs, DueView};
use crate::document;
use crate::filter::{filter, write};
use crate::given::instant_of;
use crate::line::explain;
use crate::output::{Failure, Outcome, tell};
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
    let until = instant_of("--until", args.until.as_deref(), actions.body().zone())?;
    let (mut plans, mut superseded) = (BTreeMap::<SubjectId, (Vec<PlanItem>, Workload)>::new(), 0);
    let filtered = filter("plans read", quiet, |line, _| {
        if line.trim_start().starts_with('[') {
            return Err("expected an object with `outcome` or `state`, got a list".into());
        }
        let line: Line<'_> = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let state = line.state.or_else(|| line.outcome?.state);
        let state = state.ok_or("missing field `state`, of its own or in `outcome`")?;
        let state = read_state(state.get())?;
        let plan = plan_ahead(&actions, &state, &calendars, until).outcome;
        let mut workload = Workload::new(&actions);
        workload.add(&plan);
        // Whoever appends the plans of several days means the last one.
        superseded += u64::from(plans.insert(state.subject().clone(), (plan.due, workload)).is_some());
        Ok(())
    })?;
    let (mut steps, mut workload) = (Vec::new(), Workload::new(&actions));
    for (subject, (due, own)) in plans {
        steps.extend(due.into_iter().map(|item| Due { subject: subject.clone(), item }));
        workload = workload.merge(own);
    }
    let mut rows = workload.rows();
    let roles: BTreeSet<RoleId> = match args.view {
        DueView::Steps => steps.iter().map(|due| due.item.role.clone()).collect(),
        DueView::Workload => rows.iter().map(|row| row.role.clone()).collect(),
    };
    if let Some(role) = &args.role {
        steps.retain(|due| due.item.role.as_str() == role);
        rows.retain(|row| row.role.as_str() == role);
    }
    // Within one instant as each plan has them, which keeps their order.
    steps.sort_by(|a: &Due, b: &Due| {
        let rank = |due: &Due| (due.item.begins_at, 100 - due.item.priority.min(100), due.item.due_at);
        rank(a).cmp(&rank(b)).then_with(|| a.item.key.cmp(&b.item.key))
    });
    let out = &mut Vec::new();
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
    let ended = filtered.end(args.skip_bad);
    if !quiet {
        if superseded > 0 {
            let plans = if superseded == 1 { "plan was" } else { "plans were" };
            tell(&format!("note: {superseded} {plans} superseded by a later line of the same subject"));
        }
        if let Some(role) = args.role.as_ref().filter(|role| !roles.contains(role.as_str())) {
            let roles: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
            let roles = if roles.is_empty() { "none".to_owned() } else { roles.join(", ") };
            tell(&format!("note: no step is of the role `{role}`; roles that have steps: {roles}"));
        }
    }
    Ok(ended)
}
