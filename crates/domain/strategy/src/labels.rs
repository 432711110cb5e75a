use guanxi_policy::LabelPack;

/// The packs of a language, one for each question that the crate answers.
macro_rules! packs {
    ($lang:literal) => {
        [
            include_str!(concat!("../labels/plan/", $lang, ".json")),
            include_str!(concat!("../labels/strategies/", $lang, ".json")),
            include_str!(concat!("../labels/budget/", $lang, ".json")),
            include_str!(concat!("../labels/scripts/", $lang, ".json")),
        ]
    };
}

/// The texts of the reasons and of the codes, with those of `guanxi_condition` for the answers that decide: `en` or
/// `zh-CN`. Names of actions, roles and customers are the
/// host's own; add its pack with [`LabelPack::with`].
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    let packs = match lang {
        "en" => packs!("en"),
        "zh-CN" => packs!("zh-CN"),
        _ => return None,
    };
    packs
        .into_iter()
        .try_fold(guanxi_condition::labels(lang)?, |all, json| Some(all.with(LabelPack::parse(json).ok()?)))
}
