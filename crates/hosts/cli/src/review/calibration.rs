//! What the review says of the floors proposed.
use guanxi::bands::Finding;
use guanxi::core::Arg;
use guanxi::portfolio::TierCalibration;

use super::Words;
use super::prepare::Review;
use crate::calibrate::table;

/// What keeps the floors from their targets, what came of it, who was not counted, and how to apply it.
pub(super) fn remarks(review: &Review, calibration: &TierCalibration, words: &Words) -> Vec<String> {
    let labels = table::Words(&words.labels);
    let mut remarks = table::remarks(&labels, &calibration.proposal);
    remarks.extend(table::not_counted(&labels, calibration.prospects, calibration.incomplete));
    if calibration.proposal.finding == Finding::Changed {
        remarks.push(words.say("calibrate_apply", &[("policy", Arg::Text(review.policy_name.clone()))]));
    }
    remarks
}
