guanxi_core::define_id! {
    /// The name of a strategy template, such as `deep_bond`.
    pub struct TemplateId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a measure of a template, such as `executive_visits`.
    pub struct MeasureId(code, 64);
}
guanxi_core::define_id! {
    /// What a target measures, such as `repurchase_rate`.
    pub struct MetricId(code, 64);
}
guanxi_core::define_id! {
    /// The code of a tier, class, stage, persona or scenario that templates ask for.
    pub struct SelectorCode(code, 64);
}
guanxi_core::define_id! {
    /// A language, such as `en` or `zh-CN`.
    pub struct LanguageId(code, 64);
}
