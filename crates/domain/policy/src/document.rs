use alloc::format;
use alloc::string::String;

use chrono::{DateTime, Datelike, Utc};
use guanxi_core::{DocumentId, Fingerprint, Stamp, Version, end_of_given_day, parse_instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fingerprint::fingerprint;
use crate::problem::Problems;
use crate::tree::{Node, check};

/// A document as people write it: an envelope around a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentSpec<B> {
    /// What kind of document this is, such as `guanxi.scoring/1`.
    pub schema: String,
    /// The name of the document; its versions share it.
    pub id: DocumentId,
    /// The version.
    pub version: Version,
    /// From when it is in force: an instant, or a day (its start in UTC). Always, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    /// Until when it is in force: an instant (the first one after), or its last day. For ever, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<String>,
    /// What the document says.
    pub body: B,
}

/// What the body of a checked document can do.
pub trait Body: Sized {
    /// The body as people write it; serialising it gives the form that is fingerprinted.
    type Spec: Serialize;
    /// The kind of document, such as `guanxi.scoring/1`.
    const SCHEMA: &'static str;
    /// Reads the body, reporting every problem to the node.
    fn read(node: &Node<'_>) -> Option<Self>;
    /// The body as people write it, in its one normal form.
    fn spec(&self) -> Self::Spec;
}

/// Which document this is and when it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The name of the document.
    pub id: DocumentId,
    /// Its version.
    pub version: Version,
    /// The first instant at which it is in force.
    pub effective_from: Option<DateTime<Utc>>,
    /// The first instant at which it no longer is.
    pub effective_to: Option<DateTime<Utc>>,
}

impl Head {
    /// Whether the document is in force at an instant.
    #[must_use]
    pub fn in_force(&self, at: DateTime<Utc>) -> bool {
        self.effective_from.is_none_or(|from| from <= at) && self.effective_to.is_none_or(|to| at < to)
    }
}

/// A checked document with its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<B> {
    head: Head,
    body: B,
    fingerprint: Fingerprint,
}

/// Something in a document that is legal but suspicious.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Where.
    pub path: String,
    /// What, as a stable code.
    pub code: &'static str,
    /// What was found.
    pub found: String,
    /// What to think about.
    pub advice: String,
}

impl<B: Body> Document<B> {
    /// Reads a document from its value tree.
    ///
    /// # Errors
    /// All [`Problems`] of envelope and body together.
    pub fn from_value(tree: &Value) -> Result<Self, Problems> {
        check(tree, |node| {
            let fields = node.fields(&["schema", "id", "version", "effective_from", "effective_to", "body"]);
            if let Some(schema) = fields.required("schema")
                && schema.value().as_str() != Some(B::SCHEMA)
            {
                schema.refuse("not_allowed", B::SCHEMA);
            }
            let id = fields.required("id").and_then(|node| node.get());
            let version = fields.required("version").and_then(|node| node.get());
            let instant = |name, read: fn(&str) -> Result<DateTime<Utc>, _>| {
                let node = fields.optional(name)?;
                let text: String = node.get()?;
                read(&text).map_err(|error| node.refuse("not_allowed", format!("{error}"))).ok()
            };
            let effective_from = instant("effective_from", parse_instant);
            let effective_to = instant("effective_to", end_of_given_day);
            if let (Some(from), Some(to)) = (effective_from, effective_to)
                && to <= from
                && let Some(node) = fields.optional("effective_to")
            {
                node.refuse("not_allowed", format!("an end after effective_from, {from}"));
            }
            let body = fields.required("body").and_then(|node| B::read(&node));
            let head = Head { id: id?, version: version?, effective_from, effective_to };
            Some(Self::seal(head, body?))
        })
    }

    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// All [`Problems`] of the document, or the one of the text if it is not JSON.
    pub fn from_json(text: &str) -> Result<Self, Problems> {
        match serde_json::from_str::<Value>(text) {
            Ok(tree) => Self::from_value(&tree),
            Err(error) => check(&Value::Null, |node| {
                node.report("not_json", format!("{error}"), "a JSON document");
                None
            }),
        }
    }

    /// Checks a document that was written in Rust.
    ///
    /// # Errors
    /// All [`Problems`], as for a text.
    pub fn from_spec(spec: &DocumentSpec<B::Spec>) -> Result<Self, Problems> {
        Self::from_value(&serde_json::to_value(spec).unwrap_or_default())
    }

    /// A document of a body that is checked already.
    #[must_use]
    pub fn seal(head: Head, body: B) -> Self {
        let fingerprint = fingerprint(&body.spec());
        Self { head, body, fingerprint }
    }

    /// Which document this is and when it is in force.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// What it says.
    #[must_use]
    pub const fn body(&self) -> &B {
        &self.body
    }

    /// Its id, version and fingerprint, as decisions name it.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp { id: self.head.id.clone(), version: self.head.version.clone(), fingerprint: self.fingerprint }
    }

    /// The document in its normal form, for showing and storing; reading it gives an equal document.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let text = |at: Option<DateTime<Utc>>| {
            // The end of the last day that can be written has no text of its own.
            let last = at.filter(|at| at.year() > 9999).map(|_| "9999-12-31".into());
            last.or(at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)))
        };
        let spec = DocumentSpec {
            schema: B::SCHEMA.into(),
            id: self.head.id.clone(),
            version: self.head.version.clone(),
            effective_from: text(self.head.effective_from),
            effective_to: text(self.head.effective_to),
            body: self.body.spec(),
        };
        serde_json::to_value(&spec).unwrap_or_default()
    }
}
