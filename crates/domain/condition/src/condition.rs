use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt::{self, Write};

use guanxi_core::{EventKind, FactId, FactIds};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::check::checked;
use crate::eval::Scene;
use crate::given::{Given, Moment};
use crate::lexer::{At, Page};
use crate::limits;
use crate::parser::parse;
use crate::problem::TextProblems;
use crate::read::read;
use crate::spec::Place;
use crate::tree::{Leaf, Node, Term};
use crate::truth::Truth;
use crate::vocabulary::Vocabulary;
use crate::write::tree;

/// A question that can be asked of every customer, checked against a [`Vocabulary`].
///
/// Shown and serialised, it is its one-line text; two conditions that are written alike are equal.
///
/// ```
/// use guanxi_condition::{Condition, Given, Moment, Truth, Vocabulary};
/// use guanxi_core::{FactKind, FactMap, FactSchema, FactValue, fact_id, parse_instant};
///
/// let vocabulary = Vocabulary::new().with_fact(fact_id!("score"), FactSchema::of(FactKind::Int));
/// let condition = Condition::parse("score>=80 and no complaint.opened within 90 days", &vocabulary)?;
/// assert_eq!(condition.to_string(), "score >= 80 and no complaint.opened within 90 days");
///
/// let facts = FactMap::new().with(fact_id!("score"), FactValue::Int(79), None);
/// let given = Given { facts: &facts, events: None };
/// // What happened is not known, but the score decides.
/// assert_eq!(condition.holds(&given, &Moment::utc(parse_instant("2026-06-30")?)), Truth::False);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    node: Node,
    facts: FactIds,
}

impl Condition {
    /// Reads the text form.
    ///
    /// # Errors
    /// All [`TextProblems`] together: what is no text of the language (`syntax`), what the vocabulary does not
    /// declare (`unknown_name`), what does not fit its kind (`wrong_type`, `not_allowed`), what is too much
    /// (`limit`).
    pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Self, TextProblems> {
        let page = Page { text, wrong: RefCell::new(Vec::new()) };
        let place = At { span: 0..text.len(), page: &page };
        let node = checked(&parse(&page), vocabulary);
        let bounded = node.filter(|node| page.wrong.borrow().is_empty() && is_bounded(node, &place));
        match bounded {
            Some(node) if page.wrong.borrow().is_empty() => Ok(Self::new(node)),
            _ => Err(TextProblems::of(page)),
        }
    }

    /// Reads either form from a document, a text or a tree, and reports every problem to the node.
    #[must_use]
    pub fn read(node: &guanxi_policy::Node<'_>, vocabulary: &Vocabulary) -> Option<Self> {
        let Value::String(text) = node.value() else {
            let tree = checked(&read(node), vocabulary)?;
            return is_bounded(&tree, node).then(|| Self::new(tree));
        };
        match Self::parse(text, vocabulary) {
            Ok(condition) => Some(condition),
            Err(problems) => {
                for problem in problems.iter() {
                    let line =
                        if problem.line > 1 { format!("line {}, ", problem.line) } else { "".to_string() };
                    let given = format!("{} ({line}column {})", problem.given, problem.column);
                    node.report(problem.code, given, problem.allowed.clone());
                }
                None
            }
        }
    }

    fn new(node: Node) -> Self {
        let mut facts: Vec<FactId> = Vec::new();
        node.leaves(&mut |leaf| {
            facts.extend(leaf.terms().filter_map(|term| match term {
                Term::Fact(id, _) => Some(id.clone()),
                _ => None,
            }));
        });
        Self { node, facts: facts.into_iter().collect() }
    }

    /// The condition that holds always.
    #[must_use]
    pub fn always() -> Self {
        Self::new(Node::All(Vec::new()))
    }

    /// The condition that never holds.
    #[must_use]
    pub fn never() -> Self {
        Self::new(Node::Any(Vec::new()))
    }

    /// The tree form.
    #[must_use]
    pub fn tree(&self) -> Value {
        tree(&self.node)
    }

    /// The facts that it reads.
    #[must_use]
    pub const fn fact_ids(&self) -> &FactIds {
        &self.facts
    }

    /// Whether it reads events at all.
    #[must_use]
    pub fn reads_events(&self) -> bool {
        self.any_leaf(Leaf::reads_events)
    }

    /// Whether an event of this kind may matter to it.
    #[must_use]
    pub fn reads(&self, kind: &EventKind) -> bool {
        self.any_leaf(|leaf| leaf.reads(kind))
    }

    fn any_leaf(&self, holds: impl Fn(&Leaf) -> bool) -> bool {
        let mut found = false;
        self.node.leaves(&mut |leaf| found |= holds(leaf));
        found
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, given: &Given<'_>, at: &Moment) -> Truth {
        Scene::new(given, at).node(&self.node)
    }

    /// The checked condition, for what walks it.
    pub(crate) const fn node(&self) -> &Node {
        &self.node
    }
}

/// The one-line text.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// As its one-line text.
impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A condition as people write it in a document: its text, or its tree.
///
/// For the `...Spec` of a policy; [`Condition::read`] checks it. A checked policy gives the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ConditionSpec(pub Value);

impl From<&Condition> for ConditionSpec {
    fn from(condition: &Condition) -> Self {
        Self(condition.to_string().into())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ConditionSpec {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Condition".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A condition: a text such as `region = \"East China\" and score >= 80`, or its tree.",
            "type": ["string", "object"]
        })
    }
}

/// Whether a condition can be written back within the limit.
fn is_bounded(node: &Node, place: &impl Place) -> bool {
    struct Counted(usize);

    impl Write for Counted {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }

    let mut written = Counted(0);
    // Counting cannot fail.
    let _ = write!(written, "{node}");
    let bounded = written.0 <= limits::BYTES;
    if !bounded {
        let allowed = format!("at most {} bytes as text", limits::BYTES);
        place.report("limit", format!("{} bytes", written.0), allowed);
    }
    bounded
}
