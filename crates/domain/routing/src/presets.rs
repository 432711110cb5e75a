use guanxi_policy::{Embedded, LabelPack};

use crate::policy::RoutingDocument;
use crate::pool::PoolDocument;

const ROUTING: Embedded<2> = Embedded::new([
    ("standard", include_str!("../presets/routing-standard.json")),
    ("software-case", include_str!("../presets/routing-software-case.json")),
]);

const POOL: Embedded<1> = Embedded::new([("standard", include_str!("../presets/pool-standard.json"))]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded routing policies.
///
/// - `standard`: from a score of 80 to the queue `seniors`, all else to `everyone`; people fit by skills,
///   territory and language; the owner keeps what is theirs; the higher score first. Respond to strategic
///   customers and leads of grade a within 2 hours, to others within 24.
/// - `software-case`: technology firms in East China from 80 to salesperson A; all else from 85 to
///   `seniors`, below to `newcomers`.
///
/// Their days begin at `+08:00`; queues and fallbacks are our choice.
#[must_use]
pub fn routing_preset_ids() -> [&'static str; 2] {
    ROUTING.names()
}

/// An embedded routing policy by its id.
#[must_use]
pub fn routing_preset(id: &str) -> Option<RoutingDocument> {
    ROUTING.document(id)
}

/// The ids of the embedded pool policies.
///
/// - `standard`: 10 claims a day, 200 records held, a cool-down of 7 days for the owner of before, a day of
///   protection for new records. Without a follow-up, strategic customers are recycled after 90 days, key
///   ones after 60, normal ones after 30, and all else after 7, warned 14, 7, 7 and 2 days before; not while
///   a contract is in force. Its days begin at `+08:00`. All of it is our choice.
#[must_use]
pub fn pool_preset_ids() -> [&'static str; 1] {
    POOL.names()
}

/// An embedded pool policy by its id.
#[must_use]
pub fn pool_preset(id: &str) -> Option<PoolDocument> {
    POOL.document(id)
}

/// The texts of the reasons: `en` or `zh-CN`. Names of people, queues and rules are the host's own; add its
/// pack with [`LabelPack::with`].
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
