guanxi_core::define_id! {
    /// The name of a tag, such as `price_sensitive` or `价格敏感`.
    pub struct TagId(code, 64);
}
guanxi_core::define_id! {
    /// The name of an exclusive group of tags, such as `decision_cycle`.
    pub struct TagGroupId(code, 64);
}
