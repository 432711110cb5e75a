//! What may be spent on whom: a total inside bands, to the last minor unit.
mod allocate;
mod allocation;
mod claims;
mod divide;
mod error;
mod id;
mod lint;
mod presets;
mod read;
mod reason;
mod share;
mod shares;
mod spec;
mod spend;

pub use allocate::allocate;
pub use allocation::{Allocation, BandBudget, Budget, CustomerBudget, TierBudget, Undivided, WithoutAmount};
pub use error::BudgetError;
pub use id::BudgetBandId;
pub use lint::lint_budget;
pub use presets::{budget_preset, budget_preset_ids};
pub use reason::{BudgetReason, ShareRule};
pub use share::{ExactShare, ExactShareError};
pub use spec::{
    BudgetBandSpec, BudgetDocument, BudgetPolicy, BudgetSpec, DivideBy, MAX_BUDGET_BANDS, WhenEmpty,
};
pub use spend::{
    BandSpend, BudgetVerdict, CustomerSpend, SpendError, SpendReport, Spending, SpentOn, TierSpend,
    compare_spend,
};
