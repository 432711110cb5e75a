guanxi_core::define_id! {
    /// The name of a band of a budget: one tier or several that share a part of the total, such as `ordinary`.
    pub struct BudgetBandId(code, 64);
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for BudgetBandId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "BudgetBandId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^\p{L}[\p{L}\p{N}_.-]*$"})
    }
}
