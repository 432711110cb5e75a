//! Names that more than one document of this crate uses.
guanxi_core::define_id! {
    /// The part that somebody plays in serving a customer, such as `sales` or `success_manager`. Who plays it for
    /// a customer, a host knows.
    pub struct RoleId(code, 64);
}
guanxi_core::define_id! {
    /// The name of an action template, such as `quarterly_visit`.
    pub struct ActionId(code, 64);
}
