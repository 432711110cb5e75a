//! A fictitious report for the tests.
use super::*;

const TIERS: [(&str, &str, &str, u32, &str, &str); 5] = [
    ("strategic", "Strategic", "战略客户", 90, "0.1", "0.15"),
    ("key", "Key", "重点客户", 70, "0.2", "0.25"),
    ("normal", "Normal", "普通客户", 50, "0.5", "0.6"),
    ("potential", "Potential", "潜力客户", 30, "0.05", "0.1"),
    ("to_optimise", "To optimise", "待优化客户", 0, "0", "0.05"),
];

/// Points in hundredths as text.
fn points(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A small linear congruential generator: the same report every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(end)).unwrap()
    }
}

fn customer(dice: &mut Dice, i: usize, chinese: bool) -> Customer {
    let names =
        ["Riverside Cycles", "Alpine Sport", "The Bike Mechanics", "Metro Wheels", "Valley Outfitters"];
    let base = Customer {
        id: format!("C{i:04}"),
        name: if chinese { format!("示例商行{i}号") } else { format!("{} {i}", names[i % 5]) },
        attributes: vec![
            Some(["Canada", "France", "Germany"][i % 3].into()),
            Some((1974 + i % 32).to_string()),
        ],
        facts: vec![Some("2610".into()), None, Some("8 / 33".into())],
        ..Customer::default()
    };
    if i % 11 == 10 {
        let potential = Some(points(dice.below(10_000)));
        return Customer {
            standing: Standing::Prospect,
            potential,
            reasons: vec!["Never bought: a prospect.".into()],
            ..base
        };
    }
    let parts = [dice.below(2000) + 500, dice.below(2500), dice.below(1000), dice.below(1800) + 200, 0];
    let sum: u32 = parts.iter().sum();
    let tier = TIERS.iter().find(|tier| sum >= tier.3 * 100).unwrap();
    let labels = ["285000.00", "2610", "0.07", "8"];
    Customer {
        standing: Standing::Assessed,
        tier: Some(tier.0.into()),
        computed: Some(tier.0.into()),
        settled: None,
        overridden: (i % 40 == 7).then(|| Override {
            tier: "strategic".into(),
            by: "A. Lead".into(),
            why: "Leader of its industry".into(),
            until: Some("2014-06-30".into()),
            valid: false,
        }),
        composite: Some(points(sum)),
        value: Some(points((parts[0] + parts[1]) * 2)),
        potential: Some(points((parts[2] + parts[3]) * 10 / 3)),
        need: None,
        completeness: Some("0.85".into()),
        revenue: Some(format!("{}.{}", dice.below(900_000), dice.below(9999))),
        contributions: (parts.iter().enumerate())
            .map(|(at, part)| Contribution {
                input: labels.get(at).map(|label| (*label).into()),
                fraction: (*part > 0).then(|| format!("{part}/2500")),
                decimal: (*part > 0).then(|| "0.4444".into()),
                weight: if *part > 0 { "0.25".into() } else { "0".into() },
                points: points(*part),
                note: (*part == 0).then(|| "Missing: its weight went to the others of its dimension.".into()),
            })
            .collect(),
        reasons: vec![
            "12.40 points below Key.".into(),
            "Service sensitivity is not known.".into(),
            "Sold to at a loss in 2 of 3 years.".into(),
        ],
        lift: vec!["Key is 12.40 points away.".into(), "Raising needs from 8 to 12 reaches Key.".into()],
        abc: Some(assigned("B", None)),
        rfm: Some(assigned("Champions", Some("5-4-5"))),
        value_segment: Some(Assigned { reasons: vec!["No fact is known.".into()], ..Assigned::default() }),
        ..base
    }
}

fn assigned(label: &str, cell: Option<&str>) -> Assigned {
    Assigned {
        label: Some(label.into()),
        cell: cell.map(Into::into),
        reasons: vec!["450 is rank 12; 62 % of the total lies before it.".into()],
    }
}

fn stages(language: Language) -> StageTable {
    let say = |en: &str, zh: &str| if language == Language::ZhCn { zh } else { en }.to_owned();
    let row = |label, count: u64| StageRow {
        label,
        count,
        share: Some("0.25".into()),
        flags: vec![3],
        came: 5,
        left: 2,
    };
    let shown = |text: &str| Some(text.to_owned());
    let funnel = FunnelRow {
        label: say("Awareness", "认知期"),
        reached: shown("40"),
        onward: shown("10"),
        conversion: shown("25 %"),
        median_days: None,
    };
    StageTable {
        definition: "five-stage 1.0.0".into(),
        flags: vec![say("At risk", "有流失风险")],
        rows: vec![row(say("Purchase", "购买期"), 160), row(say("Loyalty", "忠诚期"), 12)],
        moves: say(
            "Moves after 2026-01-01: Purchase → Loyalty 5",
            "2026-01-01 之后的变动：购买期 → 忠诚期 5",
        ),
        funnels: vec![FunnelTable {
            id: "funnel-0".into(),
            title: say("Funnel of the leads", "线索转化漏斗"),
            rows: vec![funnel],
        }],
    }
}

fn plan(language: Language) -> PlanTable {
    let say = |en: &str, zh: &str| if language == Language::ZhCn { zh } else { en }.to_owned();
    PlanTable {
        title: say("From 2026-06-30 to 2026-07-06", "2026-06-30 至 2026-07-06"),
        days: vec!["2026-06-30".into(), "2026-07-01".into()],
        roles: vec![PlanRole {
            label: say("Success manager", "客户成功经理"), days: vec![3, 1], held: 2
        }],
        actions: vec![PlanAction {
            label: say("Reminder of renewal", "续约提醒"),
            purpose: say("contract", "合同"),
            customers: 4,
            to_do: 4,
            held: 2,
        }],
        notes: vec![say("Held back by: no consent 2", "暂缓原因：未获同意 2")],
    }
}

fn budget(language: Language) -> BudgetTable {
    let say = |en: &str, zh: &str| if language == Language::ZhCn { zh } else { en }.to_owned();
    let row = |label, inner| BudgetRow {
        label,
        inner,
        cells: ["10–15 %", "14 %", "140,000.00", "12"].map(str::to_owned),
    };
    BudgetTable {
        policy: "standard 1.0.0".into(),
        title: say("Budget of 1,000,000.00 CNY", "预算 1,000,000.00 CNY"),
        rows: vec![
            row(say("Normal and to optimise", "普通与待优化客户"), false),
            row(say("Normal", "普通客户"), true),
        ],
        notes: vec![say("Key: 290,000.00 is not divided", "重点客户：290,000.00 未分配到客户")],
    }
}

fn tags(language: Language) -> TagTable {
    let say = |en: &str, zh: &str| if language == Language::ZhCn { zh } else { en }.to_owned();
    let row =
        |label, rule, count: u64| TagRow { label, rule, count, share: Some("0.25".into()), outranked: 3 };
    TagTable {
        document: "standard 1.0.0".into(),
        rows: vec![
            row(say("Price-sensitive", "价格敏感"), true, 160),
            row(say("Ample budget", "预算充足"), false, 12),
        ],
        groups: true,
        without: 40,
        unknown: Some(say("Set, but not defined: gold", "已设置但未定义的标签：gold")),
    }
}

fn segments(language: Language) -> Segments {
    let say = |en: &str, zh: &str| if language == Language::ZhCn { zh } else { en }.to_owned();
    let compared = |share: &str, low: &str, high: &str, verdict| Compared {
        share: Some(share.into()),
        expected: Some(Expected { low: low.into(), high: high.into(), verdict }),
    };
    let class = |label: &str, count, customers, of_amount| AbcClass {
        label: label.into(),
        count,
        customers,
        amount: Some((count * 12_345).to_string()),
        of_amount,
    };
    let row = |label: String, count, revenue: Option<&str>| SegmentRow {
        label,
        count,
        share: Some("0.128".into()),
        revenue: revenue.map(Into::into),
    };
    Segments {
        abc: Some(Abc {
            policy: "standard 1.0.0".into(),
            amount: say("Revenue", "收入"),
            unit: "USD".into(),
            classes: vec![
                class(
                    "A",
                    139,
                    compared("0.198", "0.1", "0.15", Verdict::Above),
                    compared("0.7", "0.6", "0.8", Verdict::Within),
                ),
                class("B", 172, compared("0.245", "0.3", "0.4", Verdict::Below), Compared::default()),
            ],
            without: 3,
            concentration: Some(Concentration {
                gini: "0.6886".into(),
                hhi: "0.0045".into(),
                top: vec![(1, "0.011".into()), (141, "0.705".into())],
            }),
        }),
        rfm: Some(SegmentTable {
            policy: "standard 1.0.0".into(),
            rows: vec![
                row(say("Champions", "核心客户"), 81, Some("16572510.5")),
                row(say("Lost", "已流失客户"), 37, None),
            ],
            without: 66,
        }),
        value: None,
        lacking: Some(say(
            "Not segmented by value (no customer has revenue_recent)",
            "未作细分：价值（没有客户具备事实 revenue_recent）",
        )),
    }
}

fn calibration(language: Language) -> Calibration {
    let held = |floor: &str, count| Held { floor: floor.into(), count, share: Some("0.2".into()) };
    let remark =
        if language == Language::ZhCn { "建议不会自动生效。" } else { "Nothing is applied." };
    Calibration {
        tiers: TIERS
            .map(|(_, _, _, floor, low, _)| CalibratedTier {
                target: low.into(),
                current: held(&floor.to_string(), 12),
                proposed: held("41.50", 1_234),
                off: "-0.375".into(),
            })
            .into(),
        flows: (0..TIERS.len())
            .map(|from| (0..TIERS.len()).map(|to| (from * 7 + to) as u64).collect())
            .collect(),
        remarks: vec![remark.into()],
    }
}

pub(super) fn report(language: Language, count: usize) -> ReportData {
    let chinese = language == Language::ZhCn;
    let say = |en: &str, zh: &str| if chinese { zh.to_owned() } else { en.to_owned() };
    let mut dice = Dice(7);
    let customers: Vec<_> = (0..count).map(|i| customer(&mut dice, i, chinese)).collect();
    let group = |code: Option<&str>| {
        let all = customers.iter().filter(|customer| customer.tier.as_deref() == code);
        let count = u64::try_from(all.clone().count()).unwrap();
        Group {
            count,
            share: Some(format!(
                "0.{:04}",
                count * 10_000 / u64::try_from(customers.len()).unwrap().max(1) % 10_000
            )),
            revenue: (count * 450_123).to_string(),
            revenue_share: Some("0.218".into()),
            value: Some("55.10".into()),
            potential: Some("48.02".into()),
            need: None,
            composite: code.map(|_| "61.37".into()),
        }
    };
    let mention = |customer: &Customer| Mention {
        id: customer.id.clone(),
        reasons: vec![
            say("Silent for 240 days, usually orders every 62.", "已沉默 240 天，通常每 62 天下单一次。"),
            say("Revenue fell by 38 % against the year before.", "收入较上年下降 38 %。"),
        ],
    };
    let document = |id: &str| Document {
        id: id.into(),
        version: "1.0.0".into(),
        fingerprint: "0123456789abcdef".repeat(4),
    };
    ReportData {
        language,
        title: say("Adventure Works resellers", "示例公司经销商"),
        as_of: "2013-12-01T00:00:00Z".into(),
        currency: "USD".into(),
        policy: document("standard"),
        reference: document("population"),
        headline: Headline {
            assessed: 635,
            prospects: 66,
            revenue: "80450596.9823".into(),
            mean_composite: Some("47.12".into()),
            completeness: Some("0.86".into()),
        },
        tiers: TIERS
            .map(|(code, en, zh, floor, low, high)| {
                let group = group(Some(code));
                let verdict = match group.count {
                    0 => Verdict::Below,
                    1..80 => Verdict::Within,
                    _ => Verdict::Above,
                };
                let expected = Expected { low: low.into(), high: high.into(), verdict };
                Tier {
                    code: code.into(),
                    label: say(en, zh),
                    floor: floor.to_string(),
                    expected: Some(expected),
                    group,
                }
            })
            .into(),
        prospects: group(None),
        not_assessable: Group { revenue: "0".into(), ..Group::default() },
        notes: vec![
            say(
                "Nobody is strategic: the highest composite is 88.10, 1.90 points below 90.",
                "没有战略客户：最高综合得分为 88.10，距 90 分还差 1.90 分。",
            ),
            say("Service sensitivity is unknown of all customers.", "所有客户的服务敏感度均未知。"),
        ],
        top: customers.iter().filter(|customer| customer.tier.is_some()).take(10).map(mention).collect(),
        endangered: customers
            .iter()
            .filter(|customer| customer.tier.is_some())
            .skip(20)
            .take(14)
            .map(mention)
            .collect(),
        prospect_ranking: customers.iter().filter(|customer| customer.tier.is_none()).map(mention).collect(),
        clean_up: customers.iter().skip(40).take(120).map(mention).collect(),
        quality: Quality {
            scores: vec![
                QualityScore {
                    label: say("Completeness", "完整性"),
                    score: Some("0.912".into()),
                    note: say("12 of 14 fields.", "14 个字段中的 12 个。"),
                },
                QualityScore {
                    label: say("Timeliness", "及时性"),
                    score: None,
                    note: say("No recorded-at dates.", "缺少录入时间。"),
                },
            ],
            defects: vec![Defect {
                what: say("Two records share a name.", "两条记录名称相同。"),
                place: "resellers.csv: name".into(),
                count: 4,
                ask: say("Sales operations", "销售运营"),
                examples: vec!["C0007".into(), "C0401".into()],
            }],
            missing: vec![MissingInput {
                label: say("Service sensitivity", "服务敏感度"),
                count: 701,
                cost: say("6 points of weight go to price sensitivity.", "6 分权重转由价格敏感度承担。"),
            }],
        },
        segments: segments(language),
        stages: stages(language),
        plan: Some(plan(language)),
        budget: Some(budget(language)),
        tags: Some(tags(language)),
        calibration: calibration(language),
        indicators: [
            ("Cumulative profit", "累计利润", Dimension::Value),
            ("Days of cooperation", "合作天数", Dimension::Value),
            ("Industry growth", "行业增长率", Dimension::Potential),
            ("Undeveloped needs", "未开发需求", Dimension::Potential),
            ("Service sensitivity", "服务敏感度", Dimension::Need),
        ]
        .map(|(en, zh, dimension)| Indicator { label: say(en, zh), dimension })
        .into(),
        attributes: vec![
            Column { label: say("Country", "国家"), numeric: false },
            Column { label: say("Opened", "开业年份"), numeric: true },
        ],
        facts: vec![
            say("Days of cooperation", "合作天数"),
            say("Service sensitivity", "服务敏感度"),
            say("Needs", "需求"),
        ],
        customers,
    }
}

/// A report in which every text is the one given.
pub(super) fn filled_with(text: &str) -> ReportData {
    let mut data = report(Language::En, 3);
    let fill = |texts: &mut [&mut String]| texts.iter_mut().for_each(|t| **t = text.to_owned());
    fill(&mut [&mut data.title, &mut data.as_of, &mut data.currency]);
    for document in [&mut data.policy, &mut data.reference] {
        fill(&mut [&mut document.id, &mut document.version, &mut document.fingerprint]);
    }
    fill(&mut [&mut data.headline.revenue]);
    data.headline.mean_composite = Some(text.into());
    data.headline.completeness = Some(text.into());
    for tier in &mut data.tiers {
        fill(&mut [&mut tier.label, &mut tier.code, &mut tier.floor]);
        let group = &mut tier.group;
        fill(&mut [&mut group.revenue]);
        for shown in [&mut group.share, &mut group.revenue_share, &mut group.value, &mut group.need] {
            *shown = Some(text.into());
        }
        tier.expected = Some(Expected { low: text.into(), high: text.into(), verdict: Verdict::Above });
    }
    data.notes = vec![text.into()];
    let mention = Mention { id: text.into(), reasons: vec![text.into()] };
    data.top = vec![mention.clone()];
    data.endangered = vec![Mention { id: "unknown <b>".into(), reasons: vec![text.into()] }];
    data.prospect_ranking = vec![mention.clone()];
    data.clean_up = vec![mention];
    data.quality.scores =
        vec![QualityScore { label: text.into(), score: Some(text.into()), note: text.into() }];
    for defect in &mut data.quality.defects {
        fill(&mut [&mut defect.what, &mut defect.place, &mut defect.ask]);
        defect.examples = vec![text.into()];
    }
    for input in &mut data.quality.missing {
        fill(&mut [&mut input.label, &mut input.cost]);
    }
    fill_segments(&mut data.segments, text);
    let stages = &mut data.stages;
    fill(&mut [&mut stages.definition, &mut stages.moves]);
    stages.flags.iter_mut().for_each(|flag| fill(&mut [flag]));
    for row in &mut stages.rows {
        fill(&mut [&mut row.label]);
        row.share = Some(text.into());
    }
    for funnel in &mut stages.funnels {
        fill(&mut [&mut funnel.title]);
        for row in &mut funnel.rows {
            fill(&mut [&mut row.label]);
            row.reached = Some(text.into());
        }
    }
    if let Some(plan) = &mut data.plan {
        fill(&mut [&mut plan.title]);
        plan.days.iter_mut().for_each(|day| fill(&mut [day]));
        plan.roles.iter_mut().for_each(|row| fill(&mut [&mut row.label]));
        plan.actions.iter_mut().for_each(|row| fill(&mut [&mut row.label, &mut row.purpose]));
        plan.notes = vec![text.into()];
    }
    if let Some(budget) = &mut data.budget {
        fill(&mut [&mut budget.policy, &mut budget.title]);
        budget.notes = vec![text.into()];
        for row in &mut budget.rows {
            row.cells.iter_mut().chain([&mut row.label]).for_each(|cell| fill(&mut [cell]));
        }
    }
    if let Some(tags) = &mut data.tags {
        fill(&mut [&mut tags.document]);
        tags.unknown = Some(text.into());
        for row in &mut tags.rows {
            fill(&mut [&mut row.label]);
            row.share = Some(text.into());
        }
    }
    for tier in &mut data.calibration.tiers {
        fill(&mut [&mut tier.target, &mut tier.off, &mut tier.current.floor, &mut tier.proposed.floor]);
        tier.current.share = Some(text.into());
    }
    data.calibration.remarks = vec![text.into()];
    data.indicators.iter_mut().for_each(|indicator| indicator.label = text.into());
    data.attributes.iter_mut().for_each(|column| column.label = text.into());
    data.facts.iter_mut().for_each(|fact| *fact = text.into());
    for customer in &mut data.customers {
        fill(&mut [&mut customer.id, &mut customer.name]);
        for shown in [&mut customer.tier, &mut customer.composite, &mut customer.value, &mut customer.revenue]
        {
            *shown = Some(text.into());
        }
        customer.attributes = vec![Some(text.into()); 2];
        customer.facts = vec![Some(text.into()); 3];
        customer.reasons = vec![text.into()];
        customer.lift = vec![text.into()];
        for given in [&mut customer.abc, &mut customer.rfm, &mut customer.value_segment] {
            *given = Some(Assigned {
                label: Some(text.into()),
                cell: Some(text.into()),
                reasons: vec![text.into()],
            });
        }
        for part in &mut customer.contributions {
            fill(&mut [&mut part.weight, &mut part.points]);
            for shown in [&mut part.input, &mut part.fraction, &mut part.decimal, &mut part.note] {
                *shown = Some(text.into());
            }
        }
    }
    data
}

fn fill_segments(segments: &mut Segments, text: &str) {
    let fill = |texts: &mut [&mut String]| texts.iter_mut().for_each(|t| **t = text.to_owned());
    segments.lacking = Some(text.into());
    segments.value.clone_from(&segments.rfm);
    for table in [&mut segments.rfm, &mut segments.value].into_iter().flatten() {
        fill(&mut [&mut table.policy]);
        for row in &mut table.rows {
            fill(&mut [&mut row.label]);
            (row.share, row.revenue) = (Some(text.into()), Some(text.into()));
        }
    }
    if let Some(abc) = &mut segments.abc {
        fill(&mut [&mut abc.policy, &mut abc.amount, &mut abc.unit]);
        if let Some(concentration) = &mut abc.concentration {
            fill(&mut [&mut concentration.gini, &mut concentration.hhi]);
            concentration.top = vec![(1, text.into())];
        }
        for class in &mut abc.classes {
            fill(&mut [&mut class.label]);
            class.amount = Some(text.into());
            for compared in [&mut class.customers, &mut class.of_amount] {
                compared.share = Some(text.into());
                compared.expected =
                    Some(Expected { low: text.into(), high: text.into(), verdict: Verdict::Above });
            }
        }
    }
}
