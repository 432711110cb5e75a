use guanxi_policy::{Embedded, LabelPack};

macro_rules! pack {
    ($question:literal) => {
        Embedded::new([
            ("en", include_str!(concat!("../labels/", $question, "/en.json"))),
            ("zh-CN", include_str!(concat!("../labels/", $question, "/zh-CN.json"))),
        ])
    };
}

/// The packs, one for each question that the crate answers.
const LABELS: [Embedded<2>; 4] = [pack!("plan"), pack!("strategies"), pack!("budget"), pack!("scripts")];

/// The texts of the reasons and of the codes, with those of `guanxi_condition` for the answers that decide: `en` or
/// `zh-CN`. Names of actions, roles and customers are the
/// host's own; add its pack with [`LabelPack::with`].
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.iter().try_fold(guanxi_condition::labels(lang)?, |all, own| Some(all.with(own.labels(lang)?)))
}
