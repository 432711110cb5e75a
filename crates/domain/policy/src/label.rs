//! Texts for codes, in one language a pack. Labels never change a result.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use guanxi_core::{Arg, ReasonCode};
use rust_decimal::Decimal;

/// The texts of one language: `tier.strategic` -> `Strategic`, `reason.next_tier` ->
/// `{short_by} points below {tier}`.
///
/// ```
/// use guanxi_policy::LabelPack;
/// let pack = LabelPack::parse(r#"{"tier.key": "Key", "reason.near": "{short_by} below {tier}"}"#)?;
/// assert_eq!(pack.label("tier", "key"), "Key");
/// // A code without a label stands for itself, so a policy may declare its own.
/// assert_eq!(pack.label("tier", "gold"), "gold");
/// # Ok::<(), guanxi_policy::LabelError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelPack(BTreeMap<String, String>);

/// Why a text is not a label pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// Not a JSON table of texts.
    #[error("expected a table of texts: {message}")]
    Malformed {
        /// What is wrong with it.
        message: String,
    },
    /// A `{` without its `}`.
    #[error("label `{code}` has a `{{` without its `}}`")]
    OpenSlot {
        /// The label's code.
        code: String,
    },
}

/// Further labels that a host knows, such as the names of its customers under `subject.ID`.
impl Extend<(String, String)> for LabelPack {
    fn extend<T: IntoIterator<Item = (String, String)>>(&mut self, labels: T) {
        self.0.extend(labels);
    }
}

impl LabelPack {
    /// Reads a pack from a JSON table of code -> text; `{name}` in a text is a slot.
    ///
    /// # Errors
    /// [`LabelError`].
    pub fn parse(json: &str) -> Result<Self, LabelError> {
        let labels: BTreeMap<String, String> = serde_json::from_str(json)
            .map_err(|error| LabelError::Malformed { message: error.to_string() })?;
        for (code, text) in &labels {
            if text.split('{').skip(1).any(|rest| !rest.contains('}')) {
                return Err(LabelError::OpenSlot { code: code.clone() });
            }
        }
        Ok(Self(labels))
    }

    /// Both packs together; where both have a code, the other one's text counts.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The text of a code, if the pack has one.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(String::as_str)
    }

    /// The label of a code in a name space, or the code itself.
    #[must_use]
    pub fn label<'a>(&'a self, space: &str, code: &'a str) -> &'a str {
        self.get(&format!("{space}.{code}")).unwrap_or(code)
    }

    /// All codes with their texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, text)| (code.as_str(), text.as_str()))
    }

    /// The codes of another pack that this one lacks, and those whose slots differ.
    #[must_use]
    pub fn gaps<'a>(&self, other: &'a Self) -> Vec<&'a str> {
        let slots = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|s| s.split('}').next()).map(Into::into).collect();
            names.sort();
            names
        };
        other
            .iter()
            .filter(|(code, text)| self.get(code).is_none_or(|own| slots(own) != slots(text)))
            .map(|(code, _)| code)
            .collect()
    }

    /// A reason as text: the label `reason.CODE` with its slots filled, or code and arguments where
    /// the pack has no text for it.
    #[must_use]
    pub fn reason(&self, reason: &dyn ReasonCode) -> String {
        let code = reason.code();
        self.fill("reason", code, &reason.args())
    }

    /// The label of a code in a name space with its slots filled from named arguments.
    #[must_use]
    pub fn fill(&self, space: &str, code: &str, args: &[(&str, Arg)]) -> String {
        let mut text = String::new();
        let Some(template) = self.get(&format!("{space}.{code}")) else {
            text.push_str(code);
            for (name, arg) in args {
                // Writing to a `String` cannot fail.
                let _ = write!(text, " {name}={}", self.arg(arg));
            }
            return text;
        };
        let mut rest = template;
        while let Some((before, slot_on)) = rest.split_once('{') {
            text.push_str(before);
            let (name, after) = slot_on.split_once('}').unwrap_or((slot_on, ""));
            match args.iter().find(|(arg, _)| *arg == name) {
                Some((_, arg)) => text.push_str(&self.arg(arg)),
                None => {
                    let _ = write!(text, "{{{name}}}");
                }
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }

    /// An argument as text: labels looked up, shares in percent, instants as days.
    #[must_use]
    pub fn arg(&self, arg: &Arg) -> String {
        match arg {
            Arg::Label(space, code) => self.label(space, code).into(),
            Arg::Decimal(value) => value.normalize().to_string(),
            Arg::Score(score) => score.to_string(),
            Arg::Share(share) => {
                let percent = share.get().checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default();
                format!("{} %", percent.normalize())
            }
            Arg::Count(count) => count.to_string(),
            Arg::Instant(at) => at.format("%Y-%m-%d").to_string(),
            Arg::Text(text) => text.clone(),
            other => format!("{other:?}"),
        }
    }
}
