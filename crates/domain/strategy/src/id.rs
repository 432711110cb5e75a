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

/// The JSON Schema of ids that are codes.
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
pub(crate) use codes;
#[cfg(feature = "schema")]
codes! { RoleId ActionId }
