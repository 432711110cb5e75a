guanxi_core::define_id! {
    /// The name of a band of a budget: one tier or several that share a part of the total, such as `ordinary`.
    pub struct BudgetBandId(code, 64);
}
