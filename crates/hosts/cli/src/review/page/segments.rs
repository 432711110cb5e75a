//! What the HTML report shows of segments, of the floors proposed and of lifts.
use guanxi::bands::{self, CalibratedClass, Finding};
use guanxi::core::{Stamp, TierId};
use guanxi::portfolio::Member;
use guanxi::scoring::Standing;
use guanxi::segmentation::{self, Reason};

use super::amount;
use crate::calibrate::table::signed;
use crate::report;
use crate::review::Words;
use crate::review::prepare::Review;
use crate::review::segments::{Rows, amount_title};
use crate::review::summary::Summary;

pub(super) fn segments(review: &Review, summary: &Summary<'_>, words: &Words) -> report::Segments {
    let (policies, segments) = (&review.segment_policies, &summary.segments);
    let table = |stamp: &Stamp, rows: Option<Rows>| {
        rows.map(|rows| report::SegmentTable {
            policy: named(stamp),
            rows: rows
                .rows
                .into_iter()
                .map(|row| report::SegmentRow {
                    label: row.label,
                    count: row.count,
                    share: row.share.map(|share| share.to_string()),
                    revenue: amount(row.revenue),
                })
                .collect(),
            without: rows.without,
        })
    };
    report::Segments {
        abc: segments.abc.report().map(|report| abc(review, report, words)),
        rfm: table(&policies.rfm.stamp(), segments.rfm_rows(words)),
        value: table(&policies.value.stamp(), segments.value_rows(words)),
        lacking: segments.lacking(words),
    }
}

/// How many customers have which tag, if the folder says which there are.
pub(super) fn tags(review: &Review, summary: &Summary<'_>, words: &Words) -> Option<report::TagTable> {
    let (tags, tagging) = summary.tags.as_ref().zip(review.tagging.as_ref())?;
    let rows = tags.rows(&tagging.document, words).into_iter().map(|row| report::TagRow {
        label: row.label,
        rule: row.rule,
        count: row.count,
        share: row.share.map(|share| share.to_string()),
        outranked: row.outranked,
    });
    Some(report::TagTable {
        document: named(&tagging.document.stamp()),
        rows: rows.collect(),
        groups: tagging.document.body().groups().len() > 0,
        without: tags.counts.untagged,
        unknown: tags.unknown(words),
    })
}

pub(super) fn named(stamp: &Stamp) -> String {
    format!("{} {}", stamp.id, stamp.version)
}

fn abc(review: &Review, report: &segmentation::AbcReport, words: &Words) -> report::Abc {
    let class = |row: &segmentation::ClassRow| report::AbcClass {
        label: words.labels.label("class", row.class.as_str()).to_owned(),
        count: row.count,
        customers: compared(&row.customers),
        amount: amount(row.amount),
        of_amount: compared(&row.amount_share),
    };
    let of = &report.concentration;
    let concentration = of.gini.zip(of.hhi).map(|(gini, hhi)| report::Concentration {
        gini: gini.to_string(),
        hhi: hhi.to_string(),
        top: of.top.iter().map(|top| (top.customers, top.share.to_string())).collect(),
    });
    let segmentation::Unclassified { missing, not_applicable, unusable } = report.unclassified;
    let (title, unit) = amount_title(review, words);
    report::Abc {
        policy: named(&review.segment_policies.abc.stamp()),
        amount: title,
        unit,
        classes: report.classes.iter().map(class).collect(),
        without: missing.saturating_add(not_applicable).saturating_add(unusable),
        concentration,
    }
}

fn compared(compared: &segmentation::Compared) -> report::Compared {
    let verdict = match compared.verdict {
        segmentation::Verdict::Below => Some(report::Verdict::Below),
        segmentation::Verdict::Within => Some(report::Verdict::Within),
        segmentation::Verdict::Above => Some(report::Verdict::Above),
        segmentation::Verdict::Open => None,
    };
    report::Compared {
        share: compared.share.map(|share| share.to_string()),
        expected: compared.expected.zip(verdict).map(|(expected, verdict)| report::Expected {
            low: expected.from.to_string(),
            high: expected.to.to_string(),
            verdict,
        }),
    }
}

pub(super) fn calibration(review: &Review, summary: &Summary<'_>, words: &Words) -> report::Calibration {
    let Some(calibration) = &summary.calibration else {
        let remarks = vec![words.word("calibrate_no_targets")];
        return report::Calibration { remarks, ..report::Calibration::default() };
    };
    let proposal = &calibration.proposal;
    let held = |held: &bands::Held| report::Held {
        floor: held.floor.to_string(),
        count: held.count,
        share: held.share.map(|share| share.to_string()),
    };
    let tier = |class: &CalibratedClass<TierId>| report::CalibratedTier {
        target: class.target_share.to_string(),
        current: held(&class.current),
        proposed: held(&class.proposed),
        off: signed(class),
    };
    let tiers = || proposal.classes.iter().map(|class| &class.class);
    let flow = |from: &TierId, to: &TierId| {
        let flow = proposal.flows.iter().find(|flow| flow.from == *from && flow.to == *to);
        flow.map_or(0, |flow| flow.count)
    };
    let floors = || proposal.classes.iter().map(tier).collect();
    let flows = || tiers().map(|from| tiers().map(|to| flow(from, to)).collect()).collect();
    report::Calibration {
        tiers: if proposal.finding == Finding::Nobody { Vec::new() } else { floors() },
        flows: if proposal.finding == Finding::Changed { flows() } else { Vec::new() },
        remarks: crate::review::calibration::remarks(review, calibration, words),
    }
}

/// A customer's class and segments, each with its reasons.
pub(super) fn assigned(summary: &Summary<'_>, place: usize, words: &Words) -> [Option<report::Assigned>; 3] {
    let segments = &summary.segments;
    let label = |space: &str, code: &str| words.labels.label(space, code).to_owned();
    let assigned = |label: Option<String>, cell: Option<String>, reasons: &[Reason]| report::Assigned {
        label,
        cell,
        reasons: reasons.iter().map(|reason| reason.text(&words.labels)).collect(),
    };
    let abc = segments.abc.decision(place).map(|(outcome, reasons)| {
        assigned(outcome.class.as_ref().map(|class| label("class", class.as_str())), None, reasons)
    });
    let rfm = segments.rfm.decision(place).map(|(outcome, reasons)| {
        let scores = outcome.recency.zip(outcome.frequency).zip(outcome.monetary);
        let cell = scores.map(|((r, f), m)| format!("{r}-{f}-{m}"));
        assigned(outcome.segment.as_ref().map(|segment| label("segment", segment.as_str())), cell, reasons)
    });
    let value = segments.value.decision(place).map(|(outcome, reasons)| {
        assigned(outcome.segment.as_ref().map(|segment| label("segment", segment.as_str())), None, reasons)
    });
    [abc, rfm, value]
}

/// What would lift a customer with a tier: the answer, then what each fact that is ours to influence can do.
pub(super) fn lift(review: &Review, member: &Member, words: &Words) -> Vec<String> {
    if member.decision.outcome.standing != Standing::Tiered {
        return Vec::new();
    }
    let lift = review.scorer.lift(&member.facts, review.as_of);
    let options = lift.options.iter().map(|option| words.labels.reason(option));
    std::iter::once(words.labels.reason(&lift.verdict)).chain(options).collect()
}
