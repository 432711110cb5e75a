use guanxi_policy::LabelPack;

/// The texts of findings (`finding.CODE`), defects (`defect.CODE`), fields and quality dimensions:
/// `en` or `zh-CN`.
///
/// Names of facts and attributes are the host's own; add its pack with [`LabelPack::with`].
///
/// ```
/// use guanxi_core::ReasonCode;
/// use guanxi_customer::{FactFinding, labels};
///
/// let pack = labels("en").unwrap_or_default();
/// let finding = FactFinding::TooManyDigits { fact: "revenue".parse()? };
/// let text = pack.fill("finding", finding.code(), &finding.args());
/// assert_eq!(text, "revenue cannot be computed exactly: it has more than 28 digits");
/// # Ok::<(), guanxi_core::IdError>(())
/// ```
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    let json = match lang {
        "en" => include_str!("../labels/en.json"),
        "zh-CN" => include_str!("../labels/zh-CN.json"),
        _ => return None,
    };
    LabelPack::parse(json).ok()
}
