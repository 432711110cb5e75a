use guanxi_core::define_id;

define_id! {
    /// The code of a milestone, such as `first_response`.
    pub struct MilestoneId(code, 64);
}
define_id! {
    /// The code of a priority, such as a tier or a severity.
    pub struct PriorityId(code, 64);
}
define_id! {
    /// The code of a reason for which a clock stops, such as `waiting_for_customer`.
    pub struct PauseId(code, 64);
}
define_id! {
    /// The code of a kind of case, such as `complaint`.
    pub struct CaseKindId(code, 64);
}
