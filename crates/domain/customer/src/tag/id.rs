guanxi_core::define_id! {
    /// The name of a tag, such as `price_sensitive` or `价格敏感`.
    pub struct TagId(code, 64);
}
guanxi_core::define_id! {
    /// The name of an exclusive group of tags, such as `decision_cycle`.
    pub struct TagGroupId(code, 64);
}

#[cfg(feature = "schema")]
macro_rules! codes {
    ($($name:ident)*) => {$(
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^\p{L}[\p{L}\p{N}_.-]*$"})
            }
        }
    )*};
}
#[cfg(feature = "schema")]
codes! { TagId TagGroupId }
