use guanxi_policy::LabelPack;

/// The labels of notes and lists: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    let json = match lang {
        "en" => include_str!("../labels/en.json"),
        "zh-CN" => include_str!("../labels/zh-CN.json"),
        _ => return None,
    };
    LabelPack::parse(json).ok()
}
