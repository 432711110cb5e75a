use guanxi_core::Share;
use guanxi_policy::Node;
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use crate::number::{one, parts, share};

/// The share that a class should have, bounds included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The least share expected.
    pub from: Share,
    /// The greatest share expected.
    pub to: Share,
}

/// How a share compares with what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Less than expected.
    Below,
    /// As expected.
    Within,
    /// More than expected.
    Above,
    /// Nothing is expected, or there is no whole to have a share of.
    Open,
}

/// A share against its expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The share, rounded half-up to four places; `None` where there is no whole.
    pub share: Option<Share>,
    /// What was expected.
    pub expected: Option<Expected>,
    /// The comparison, made with the exact share.
    pub verdict: Verdict,
}

impl Compared {
    pub(crate) fn new(part: &BigInt, whole: &BigInt, expected: Option<Expected>) -> Self {
        let verdict = match expected {
            Some(Expected { from, to }) if *whole > BigInt::ZERO => {
                let (exact, at) = (part * one(), |bound: Share| parts(bound.get()) * whole);
                if exact < at(from) {
                    Verdict::Below
                } else if exact > at(to) {
                    Verdict::Above
                } else {
                    Verdict::Within
                }
            }
            _ => Verdict::Open,
        };
        Self { share: share(part, whole), expected, verdict }
    }
}

pub(crate) fn read_expected(node: &Node<'_>) -> Option<Expected> {
    let fields = node.fields(&["from", "to"]);
    let bound = |name| fields.required(name).and_then(|node| node.get::<Share>());
    let (from, to) = (bound("from"), bound("to"));
    let (from, to) = (from?, to?);
    if from > to {
        node.report("not_allowed", alloc::format!("from {from} to {to}"), "from at most to");
    }
    Some(Expected { from, to })
}
