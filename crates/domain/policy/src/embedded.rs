//! Documents and labels that a crate carries.
use crate::document::{Body, Document};
use crate::label::LabelPack;

/// Texts that a crate carries, each with the name by which it is asked for.
///
/// A text that is not what it is asked for as is not there; whoever carries it tests that it is.
///
/// ```
/// use guanxi_policy::Embedded;
/// const LABELS: Embedded<2> =
///     Embedded::new([("en", r#"{"tier.key": "Key"}"#), ("zh-CN", r#"{"tier.key": "重点"}"#)]);
/// assert_eq!(LABELS.names(), ["en", "zh-CN"]);
/// assert_eq!(LABELS.labels("zh-CN").unwrap_or_default().label("tier", "key"), "重点");
/// assert!(LABELS.labels("fr").is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Embedded<const N: usize>([(&'static str, &'static str); N]);

impl<const N: usize> Embedded<N> {
    /// Texts with their names.
    #[must_use]
    pub const fn new(texts: [(&'static str, &'static str); N]) -> Self {
        Self(texts)
    }

    /// The names, in their order.
    #[must_use]
    pub fn names(&self) -> [&'static str; N] {
        self.0.map(|(name, _)| name)
    }

    /// A document by its name.
    #[must_use]
    pub fn document<B: Body>(&self, name: &str) -> Option<Document<B>> {
        Document::from_json(self.text(name)?).ok()
    }

    /// A pack of labels by its language.
    #[must_use]
    pub fn labels(&self, lang: &str) -> Option<LabelPack> {
        LabelPack::parse(self.text(lang)?).ok()
    }

    fn text(&self, name: &str) -> Option<&'static str> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, text)| *text)
    }
}
