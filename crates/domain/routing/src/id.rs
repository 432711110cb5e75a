//! Identifiers.

pub use guanxi_core::QueueId;

guanxi_core::define_id! {
    /// The code of a rule, such as `high-value`.
    pub struct RuleId(code, 64);
}

guanxi_core::define_id! {
    /// A skill, a territory or a language, as somebody writes it. Two of them are the same if conditions take
    /// them as equal: `East China` and `east  china`.
    pub struct Word(text, 100);
}
