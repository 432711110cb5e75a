guanxi_core::define_id! {
    /// The name of a stage, such as `loyalty`.
    pub struct StageId(code, 64);
}
guanxi_core::define_id! {
    /// The name of an edge, such as `won_back`.
    pub struct EdgeId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a flag beside the stage, such as `at_risk`.
    pub struct FlagId(code, 64);
}
guanxi_core::define_id! {
    /// Why an edge leads back, such as `cooled`.
    pub struct RegressId(code, 64);
}
guanxi_core::define_id! {
    /// Who may approve a move, such as `sales_director`.
    pub struct RoleId(code, 64);
}
guanxi_core::define_id! {
    /// Why somebody moved a customer: a code or a short remark of the host's own, without personal data.
    pub struct Remark(text, 256);
}
