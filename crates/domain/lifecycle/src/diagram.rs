//! A definition as a picture: Mermaid and DOT.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use guanxi_core::Arg;
use guanxi_policy::LabelPack;

use crate::definition::{Edge, Lifecycle};
use crate::id::StageId;
use crate::spec::{Origin, StageKind};

impl Lifecycle {
    /// The definition as a Mermaid `stateDiagram-v2`, with the labels of a pack.
    ///
    /// An edge shows its name and what takes it; what leads from every stage is drawn once, from a node that
    /// stands for any of them. Texts are made harmless: whatever a definition or a pack holds, the diagram
    /// has as many stages and edges as the definition.
    #[must_use]
    pub fn mermaid(&self, pack: &LabelPack) -> String {
        let mut text = String::from("stateDiagram-v2\n");
        let names = self.names();
        let name = |stage: &StageId| names.get(stage).map_or("", String::as_str);
        for stage in self.stages() {
            let label = plain(pack.label("stage", stage.id.as_str()));
            let _ = writeln!(text, "    state \"{label}\" as {}", name(&stage.id));
        }
        if self.edges().iter().any(|edge| edge.spec().from == Origin::Any) {
            let _ = writeln!(text, "    state \"{}\" as any", plain(&any(pack)));
        }
        for edge in self.edges() {
            let froms: Vec<&str> = match &edge.spec().from {
                Origin::Nowhere => ["[*]"].into(),
                Origin::Any => ["any"].into(),
                Origin::Stages(stages) => stages.iter().map(name).collect(),
            };
            for from in froms {
                let label = plain(&told(edge, pack));
                let _ = writeln!(text, "    {from} --> {}: {label}", name(edge.to()));
            }
        }
        for stage in self.stages().iter().filter(|stage| stage.kind == StageKind::Terminal) {
            let _ = writeln!(text, "    {} --> [*]", name(&stage.id));
        }
        text
    }

    /// The definition as a DOT graph for Graphviz, with the labels of a pack; as [`Lifecycle::mermaid`].
    ///
    /// Parked stages are dashed, terminal ones have a double rim; edges that lead back are dashed, timed
    /// ones dotted.
    #[must_use]
    pub fn dot(&self, pack: &LabelPack) -> String {
        let mut text =
            String::from("digraph lifecycle {\n    rankdir=LR;\n    node [shape=box, style=rounded];\n");
        let names = self.names();
        let name = |stage: &StageId| names.get(stage).map_or("", String::as_str);
        let _ = writeln!(text, "    none [shape=point];");
        for stage in self.stages() {
            let look = match stage.kind {
                StageKind::Open => "",
                StageKind::Parked => ", style=\"rounded,dashed\"",
                StageKind::Terminal => ", peripheries=2",
            };
            let label = quoted(pack.label("stage", stage.id.as_str()));
            let _ = writeln!(text, "    {} [label={label}{look}];", name(&stage.id));
        }
        if self.edges().iter().any(|edge| edge.spec().from == Origin::Any) {
            let _ = writeln!(text, "    any [label={}, shape=plaintext];", quoted(&any(pack)));
        }
        for edge in self.edges() {
            let froms: Vec<&str> = match &edge.spec().from {
                Origin::Nowhere => ["none"].into(),
                Origin::Any => ["any"].into(),
                Origin::Stages(stages) => stages.iter().map(name).collect(),
            };
            let look = match (edge.spec().regress.is_some(), edge.is_timed()) {
                (true, _) => ", style=dashed",
                (false, true) => ", style=dotted",
                (false, false) => "",
            };
            for from in froms {
                let label = quoted(&told(edge, pack));
                let _ = writeln!(text, "    {from} -> {} [label={label}{look}];", name(edge.to()));
            }
        }
        text.push_str("}\n");
        text
    }

    /// A name for each stage that every notation takes: codes may hold letters and signs that it does not.
    fn names(&self) -> BTreeMap<&StageId, String> {
        (1..).zip(self.stages()).map(|(place, stage)| (&stage.id, format!("s{place}"))).collect()
    }
}

fn any(pack: &LabelPack) -> String {
    pack.label("stage", "any").to_string()
}

/// The edge by its label, with what takes it.
fn told(edge: &Edge, pack: &LabelPack) -> String {
    let on: Vec<String> = edge
        .spec()
        .on
        .iter()
        .map(|on| {
            let code = on.to_string();
            pack.label("event", &code).to_string()
        })
        .collect();
    let on = if on.is_empty() { pack.label("cause", "time").to_string() } else { on.join(", ") };
    let label = pack.label("edge", edge.id().as_str()).to_string();
    let args = [("edge", Arg::Text(label)), ("on", Arg::Text(on))];
    pack.fill("diagram", "edge", &args)
}

/// A text without what Mermaid reads as its own.
fn plain(text: &str) -> String {
    let harmless =
        |c: char| !c.is_control() && !matches!(c, '"' | ';' | ':' | '#' | '<' | '>' | '{' | '}' | '%');
    text.chars().map(|c| if harmless(c) { c } else { ' ' }).collect()
}

/// A text as DOT quotes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
