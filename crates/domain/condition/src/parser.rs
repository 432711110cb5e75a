//! The text form, read.
//!
//! ```text
//! condition  = all { "or" all }
//! all        = part { "and" part }
//! part       = "not" part | "(" condition ")" | "always" | "never" | leaf
//! leaf       = ("no" | "any") EVENTS | pending | term test | "anniversary" "of" term "within" number "days"
//! ```
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::lexer::{At, Kind, Page, Token, cut};
use crate::limits;
use crate::spec::{Place, Spec};

/// Reads a text as far as it goes; what is wrong stands on the page.
pub(crate) fn parse<'s>(page: &'s Page<'s>) -> Spec<At<'s>> {
    if page.text.len() > limits::BYTES {
        let place = At { span: 0..0, page };
        place.report(
            "limit",
            format!("{} bytes", page.text.len()),
            format!("at most {} bytes", limits::BYTES),
        );
        return Spec::Broken;
    }
    let tokens = cut(page);
    let mut parser = Parser {
        page,
        tokens: &tokens,
        at: 0,
        open: 0,
        level: 1,
        nodes: 0,
        stopped: false,
        partial: Spec::Broken,
    };
    let spec = parser.any();
    while parser.peek().is_some() {
        // What is left after a whole condition can only be a bracket too many.
        parser.wrong("`and`, `or` or the end: no `(` is open");
        parser.at += 1;
        while let Some(Kind::Word("and" | "or")) = parser.peek() {
            parser.at += 1;
            parser.any();
        }
    }
    spec
}

pub(crate) struct Parser<'s, 't> {
    page: &'s Page<'s>,
    tokens: &'t [Token<'s>],
    pub(crate) at: usize,
    /// Brackets that are open.
    open: usize,
    level: usize,
    nodes: usize,
    stopped: bool,
    /// What was read of a leaf before it broke off.
    pub(crate) partial: Spec<At<'s>>,
}

/// Something that was read; `None` after what is wrong has been reported.
pub(crate) type Read<T> = Option<T>;

impl<'s, 't> Parser<'s, 't> {
    pub(crate) fn peek(&self) -> Option<&'t Kind<'s>> {
        self.look(0)
    }

    pub(crate) fn look(&self, ahead: usize) -> Option<&'t Kind<'s>> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    /// The place of the next token, or the end of the text.
    pub(crate) fn here(&self) -> At<'s> {
        let end = self.page.text.len();
        let span = self.tokens.get(self.at).map_or(end..end, |token| token.span.clone());
        At { span, page: self.page }
    }

    /// The place from a token to the last one taken.
    pub(crate) fn since(&self, first: usize) -> At<'s> {
        let start = self.tokens.get(first).map_or(self.page.text.len(), |token| token.span.start);
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last));
        At { span: start..last.map_or(start, |token| token.span.end.max(start)), page: self.page }
    }

    /// Reports that something else should stand next. What is not of the language has been reported.
    fn wrong(&self, allowed: &str) {
        match self.peek() {
            _ if self.stopped => {}
            Some(Kind::Unknown) => {}
            Some(_) => self.here().refuse("syntax", allowed.into()),
            None => self.here().report("syntax", "the end".into(), allowed.into()),
        }
    }

    pub(crate) fn expected<T>(&self, allowed: &str) -> Read<T> {
        self.wrong(allowed);
        None
    }

    /// Reads no further, for a reason that ends it all.
    fn stop(&mut self, place: &At<'s>, given: &str, allowed: String) {
        if !self.stopped {
            place.report("limit", given.into(), allowed);
        }
        self.stopped = true;
        self.at = self.tokens.len();
    }

    pub(crate) fn bump(&mut self) {
        match self.peek() {
            Some(Kind::Sign("(" | "[")) => self.open += 1,
            Some(Kind::Sign(")" | "]")) => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.at += 1;
    }

    fn take(&mut self, kind: &Kind<'_>) -> bool {
        let found = self.peek() == Some(kind);
        if found {
            self.bump();
        }
        found
    }

    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Word(own)) if *own == word);
        if found {
            self.bump();
        }
        found
    }

    pub(crate) fn sign(&mut self, sign: &'static str) -> bool {
        self.take(&Kind::Sign(sign))
    }

    pub(crate) fn must(&mut self, sign: &'static str) -> Read<()> {
        if self.sign(sign) { Some(()) } else { self.expected(&format!("`{sign}`")) }
    }

    pub(crate) fn must_word(&mut self, word: &str) -> Read<()> {
        if self.word(word) { Some(()) } else { self.expected(&format!("`{word}`")) }
    }

    fn node(&mut self, first: usize) {
        self.nodes += 1;
        if self.nodes > limits::NODES {
            let allowed = format!("at most {} nodes", limits::NODES);
            let place = self.since(first);
            self.stop(&place, &format!("more than {} nodes", limits::NODES), allowed);
        }
    }

    fn any(&mut self) -> Spec<At<'s>> {
        self.joined("or", Self::all, Spec::Any)
    }

    fn all(&mut self) -> Spec<At<'s>> {
        self.joined("and", Self::part, Spec::All)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Spec<At<'s>>,
        join: fn(At<'s>, Vec<Spec<At<'s>>>) -> Spec<At<'s>>,
    ) -> Spec<At<'s>> {
        let first = self.at;
        let one = part(self);
        if !self.word(word) {
            return one;
        }
        let mut parts = Vec::from([one, part(self)]);
        while self.word(word) {
            parts.push(part(self));
        }
        self.node(first);
        join(self.since(first), parts)
    }

    fn deeper(&mut self, first: usize, read: fn(&mut Self) -> Spec<At<'s>>) -> Spec<At<'s>> {
        if self.level >= limits::LEVELS {
            let place = self.since(first);
            self.stop(&place, "deeper nesting", format!("at most {} levels of nesting", limits::LEVELS));
            return Spec::Broken;
        }
        self.level += 1;
        let spec = read(self);
        self.level -= 1;
        spec
    }

    fn part(&mut self) -> Spec<At<'s>> {
        let (first, open) = (self.at, self.open);
        let spec = match self.peek() {
            Some(Kind::Word("not")) => {
                self.bump();
                self.node(first);
                let part = self.deeper(first, Self::part);
                return Spec::Not(self.since(first), Box::new(part));
            }
            Some(Kind::Sign("(")) => {
                self.bump();
                let spec = self.deeper(first, Self::any);
                self.must(")").map(|()| spec)
            }
            _ => {
                self.node(first);
                self.leaf()
            }
        };
        let after = matches!(self.peek(), None | Some(Kind::Word("and" | "or") | Kind::Sign(")")));
        if spec.is_none() || !after {
            if spec.is_some() {
                self.wrong("`and`, `or` or the end");
            }
            self.recover(first, open);
        }
        spec.unwrap_or_else(|| core::mem::replace(&mut self.partial, Spec::Broken))
    }

    /// Goes on where the next part of the condition can begin.
    fn recover(&mut self, first: usize, open: usize) {
        // The `and` of an unfinished `between` joins nothing.
        let seen = self.tokens.get(first..self.at).unwrap_or_default();
        let word = |word| move |token: &Token<'_>| token.kind == Kind::Word(word);
        let mut between = seen.iter().any(word("between")) && !seen.iter().any(word("and"));
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Word("between") => between = true,
                Kind::Word("and") if between => between = false,
                Kind::Word("and" | "or") | Kind::Sign(")") if self.open <= open => return,
                _ => {}
            }
            self.bump();
        }
    }
}
