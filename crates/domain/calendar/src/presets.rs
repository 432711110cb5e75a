use guanxi_policy::{Embedded, LabelPack};

use crate::calendar::CalendarDocument;
use crate::sla_policy::SlaDocument;

const CALENDARS: Embedded<1> = Embedded::new([("five-day", include_str!("../presets/five-day.json"))]);
const SLAS: Embedded<2> = Embedded::new([
    ("standard", include_str!("../presets/sla-standard.json")),
    ("office-hours", include_str!("../presets/sla-office-hours.json")),
]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded calendars.
///
/// - `five-day`: Monday to Friday from 09:00 to 17:00 in UTC, of the years 2026 to 2030. It knows no
///   holidays, which are those of a place: an example to start from, and for tests.
#[must_use]
pub fn preset_ids() -> [&'static str; 1] {
    CALENDARS.names()
}

/// An embedded calendar by its id.
#[must_use]
pub fn preset(id: &str) -> Option<CalendarDocument> {
    CALENDARS.document(id)
}

/// The ids of the embedded SLA policies. Priorities are the tiers of the scoring preset.
///
/// - `standard`: first response to strategic customers within 2 hours and to normal ones within 24, and
///   complaints verified within 24 hours after their resolution, as the trade has it. These hours run by
///   day and by night (our choice: a promise to a customer is in the customer's time, and if only one of
///   them were office hours, the strategic customer of a Friday evening would wait the longer one). Ours
///   are all other figures: first response to key customers within 4 hours, to potential ones within 24,
///   to those to optimise, and anybody else, within 48; resolution within 1, 2, 3, 3 and 5 working days,
///   which stands while the customer or a supplier is waited for; warnings at 0.75 of the time.
/// - `office-hours`: the same milestones by a desk that keeps office hours; all figures are ours.
#[must_use]
pub fn sla_preset_ids() -> [&'static str; 2] {
    SLAS.names()
}

/// An embedded SLA policy by its id.
#[must_use]
pub fn sla_preset(id: &str) -> Option<SlaDocument> {
    SLAS.document(id)
}

/// The texts of [`SlaReason`](crate::SlaReason) and of the codes of the presets: `en` or `zh-CN`. Those of
/// tiers are in `guanxi-scoring`, those of a policy's own codes are the host's; add a pack with
/// [`LabelPack::with`].
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
