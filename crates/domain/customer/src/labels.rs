use guanxi_policy::{Embedded, LabelPack};

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The texts of findings (`finding.CODE`), defects (`defect.CODE`), fields, quality dimensions and reasons of
/// tags (`tagging.CODE`), the names of the tags of the preset (`tag.ID`), and the texts of conditions, which
/// those reasons name: `en` or `zh-CN`.
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
    Some(guanxi_condition::labels(lang)?.with(LABELS.labels(lang)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Defect, FactFinding, Field, Flaw};
    use alloc::string::ToString;
    use guanxi_core::ReasonCode;
    use std::vec::Vec;

    fn findings() -> Vec<FactFinding> {
        let fact = || "profit".parse().unwrap();
        let attribute = || "net".parse().unwrap();
        let event = || "E1".parse().unwrap();
        let at = || guanxi_core::parse_instant("2026-06-30").unwrap();
        let (cny, usd) = ("CNY".parse().unwrap(), "USD".parse().unwrap());
        [
            FactFinding::UnknownParty { events: 2 },
            FactFinding::FutureEvent { event: event(), occurred_at: at() },
            FactFinding::EventConflict { event: event() },
            FactFinding::AttributeMissing { fact: fact(), attribute: attribute(), event: event() },
            FactFinding::NotANumber { fact: fact(), attribute: attribute(), event: event() },
            FactFinding::FutureAttribute { fact: fact(), attribute: attribute(), observed_at: at() },
            FactFinding::NoLevel { fact: fact() },
            FactFinding::MixedCurrencies { fact: fact(), currencies: [cny, usd].into() },
            FactFinding::NoCurrency { fact: fact(), attribute: attribute(), event: event() },
            FactFinding::NoRate { fact: fact(), from: usd, to: cny, day: at().date_naive() },
            FactFinding::TooManyDigits { fact: fact() },
            FactFinding::PartyRefused { fact: fact(), party: "C3".parse().unwrap() },
        ]
        .into()
    }

    fn defects() -> Vec<Defect> {
        let number = |number: i64| rust_decimal::Decimal::from(number).into();
        let whole = "needs".parse().unwrap();
        let observed_at = guanxi_core::parse_instant("2026-06-30").unwrap();
        let flaws = [
            Flaw::Missing,
            Flaw::WrongKind { given: "text", allowed: "int".into() },
            Flaw::WrongScale { given: 3, of: 5 },
            Flaw::BelowMin { given: number(0), min: number(1) },
            Flaw::AboveMax { given: number(2), max: number(1) },
            Flaw::ExceedsWhole { given: number(10), whole, of: number(9) },
            Flaw::Stale { observed_at, greatest_age_days: 365 },
            Flaw::Smaller { than: Field::Fact("needs".parse().unwrap()) },
            Flaw::Incomparable { with: Field::Attribute("industry".parse().unwrap()) },
            Flaw::Duplicate { of: "C1".parse().unwrap() },
            Flaw::RecordedBefore { event: "E1".parse().unwrap() },
            Flaw::RecordedLate { event: "E1".parse().unwrap(), hours: 25, within_hours: 24 },
        ];
        let defect =
            |flaw| Defect { subject: "C2".parse().unwrap(), field: Some(Field::Phone), flaw, ask: None };
        flaws.map(defect).into()
    }

    #[test]
    fn every_code_reads_well_in_both_languages() {
        let shown = |lang| {
            let pack = labels(lang).unwrap();
            let findings = findings();
            let texts = findings.iter().map(|finding| pack.fill("finding", finding.code(), &finding.args()));
            let defects = defects();
            let texts =
                texts.chain(defects.iter().map(|defect| pack.fill("defect", defect.code(), &defect.args())));
            texts.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(shown("en"), @"
    2 events name a customer of whom there is no record
    Event E1 of 2026-06-30 lies in the future and was ignored
    There are different versions of event E1; the one recorded later counts
    profit cannot be computed: event E1 has no net
    profit cannot be computed: net of event E1 is not a number
    profit was ignored: net was observed in the future, on 2026-06-30
    profit cannot be turned into a level: it is not a number
    profit cannot be computed: its amounts are in several currencies (CNY, USD) and no conversion is declared
    profit cannot be converted: net of event E1 has no currency
    profit cannot be converted: there is no rate from USD to CNY on 2026-06-30
    profit cannot be computed exactly: it has more than 28 digits
    profit cannot be computed: it compares with C3, whose own value is refused
    phone number is missing
    phone number is a text, a whole number is expected
    phone number is on a scale of 3, one of 5 is expected
    phone number is 0, at least 1 is expected
    phone number is 2, at most 1 is expected
    phone number is 10, more than needs of 9
    phone number was last observed on 2026-06-30, more than 365 days ago
    phone number is smaller than needs
    phone number and industry cannot be compared
    phone number is the same as that of C1
    Event E1 was recorded before it occurred
    Event E1 was recorded after 25 hours, 24 are allowed
    ");
        insta::assert_snapshot!(shown("zh-CN"), @"
    有 2 个事件所指的客户没有档案
    事件 E1（2026-06-30）发生在评估时点之后，未计入
    事件 E1 有不同版本，以较晚记录的为准
    profit无法计算：事件 E1 缺少net
    profit无法计算：net（事件 E1）不是数字
    profit未计入：net的观察日期 2026-06-30 在评估时点之后
    profit无法换算为等级：不是数字
    profit无法计算：金额涉及多种货币（CNY, USD），且未声明折算
    profit无法折算：net（事件 E1）没有货币
    profit无法折算：2026-06-30 没有 USD 到 CNY 的汇率
    profit无法精确计算：超过 28 位数字
    profit无法计算：需与 C3 比较，而后者自身的数值未被接受
    缺少电话
    电话为文本，应为整数
    电话的等级刻度为 3 级，应为 5 级
    电话为 0，应不小于 1
    电话为 2，应不大于 1
    电话为 10，超过needs（9）
    电话最近一次观察是 2026-06-30，已超过 365 天
    电话小于needs
    电话与industry无法比较
    电话与 C1 相同
    事件 E1 的记录时间早于发生时间
    事件 E1 在 25 小时后才记录，允许 24 小时
    ");
    }

    #[test]
    fn codes_are_those_of_the_serialised_form() {
        for finding in findings() {
            let json = serde_json::to_value(&finding).unwrap();
            assert_eq!(json["code"].as_str(), Some(finding.code()), "{finding:?}");
        }
        for defect in defects() {
            let json = serde_json::to_value(&defect).unwrap();
            assert_eq!(json["flaw"]["code"].as_str(), Some(defect.code()), "{defect:?}");
            assert_eq!(defect.subject.to_string(), "C2");
        }
    }
}
