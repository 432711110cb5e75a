use alloc::vec::Vec;

use guanxi_core::DecimalText;
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use crate::abc::{Abc, Unclassified};
use crate::concentration::Concentration;
use crate::expected::Compared;
use crate::id::ClassId;
use crate::number::decimal;

/// A population in its classes, against what is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbcReport {
    /// The customers with a class: the whole of the shares of customers.
    pub customers: u64,
    /// The classes, in the order of the policy.
    pub classes: Vec<ClassRow>,
    /// Those of them that are in the last class because their amount (or blend) is 0 or less.
    pub not_positive: u64,
    /// Customers without a class: a row of their own, and in no share.
    pub unclassified: Unclassified,
    /// How concentrated the amount is among the customers with a class.
    pub concentration: Concentration,
}

/// One class against what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassRow {
    /// The class.
    pub class: ClassId,
    /// The number of customers in it.
    pub count: u64,
    /// Their share of all customers with a class.
    pub customers: Compared,
    /// Their amounts above 0 together; `None` if that has more digits than a decimal keeps.
    pub amount: Option<DecimalText>,
    /// The share of that in all amounts above 0.
    pub amount_share: Compared,
}

pub(crate) fn report(abc: &Abc) -> AbcReport {
    let customers = abc.groups.iter().fold(0_u64, |sum, group| sum.saturating_add(group.count));
    let whole: BigInt = abc.groups.iter().map(|group| &group.amount).sum();
    let row = |(position, class): (usize, &crate::ClassSpec)| {
        let members = || abc.groups.iter().filter(move |group| group.class == position);
        let count = members().fold(0_u64, |sum, group| sum.saturating_add(group.count));
        let amount: BigInt = members().map(|group| &group.amount).sum();
        ClassRow {
            class: class.id.clone(),
            count,
            customers: Compared::new(&count.into(), &customers.into(), class.expected_customers),
            amount: decimal(&amount),
            amount_share: Compared::new(&amount, &whole, class.expected_amount),
        }
    };
    let not_positive = abc.groups.iter().filter(|group| group.key <= BigInt::ZERO);
    AbcReport {
        customers,
        classes: abc.policy.body().classes().iter().enumerate().map(row).collect(),
        not_positive: not_positive.fold(0, |sum, group| sum.saturating_add(group.count)),
        unclassified: abc.unclassified,
        concentration: abc.amounts.concentration(),
    }
}
