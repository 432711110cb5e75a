use guanxi_policy::LabelPack;

/// The texts of findings and of the answers of leaves (`condition.CODE`): `en` or `zh-CN`. Names of facts
/// (`fact.ID`) and attributes (`attribute.ID`) are the host's own, and stand for themselves without a label.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    let json = match lang {
        "en" => include_str!("../labels/en.json"),
        "zh-CN" => include_str!("../labels/zh-CN.json"),
        _ => return None,
    };
    LabelPack::parse(json).ok()
}
