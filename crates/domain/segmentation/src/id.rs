guanxi_core::define_id! {
    /// The name of a class, such as `a`.
    pub struct ClassId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a segment, such as `champions` or `high_value`.
    pub struct SegmentId(code, 64);
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
codes! { ClassId SegmentId }
