use chrono::{DateTime, Utc};
use guanxi_core::SubjectId;
use guanxi_policy::{Body, Document};

/// Why two parts of a population cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// They were observed for different policies.
    #[error("both parts must be observed for one policy")]
    AnotherPolicy,
    /// They were observed for different instants.
    #[error("both parts must be observed for one instant, got {given} for {expected}")]
    AnotherInstant {
        /// The instant of the part given.
        given: DateTime<Utc>,
        /// The instant of this part.
        expected: DateTime<Utc>,
    },
    /// The facts of a customer are in both, or its facts in one and its orders in the other.
    #[error("customer `{subject}` is there already: orders add up, facts do not")]
    Twice {
        /// The customer.
        subject: SubjectId,
    },
}

pub(crate) fn same<B: Body>(
    (policy, as_of): (&Document<B>, DateTime<Utc>),
    (other, given): (&Document<B>, DateTime<Utc>),
) -> Result<(), MergeError> {
    if policy.stamp() != other.stamp() {
        return Err(MergeError::AnotherPolicy);
    }
    if as_of != given {
        return Err(MergeError::AnotherInstant { given, expected: as_of });
    }
    Ok(())
}
