//! The budget over tiers and customers, if the folder says what may be spent.
use std::iter::repeat;
use std::path::Path;

use guanxi::core::{Decision, Facts, SubjectId};
use guanxi::portfolio::Population;
use guanxi::strategy::{Budget, BudgetDocument, BudgetReason, allocate, budget_preset};

use super::Words;
use super::decided::Decided;
use super::prepare::Review;
use super::segments::Segments;
use super::stages::Stages;
use crate::budget::{table, told};
use crate::document;
use crate::folder::{BudgetChoice, CONFIG, PolicyChoice};
use crate::output::Failure;
use crate::report;

/// What is divided, and by what.
pub(crate) struct Budgeting {
    choice: BudgetChoice,
    policy: BudgetDocument,
}

/// The policy that a folder names, or the preset.
pub(super) fn read(choice: Option<&BudgetChoice>, dir: &Path) -> Result<Option<Budgeting>, Failure> {
    let Some(choice) = choice else { return Ok(None) };
    let policy = match &choice.policy {
        Some(PolicyChoice::File(path)) => document::read(&dir.join(path))?,
        Some(PolicyChoice::Preset(id)) => {
            budget_preset(id).ok_or_else(|| Failure::told(format!("no budget policy `{id}`")))?
        }
        None => budget_preset("standard").ok_or_else(|| Failure::told("no budget policy `standard`"))?,
    };
    Ok(Some(Budgeting { choice: choice.clone(), policy }))
}

/// The budget, divided over everybody.
pub(super) struct Budgeted(pub(super) Decision<Budget, BudgetReason>);

impl Budgeted {
    pub(super) fn of(
        review: &Review,
        population: &Population<'_>,
        segments: &Segments,
        stages: &Stages,
    ) -> Result<Option<Self>, Failure> {
        let Some(Budgeting { choice, policy }) = &review.budgeting else { return Ok(None) };
        let members = population.members();
        let facts: Vec<Decided<'_>> = members
            .iter()
            .enumerate()
            .map(|(place, member)| Decided::of(member, segments, stages, place))
            .collect();
        let given: Vec<(&SubjectId, &dyn Facts)> = members
            .iter()
            .zip(&facts)
            .map(|(member, facts)| (&member.subject, facts as &dyn Facts))
            .collect();
        let decision = allocate(policy, choice.total, &choice.shares, &given, review.as_of)
            .map_err(|error| Failure::told(format!("{CONFIG}: budget: {}", told(&error, policy.body()))))?;
        Ok(Some(Self(decision)))
    }

    /// What a customer gets; nothing for one who takes no part.
    pub(super) fn amount(&self, subject: &SubjectId) -> Option<String> {
        let rows = &self.0.outcome.allocation()?.customers;
        // The customers are in the order of their ids.
        let place = rows.binary_search_by(|row| row.subject.cmp(subject)).ok()?;
        Some(rows.get(place)?.amount?.to_string())
    }

    /// The tables, as they are printed.
    pub(super) fn text(&self, words: &Words) -> String {
        table::text(&self.0, None, &words.labels)
    }

    /// The tables of the report.
    pub(super) fn report(&self, words: &Words) -> report::BudgetTable {
        let stamp = &self.0.basis.policy;
        let allocation = self.0.outcome.allocation();
        let bands = allocation.into_iter().flat_map(|own| own.bands.iter().zip(repeat(own.total.currency())));
        let mut rows = Vec::new();
        for (band, currency) in bands {
            let [label, bounds, share, amount, customers] = table::band_cells(band, currency, &words.labels);
            rows.push(report::BudgetRow { label, inner: false, cells: [bounds, share, amount, customers] });
            for tier in band.tiers.iter().filter(|_| band.tiers.len() > 1) {
                let [label, amount, customers] = table::tier_cells(tier, currency, &words.labels);
                let cells = [String::new(), String::new(), amount, customers];
                rows.push(report::BudgetRow { label, inner: true, cells });
            }
        }
        report::BudgetTable {
            policy: format!("{} {}", stamp.id, stamp.version),
            title: table::title(&self.0, &words.labels),
            rows,
            notes: table::notes(&self.0, &words.labels),
        }
    }
}
