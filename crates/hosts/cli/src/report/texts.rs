//! The fixed texts of the page, both languages side by side, so that neither can lack one.
use serde::Serialize;

use super::data::Language;

macro_rules! texts {
    ($($key:ident: $en:literal, $zh:literal;)*) => {
        /// The fixed texts of one language; the page's script reads them by the same names.
        #[derive(Clone, Copy, Debug, Serialize)]
        pub(super) struct Texts {
            $(pub(super) $key: &'static str,)*
        }

        static EN: Texts = Texts { $($key: $en,)* };
        static ZH_CN: Texts = Texts { $($key: $zh,)* };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $en, $zh),)*];
    };
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::ZhCn => &ZH_CN,
        }
    }
}

impl Language {
    /// The language's tag, as HTML wants it.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }
}

texts! {
    report: "Customer review", "客户评估报告";
    as_of: "As of", "评估时点";
    policy: "Policy", "评分方案";
    reference: "Reference", "参照数据";
    fingerprint: "fingerprint", "指纹";
    contents: "Contents", "目录";
    unknown: "–", "–";
    none: "None.", "无。";
    more: "Show all", "显示全部";
    cut: "Further customers: see the customer table.", "其余客户见客户明细表。";

    assessed: "Customers assessed", "已评估客户";
    revenue: "Revenue", "收入";
    mean_composite: "Mean composite", "平均综合得分";
    mean_completeness: "Mean completeness", "平均完整度";

    board: "Tier board", "客户分级看板";
    board_hint: "Customers by effective tier; scores are means of the tier.", "按生效层级统计；得分为该层级平均值。";
    tier: "Tier", "层级";
    from: "from", "起点";
    customers: "Customers", "客户数";
    share: "Share", "占比";
    expected: "Expected", "预期占比";
    verdict: "Verdict", "判断";
    below: "below", "低于预期";
    within: "within", "符合预期";
    above: "above", "高于预期";
    revenue_share: "Revenue share", "收入占比";
    value: "Value", "价值";
    potential: "Potential", "潜力";
    need: "Need", "需求";
    composite: "Composite", "综合得分";
    prospect: "Prospects", "潜在客户（未成交）";
    prospect_one: "Prospect", "未成交";
    not_assessable: "Not assessable", "无法评估";

    charts: "Charts", "图表";
    chart_shares: "Share of customers per tier", "各层级客户占比";
    chart_shares_hint: "Bar: actual share. Dashed frame: expected range.", "条形为实际占比，虚线框为预期区间。";
    chart_composites: "Distribution of composites", "综合得分分布";
    chart_composites_hint: "Customers per five points. Dashed lines: where a tier begins.", "每 5 分一档的客户数，虚线为层级下限。";
    chart_scatter: "Value and potential", "价值与潜力";
    chart_scatter_hint: "One mark a customer; shape and colour show the tier.", "每个标记代表一位客户，形状和颜色表示层级。";
    chart_revenue: "Revenue by tier", "各层级收入";
    chart_revenue_hint: "Bar: revenue. Percentage: share of all revenue.", "条形为收入，百分比为占总收入的比例。";

    notes: "What stands out", "要点说明";
    top: "Top customers", "最佳客户";
    endangered: "Most endangered", "流失风险最高的客户";
    prospect_ranking: "Prospects, best first", "潜在客户排名";
    clean_up: "Clean-up candidates", "建议清理的客户";

    segments: "Segments", "客户细分";
    abc: "ABC classes, by contribution", "ABC 分类（按贡献）";
    abc_class: "Class", "类别";
    rfm: "RFM segments, by behaviour", "RFM 细分（按购买行为）";
    value_segments: "Value segments, by rules", "价值细分（按规则）";
    segment: "Segment", "细分";
    without: "None", "未归类";
    chart_abc: "ABC classes against expectation", "ABC 分类与预期";
    chart_abc_hint: "Upper bar: share of customers. Lower bar: share of the amount. Dashed frame: expected range.", "上方条形为客户占比，下方条形为金额占比，虚线框为预期区间。";
    share_of_customers: "Customers", "客户数";
    concentration: "Concentration", "集中度";
    gini: "Gini coefficient", "基尼系数";
    hhi: "Herfindahl-Hirschman index", "赫芬达尔指数";
    greatest: "Share of the greatest", "最大客户占比，户数：";

    stages: "Stages", "生命周期阶段";
    definition: "Definition", "阶段定义";
    stage: "Stage", "阶段";
    stage_came: "Came", "进入";
    stage_left: "Left", "离开";
    funnel_reached: "Reached", "到达";
    funnel_onward: "Went on", "前进";
    funnel_conversion: "Conversion", "转化率";
    funnel_median: "Median days", "天数中位数";
    plan: "Plan of the coming week", "未来一周计划";
    plan_role: "Role", "角色";
    plan_action: "Action", "行动";
    plan_purpose: "Purpose", "目的";
    plan_all: "To do", "待办";
    plan_held: "Held back", "暂缓";
    budget: "Budget", "预算";
    budget_band: "Band", "预算区间";
    budget_bounds: "Bounds", "比例范围";
    budget_amount: "Amount", "金额";
    tags: "Tags", "标签";
    tag: "Tag", "标签";
    tag_origin: "How", "来源";
    tag_rule: "by a rule", "规则";
    tag_set: "set", "设置";
    tag_outranked: "Outranked", "被同组取代";

    calibration: "Calibration", "下限校准";
    calibration_hint: "A proposal of tier floors at which the expected shares hold. Nothing was changed.", "使各层级达到预期占比的下限建议，未作任何更改。";
    target: "Target", "目标占比";
    floor: "Floor", "现行下限";
    new_floor: "Proposed floor", "建议下限";
    off: "Off target by", "与目标相差（户）";
    flows: "From tier (row) to proposed tier (column)", "由现层级（行）至建议层级（列）";
    flows_corner: "From / to", "由／至";

    quality: "Data quality", "数据质量";
    dimension: "Dimension", "维度";
    score: "Score", "得分";
    note: "Note", "说明";
    defects: "Defects", "数据缺陷";
    defect: "Defect", "缺陷";
    place: "Where", "位置";
    records: "Records", "记录数";
    ask: "Whom to ask", "询问对象";
    examples: "Examples", "示例";
    missing: "What missing inputs cost", "缺失输入的影响";
    input: "Input", "输入";
    cost: "Effect", "影响";

    table: "All customers", "客户明细";
    table_hint: "Choose a customer to see the whole explanation; choose a column title to sort.", "点选客户查看完整说明，点选列标题排序。";
    no_script: "Sorting, search and explanations need JavaScript; without it the table shows its first rows only.", "排序、搜索和完整说明需要 JavaScript；未启用时仅显示前若干行。";
    name: "Name", "名称";
    id: "Id", "编号";
    completeness: "Completeness", "完整度";
    search: "Search", "搜索";
    search_hint: "name, id, tier, segment or attribute", "名称、编号、层级、细分或属性";
    tier_filter: "Tier", "层级";
    all_tiers: "All", "全部";
    of: "of", "/";
    page: "Page", "页";
    previous: "Previous", "上一页";
    next: "Next", "下一页";
    nothing_found: "No customer matches.", "没有符合条件的客户。";
    printed_cut: "Only the first rows are printed; search or filter to narrow the list.", "仅打印前若干行，可通过搜索或筛选缩小范围。";
    sort_by: "Sort by", "排序：";

    close: "Close", "关闭";
    tiers: "Tiers", "层级判定";
    computed: "Computed", "计算层级";
    settled: "Settled", "稳定层级";
    overridden: "Override", "人工调整";
    effective: "Effective", "生效层级";
    by: "by", "调整人";
    until: "until", "有效至";
    expired: "not in force", "未生效";
    scores: "Scores", "得分";
    rank: "Rank", "排序得分";
    contributions: "Contributions to the composite", "综合得分构成";
    contributions_rank: "Contributions to the rank", "排序得分构成";
    inputs: "Inputs", "输入明细";
    indicator: "Indicator", "指标";
    normalised: "Normalised", "归一化值";
    weight: "Effective weight", "有效权重";
    points: "Points", "得分点";
    sum: "Sum", "合计";
    reasons: "Reasons", "理由";
    lift: "What would lift it", "如何升级";
    facts: "Facts", "事实数据";
    attributes: "Attributes", "属性";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_text_exists_once_and_in_both_languages() {
        let keys: BTreeSet<_> = ALL.iter().map(|(key, ..)| key).collect();
        assert_eq!(keys.len(), ALL.len());
        for (key, en, zh) in ALL {
            assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{key} is empty");
        }
        let names = |texts: &Texts| {
            serde_json::to_value(texts).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(names(&EN), names(&ZH_CN));
    }

    #[test]
    fn the_script_uses_only_texts_that_exist() {
        let script = include_str!("report.js");
        let used: BTreeSet<_> = script
            .split("t.")
            .zip(script.split("t.").skip(1))
            .filter(|(before, _)| {
                !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.')
            })
            .map(|(_, after)| after.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap())
            .collect();
        assert!(used.len() > 20, "{used:?}");
        for key in used {
            assert!(ALL.iter().any(|(known, ..)| *known == key), "report.js asks for the text {key}");
        }
    }
}
