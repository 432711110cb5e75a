guanxi_core::define_id! {
    /// The name of a rule of a policy: a fit condition, an engagement rule, a disqualifying rule.
    pub struct RuleId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a group of engagement rules that share a cap.
    pub struct GroupId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a flag, such as `silent`.
    pub struct FlagId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a band of scores, such as `priority`.
    pub struct BandId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a level of fit or engagement, such as `high`.
    pub struct LevelId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a grade: a cell, or several, of the matrix of fit and engagement.
    pub struct GradeId(code, 64);
}
guanxi_core::define_id! {
    /// The kind of an exact key, such as `registration_number`.
    pub struct KeyKind(code, 64);
}

impl guanxi_bands::Labelled for BandId {
    const SPACE: &'static str = "band";
}
