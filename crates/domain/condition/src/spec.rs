//! A condition as it was read, from text or from a tree, before anybody asked what its names mean.
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::Money;
use guanxi_policy::Node;
use rust_decimal::Decimal;

use crate::span::Unit;
use crate::tree::{Comparison, Period, Presence, Side};

/// Where something stands, and where to report what is wrong with it.
pub(crate) trait Place: Clone {
    /// Reports what stands there.
    fn refuse(&self, code: &'static str, allowed: String);
    /// Reports in other words.
    fn report(&self, code: &'static str, given: String, allowed: String);
}

impl Place for Node<'_> {
    fn refuse(&self, code: &'static str, allowed: String) {
        Node::refuse(self, code, allowed);
    }
    fn report(&self, code: &'static str, given: String, allowed: String) {
        Node::report(self, code, given, allowed);
    }
}

/// Something that was read; `None` if it could not be, which has been reported.
pub(crate) type Part<T> = Option<T>;

/// A condition or a part of one.
pub(crate) enum Spec<P> {
    All(P, Vec<Self>),
    Any(P, Vec<Self>),
    Not(P, Box<Self>),
    Test(Part<TermSpec<P>>, Part<TestSpec<P>>),
    Pending(PendingSpec<P>),
    /// Could not be read, which has been reported.
    Broken,
}

/// A name.
pub(crate) struct Name<P> {
    pub(crate) text: String,
    pub(crate) place: P,
}

/// A number that counts something.
pub(crate) struct Count<P> {
    pub(crate) number: Decimal,
    pub(crate) place: P,
}

pub(crate) enum TermSpec<P> {
    Fact(Name<P>),
    Count(EventsSpec<P>),
    Last(EventsSpec<P>, Option<Part<Name<P>>>),
    Gap(EventsSpec<P>),
}

pub(crate) struct EventsSpec<P> {
    pub(crate) kinds: Part<KindsSpec<P>>,
    pub(crate) tests: Vec<Part<AttributeTestSpec<P>>>,
    pub(crate) within: Option<Part<WindowSpec<P>>>,
}

pub(crate) struct KindsSpec<P> {
    pub(crate) place: P,
    pub(crate) names: Vec<Part<Name<P>>>,
}

pub(crate) struct AttributeTestSpec<P> {
    pub(crate) attribute: Part<Name<P>>,
    pub(crate) comparison: Comparison,
    pub(crate) place: P,
    pub(crate) value: Part<ValueSpec<P>>,
}

pub(crate) enum WindowSpec<P> {
    Span(SpanSpec<P>),
    Rhythm {
        factor: Part<Count<P>>,
        of: Part<KindsSpec<P>>,
        at_least: Option<Part<Count<P>>>,
        otherwise: Part<Count<P>>,
    },
}

pub(crate) struct SpanSpec<P> {
    pub(crate) count: Count<P>,
    pub(crate) unit: Unit,
}

pub(crate) struct PendingSpec<P> {
    pub(crate) opened: Part<KindsSpec<P>>,
    pub(crate) closed: Part<KindsSpec<P>>,
    pub(crate) by: Option<Part<Name<P>>>,
    pub(crate) age: Option<Part<WindowSpec<P>>>,
}

/// A test and where it is named.
pub(crate) struct TestSpec<P> {
    pub(crate) place: P,
    pub(crate) asked: Asked<P>,
}

pub(crate) enum Asked<P> {
    Compare(Comparison, OperandSpec<P>),
    Between(Part<ValueSpec<P>>, Part<ValueSpec<P>>),
    In(ListSpec<P>),
    Contains(ValueSpec<P>),
    ContainsAny(ListSpec<P>),
    ContainsAll(ListSpec<P>),
    StartsWith(ValueSpec<P>),
    EndsWith(ValueSpec<P>),
    Is(Presence),
    Past,
    Future,
    WithinLast(SpanSpec<P>),
    WithinNext(SpanSpec<P>),
    During(Side, Period),
    Anniversary(Count<P>),
}

pub(crate) struct ListSpec<P> {
    pub(crate) place: P,
    pub(crate) values: Vec<Part<ValueSpec<P>>>,
}

pub(crate) enum OperandSpec<P> {
    Value(ValueSpec<P>),
    Term(P, TermSpec<P>),
}

pub(crate) struct ValueSpec<P> {
    pub(crate) place: P,
    pub(crate) raw: Raw,
}

/// A value as its form shows it.
pub(crate) enum Raw {
    /// A text of the tree form, which may be anything that is written as text.
    Loose(String),
    Text(String),
    Number(Decimal),
    Bool(bool),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    Money(Money),
    /// Nothing that a value can be.
    Other,
}
