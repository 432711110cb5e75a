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
codes! { MilestoneId PriorityId PauseId CaseKindId }
