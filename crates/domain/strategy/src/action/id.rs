pub use guanxi_core::QueueId;

guanxi_core::define_id! {
    /// The name of a step of an action, such as `call`.
    pub struct StepId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a suppressor, such as `open_complaint`.
    pub struct SuppressorId(code, 64);
}
guanxi_core::define_id! {
    /// A way to reach a customer, such as `email`.
    pub struct ChannelId(code, 64);
}
guanxi_core::define_id! {
    /// Why a customer may be contacted without consent, such as `contract`.
    pub struct LegalBasisId(code, 64);
}
