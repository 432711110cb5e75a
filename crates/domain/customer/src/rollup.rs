//! One number for a whole group.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ExactSum, Fact, FactId, FactMap, Facts, SubjectId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the numbers of a group's members become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RollUp {
    /// Their exact sum.
    Sum,
    /// The greatest.
    Max,
    /// The smallest.
    Min,
    /// How many members have one.
    Count,
}

/// A fact of a group, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolledUp {
    /// The number; nothing if no member has one, except that a count is then 0.
    pub value: Option<Decimal>,
    /// How many members have the fact.
    pub known: u64,
    /// The members of whom the fact is missing, by id: the number leaves them out, and says so.
    pub missing: Vec<SubjectId>,
    /// How many members the fact does not apply to.
    pub not_applicable: u64,
    /// The latest observation among the members' facts.
    pub observed_at: Option<DateTime<Utc>>,
}

/// Why a fact of a group cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RollUpError {
    /// A member's fact is not a plain number; amounts of money become one by conversion.
    #[error("fact `{fact}` of `{subject}` is of kind {given}, a number is expected")]
    NotANumber {
        /// The fact.
        fact: FactId,
        /// The member.
        subject: SubjectId,
        /// The kind found.
        given: &'static str,
    },
    /// The exact sum has more digits than a decimal keeps.
    #[error("the exact sum of fact `{fact}` has more than 28 digits")]
    TooManyDigits {
        /// The fact.
        fact: FactId,
    },
}

/// Rolls a fact up over a group (see [`Parties::group`](crate::Parties::group)), each member once.
///
/// # Errors
/// [`RollUpError`].
///
/// ```
/// use guanxi_core::{FactMap, FactValue};
/// use guanxi_customer::{RollUp, roll_up};
///
/// let (parent, child, revenue) = ("P".parse()?, "C".parse()?, "revenue".parse()?);
/// let facts = |amount: i64| FactMap::new().with("revenue".parse().unwrap(), FactValue::Int(amount), None);
/// let (of_parent, of_child) = (facts(100), facts(-20));
/// let group = roll_up(RollUp::Sum, &revenue, &[parent, child].into(), |id| {
///     Some(if id.as_str() == "P" { &of_parent } else { &of_child })
/// })?;
/// assert_eq!(group.value, Some(80.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn roll_up<'f>(
    how: RollUp,
    fact: &FactId,
    members: &BTreeSet<SubjectId>,
    facts: impl Fn(&SubjectId) -> Option<&'f FactMap>,
) -> Result<RolledUp, RollUpError> {
    let mut result =
        RolledUp { value: None, known: 0, missing: Vec::new(), not_applicable: 0, observed_at: None };
    let too_many_digits = || RollUpError::TooManyDigits { fact: fact.clone() };
    let mut sum = ExactSum::default();
    for subject in members {
        match facts(subject).map_or(Fact::Missing, |facts| facts.fact(fact)) {
            Fact::Missing => result.missing.push(subject.clone()),
            Fact::NotApplicable => result.not_applicable += 1,
            Fact::Known { value, observed_at } => {
                let number = value.number().ok_or_else(|| RollUpError::NotANumber {
                    fact: fact.clone(),
                    subject: subject.clone(),
                    given: value.kind_name(),
                })?;
                sum = sum.plus(number).ok_or_else(too_many_digits)?;
                result.known += 1;
                result.observed_at = result.observed_at.max(observed_at);
                result.value = match (how, result.value) {
                    (RollUp::Max, Some(greatest)) => Some(number.max(greatest)),
                    (RollUp::Min, Some(smallest)) => Some(number.min(smallest)),
                    _ => Some(number),
                };
            }
        }
    }
    match how {
        RollUp::Sum if result.known > 0 => result.value = Some(sum.get().ok_or_else(too_many_digits)?),
        RollUp::Count => result.value = Some(result.known.into()),
        _ => {}
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::{FactValue, Money, parse_decimal, parse_instant};
    use std::collections::BTreeMap;
    use std::string::ToString;

    fn rolled(how: RollUp, facts: &[(&str, FactMap)]) -> Result<RolledUp, RollUpError> {
        let facts: BTreeMap<SubjectId, FactMap> =
            facts.iter().map(|(id, facts)| (id.parse().unwrap(), facts.clone())).collect();
        let members = facts.keys().cloned().chain(["Z".parse().unwrap()]).collect();
        roll_up(how, &fact(), &members, |id| facts.get(id))
    }

    fn fact() -> FactId {
        FactId::new("revenue").unwrap()
    }

    fn known(number: &str, day: &str) -> FactMap {
        let value = FactValue::Decimal(parse_decimal(number).unwrap());
        FactMap::new().with(fact(), value, Some(parse_instant(day).unwrap()))
    }

    #[test]
    fn a_group_has_one_number_and_names_who_is_missing() {
        let members = [
            ("A", known("10.5", "2026-01-02")),
            ("B", known("-3", "2026-01-01")),
            ("C", FactMap::new().not_applicable(fact())),
            ("D", FactMap::new()),
        ];
        for (how, value) in
            [(RollUp::Sum, "7.5"), (RollUp::Max, "10.5"), (RollUp::Min, "-3"), (RollUp::Count, "2")]
        {
            let group = rolled(how, &members).unwrap();
            assert_eq!(group.value, Some(parse_decimal(value).unwrap()), "{how:?}");
            assert_eq!((group.known, group.not_applicable), (2, 1));
            assert_eq!(group.missing, ["D".parse().unwrap(), "Z".parse().unwrap()]);
            assert_eq!(group.observed_at, Some(parse_instant("2026-01-02").unwrap()));
        }
        assert_eq!(rolled(RollUp::Sum, &[]).unwrap().value, None);
        assert_eq!(rolled(RollUp::Count, &[]).unwrap().value, Some(Decimal::ZERO));
    }

    #[test]
    fn what_cannot_be_added_exactly_is_refused() {
        let yuan = Money::new(Decimal::ONE, "CNY".parse().unwrap());
        let money = FactMap::new().with(fact(), FactValue::Money(yuan), None);
        insta::assert_snapshot!(rolled(RollUp::Max, &[("A", money)]).unwrap_err().to_string(), @"fact `revenue` of `A` is of kind money, a number is expected");
        let most = known("79228162514264337593543950335", "2026-01-01");
        let least = known("0.1", "2026-01-01");
        insta::assert_snapshot!(rolled(RollUp::Sum, &[("A", most.clone()), ("B", least.clone())]).unwrap_err().to_string(), @"the exact sum of fact `revenue` has more than 28 digits");
        assert!(rolled(RollUp::Max, &[("A", most), ("B", least)]).is_ok());
    }
}
