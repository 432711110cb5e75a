//! A text in every language that a document speaks.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use guanxi_core::is_inert;
use guanxi_policy::Node;
use serde::{Deserialize, Serialize};

use super::id::LanguageId;

/// One text in one or more languages: `{"en": "…", "zh-CN": "…"}`.
///
/// Each has 1 to 1 000 characters, none of them invisible or a control, and no blank at either end.
///
/// ```
/// use guanxi_strategy::Texts;
/// let texts: Texts = serde_json::from_str(r#"{"en": "Deep bond", "zh-CN": "深度绑定"}"#)?;
/// assert_eq!(texts.get("zh-CN"), Some("深度绑定"));
/// // A language that is not there: the first of those that are.
/// assert_eq!(texts.nearest("fr"), "Deep bond");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "BTreeMap<LanguageId, String>")]
pub struct Texts(BTreeMap<LanguageId, String>); // INVARIANT: not empty, each text as `check_one` wants it

/// Why texts are refused. It quotes none of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextsError {
    /// No language at all.
    #[error("expected a table of texts by language, such as `{{\"en\": \"…\"}}`, got none")]
    None,
    /// A text that says nothing, is too long, or holds what cannot be shown anywhere.
    #[error("the text for `{language}` must have 1 to {max} characters, none of them invisible, and no blank at either end", max = Texts::MAX_CHARS)]
    Text {
        /// Its language.
        language: LanguageId,
    },
}

impl Texts {
    /// The most characters of a text.
    pub const MAX_CHARS: usize = 1_000;

    /// Checks and keeps texts.
    ///
    /// # Errors
    /// [`TextsError`]: none, or the first that is not sound.
    pub fn new(texts: BTreeMap<LanguageId, String>) -> Result<Self, TextsError> {
        if texts.is_empty() {
            return Err(TextsError::None);
        }
        match texts.iter().find(|(_, text)| !Self::is_sound(text)) {
            Some((language, _)) => Err(TextsError::Text { language: language.clone() }),
            None => Ok(Self(texts)),
        }
    }

    fn is_sound(text: &str) -> bool {
        let bounded = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        bounded && text.trim().len() == text.len() && is_inert(text)
    }

    /// The text in a language.
    #[must_use]
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// The text in a language, or in the first by name of those that there are.
    #[must_use]
    pub fn nearest(&self, language: &str) -> &str {
        self.get(language).or_else(|| self.0.values().next().map(String::as_str)).unwrap_or_default()
    }

    /// The languages with their texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&LanguageId, &str)> {
        self.0.iter().map(|(language, text)| (language, text.as_str()))
    }

    /// Reads texts, reporting every problem to the node.
    #[must_use]
    pub fn read(node: &Node<'_>) -> Option<Self> {
        let (mut texts, mut sound) = (BTreeMap::new(), true);
        let entries = node.entries()?;
        if entries.is_empty() {
            node.refuse("not_allowed", "a text in at least one language");
            return None;
        }
        for (name, node) in entries {
            let language = LanguageId::new(name);
            let text = node.value().as_str().filter(|text| Self::is_sound(text));
            if language.is_err() {
                node.report("not_allowed", guanxi_core::Quoted(name).to_string(), "a language such as `en`");
            }
            if text.is_none() {
                let max = Self::MAX_CHARS;
                let allowed = format!(
                    "a text of 1 to {max} characters, none of them invisible, no blank at either end"
                );
                node.refuse("not_allowed", allowed);
            }
            match (language, text) {
                (Ok(language), Some(text)) => {
                    texts.insert(language, text.into());
                }
                _ => sound = false,
            }
        }
        sound.then_some(Self(texts))
    }
}

impl TryFrom<BTreeMap<LanguageId, String>> for Texts {
    type Error = TextsError;

    fn try_from(texts: BTreeMap<LanguageId, String>) -> Result<Self, TextsError> {
        Self::new(texts)
    }
}
