//! A whole population in one call.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, Facts, SubjectId};
use serde::{Deserialize, Serialize};

use crate::abc::{AbcOutcome, AbcPopulation};
use crate::abc_report::AbcReport;
use crate::abc_spec::AbcDocument;
use crate::merge::MergeError;
use crate::reason::Reason;
use crate::rfm::{RfmOutcome, RfmPopulation, RfmReport};
use crate::rfm_spec::RfmDocument;
use crate::value::{ValueOutcome, ValuePopulation, ValueReport, ValueTally};
use crate::value_spec::ValueDocument;

/// A population in its classes or segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segmented<T, R> {
    /// One decision for each customer, in the order given.
    pub decisions: Vec<Decision<T, Reason>>,
    /// The population as a whole.
    pub report: R,
}

/// Classes everybody by an ABC policy.
pub fn segment_abc(
    policy: &AbcDocument,
    population: &[(&SubjectId, &dyn Facts)],
    as_of: DateTime<Utc>,
) -> Segmented<AbcOutcome, AbcReport> {
    let mut observed = AbcPopulation::new(policy, as_of);
    for (_, facts) in population {
        observed.observe(*facts);
    }
    let abc = observed.finish();
    let decisions = population.iter().map(|(_, facts)| abc.classify(*facts)).collect();
    Segmented { decisions, report: abc.report() }
}

/// Scores everybody by an RFM policy, from the facts that it names.
///
/// # Errors
/// [`MergeError::Twice`] if a customer is there twice.
pub fn segment_rfm(
    policy: &RfmDocument,
    population: &[(&SubjectId, &dyn Facts)],
    as_of: DateTime<Utc>,
) -> Result<Segmented<RfmOutcome, RfmReport>, MergeError> {
    let mut observed = RfmPopulation::new(policy, as_of);
    for (subject, facts) in population {
        observed.observe(subject, *facts)?;
    }
    let rfm = observed.finish();
    let decisions = population.iter().filter_map(|(subject, _)| rfm.decide(subject)).collect();
    Ok(Segmented { decisions, report: rfm.report() })
}

/// Finds everybody's value segment.
pub fn segment_value(
    policy: &ValueDocument,
    population: &[(&SubjectId, &dyn Facts)],
    as_of: DateTime<Utc>,
) -> Segmented<ValueOutcome, ValueReport> {
    let mut observed = ValuePopulation::new(policy, as_of);
    for (_, facts) in population {
        observed.observe(*facts);
    }
    let segments = observed.finish();
    let mut tally = ValueTally::new(policy);
    let decisions = population.iter().map(|(_, facts)| {
        let decision = segments.classify(*facts);
        tally.count(&decision.outcome, *facts);
        decision
    });
    let decisions = decisions.collect();
    Segmented { decisions, report: tally.report() }
}
