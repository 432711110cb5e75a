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
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{Currency, Money, parse_decimal};
use rust_decimal::Decimal;

use crate::lexer::{At, Kind, Page, Token, cut, is_word};
use crate::limits;
use crate::literal::{read_day, read_instant};
use crate::span::Unit;
use crate::spec::{
    Asked, AttributeTestSpec, Count, EventsSpec, KindsSpec, ListSpec, Name, OperandSpec, PendingSpec, Place,
    Raw, SpanSpec, Spec, TermSpec, TestSpec, ValueSpec, WindowSpec,
};
use crate::tree::{Comparison, Period, Presence, Side};

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

struct Parser<'s, 't> {
    page: &'s Page<'s>,
    tokens: &'t [Token<'s>],
    at: usize,
    /// Brackets that are open.
    open: usize,
    level: usize,
    nodes: usize,
    stopped: bool,
    /// What was read of a leaf before it broke off.
    partial: Spec<At<'s>>,
}

type Read<T> = Option<T>;

impl<'s, 't> Parser<'s, 't> {
    fn peek(&self) -> Option<&'t Kind<'s>> {
        self.look(0)
    }

    fn look(&self, ahead: usize) -> Option<&'t Kind<'s>> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    /// The place of the next token, or the end of the text.
    fn here(&self) -> At<'s> {
        let end = self.page.text.len();
        let span = self.tokens.get(self.at).map_or(end..end, |token| token.span.clone());
        At { span, page: self.page }
    }

    /// The place from a token to the last one taken.
    fn since(&self, first: usize) -> At<'s> {
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

    fn expected<T>(&self, allowed: &str) -> Read<T> {
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

    fn bump(&mut self) {
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

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Word(own)) if *own == word);
        if found {
            self.bump();
        }
        found
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        self.take(&Kind::Sign(sign))
    }

    fn must(&mut self, sign: &'static str) -> Read<()> {
        if self.sign(sign) { Some(()) } else { self.expected(&format!("`{sign}`")) }
    }

    fn must_word(&mut self, word: &str) -> Read<()> {
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

    fn leaf(&mut self) -> Read<Spec<At<'s>>> {
        let first = self.at;
        let place = |own: &Self| own.since(first);
        self.partial = Spec::Broken;
        if self.word("always") {
            return Some(Spec::All(place(self), Vec::new()));
        }
        if self.word("never") {
            return Some(Spec::Any(place(self), Vec::new()));
        }
        if self.word("no") {
            return self.counted(first, Comparison::Equal, Decimal::ZERO);
        }
        if self.word("any") {
            return self.counted(first, Comparison::AtLeast, Decimal::ONE);
        }
        if self.word("pending") {
            return Some(Spec::Pending(self.pending()?));
        }
        if self.word("anniversary") {
            self.must_word("of")?;
            let term = self.term()?;
            let begin = self.at;
            self.must_word("within")?;
            let count = self.count()?;
            if !self.word("days") {
                self.must_word("day")?;
            }
            let test = TestSpec { place: self.since(begin), asked: Asked::Anniversary(count) };
            return Some(Spec::Test(Some(term), Some(test)));
        }
        let term = self.term()?;
        let begin = self.at;
        let Some(asked) = self.asked() else {
            self.partial = Spec::Test(Some(term), None);
            return None;
        };
        let test = TestSpec { place: self.since(begin), asked };
        Some(Spec::Test(Some(term), Some(test)))
    }

    /// `no EVENTS` and `any EVENTS`.
    fn counted(&mut self, first: usize, comparison: Comparison, number: Decimal) -> Read<Spec<At<'s>>> {
        let events = self.events()?;
        let place = self.since(first);
        let value = ValueSpec { place: place.clone(), raw: Raw::Number(number) };
        let asked = Asked::Compare(comparison, OperandSpec::Value(value));
        Some(Spec::Test(Some(TermSpec::Count(events)), Some(TestSpec { place, asked })))
    }

    fn term(&mut self) -> Read<TermSpec<At<'s>>> {
        match self.peek() {
            Some(Kind::Word("count")) => self.bracketed().map(TermSpec::Count),
            Some(Kind::Word("gap")) => self.bracketed().map(TermSpec::Gap),
            Some(Kind::Word("last")) => {
                let events = self.bracketed()?;
                let attribute =
                    if self.sign(".") { Some(Some(self.name("an attribute of events")?)) } else { None };
                Some(TermSpec::Last(events, attribute))
            }
            _ => self.name("a condition, such as `score >= 80`").map(TermSpec::Fact),
        }
    }

    fn bracketed(&mut self) -> Read<EventsSpec<At<'s>>> {
        self.bump();
        self.must("(")?;
        let events = self.events()?;
        self.must(")")?;
        Some(events)
    }

    /// A name, which is no word of the language unless it stands between backticks.
    fn name(&mut self, allowed: &str) -> Read<Name<At<'s>>> {
        let place = self.here();
        match self.peek() {
            Some(Kind::Word(word)) if is_word(word) => self.expected(&format!(
                "{allowed}; a name that is a word of the language is written `` `{word}` ``"
            )),
            Some(Kind::Word(name) | Kind::Name(name)) => {
                self.bump();
                Some(Name { text: (*name).into(), place })
            }
            _ => self.expected(allowed),
        }
    }

    fn events(&mut self) -> Read<EventsSpec<At<'s>>> {
        let mut events = EventsSpec { kinds: Some(self.kinds()?), tests: Vec::new(), within: None };
        if self.events_further(&mut events).is_none() {
            self.partial = Spec::Test(Some(TermSpec::Count(events)), None);
            return None;
        }
        Some(events)
    }

    fn events_further(&mut self, events: &mut EventsSpec<At<'s>>) -> Read<()> {
        if self.word("where") {
            events.tests.push(Some(self.attribute_test()?));
            while self.word("and") {
                events.tests.push(Some(self.attribute_test()?));
            }
        }
        if self.word("within") {
            events.within = Some(Some(self.window()?));
        }
        Some(())
    }

    fn kinds(&mut self) -> Read<KindsSpec<At<'s>>> {
        let first = self.at;
        let mut names = Vec::new();
        loop {
            let place = self.here();
            if let Some(Kind::Category(name)) = self.peek() {
                self.bump();
                names.push(Some(Name { text: (*name).into(), place }));
            } else {
                names.push(Some(self.name("a kind of events, such as `order.placed` or `@transaction`")?));
            }
            if !self.sign(",") {
                return Some(KindsSpec { place: self.since(first), names });
            }
        }
    }

    fn attribute_test(&mut self) -> Read<AttributeTestSpec<At<'s>>> {
        let attribute = self.name("an attribute of events")?;
        let place = self.here();
        let Some(comparison) = self.comparison() else {
            return self.expected(
                "`=`, `!=`, `<`, `<=`, `>` or `>=`: an `and` after `where` adds a test of attributes",
            );
        };
        let value = self.value()?;
        Some(AttributeTestSpec { attribute: Some(attribute), comparison, place, value: Some(value) })
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let Some(Kind::Sign(sign)) = self.peek() else { return None };
        let (comparison, ..) = Comparison::NAMES.iter().find(|(_, own, _)| own == sign)?;
        self.bump();
        Some(*comparison)
    }

    fn window(&mut self) -> Read<WindowSpec<At<'s>>> {
        let count = self.count()?;
        if !self.sign("*") {
            return Some(WindowSpec::Span(self.unit(count)?));
        }
        self.must_word("gap")?;
        self.must("(")?;
        let of = self.kinds()?;
        self.must(")")?;
        let at_least = if self.word("at") {
            self.must_word("least")?;
            Some(Some(self.days()?))
        } else {
            None
        };
        self.must_word("else")?;
        let otherwise = self.days()?;
        Some(WindowSpec::Rhythm { factor: Some(count), of: Some(of), at_least, otherwise: Some(otherwise) })
    }

    fn days(&mut self) -> Read<Count<At<'s>>> {
        let count = self.count()?;
        if !self.word("day") {
            self.must_word("days")?;
        }
        Some(count)
    }

    fn count(&mut self) -> Read<Count<At<'s>>> {
        let place = self.here();
        match self.peek() {
            Some(Kind::Number(text)) => {
                let number = self.number(text)?;
                Some(Count { number, place })
            }
            _ => self.expected("a number"),
        }
    }

    fn number(&mut self, text: &str) -> Read<Decimal> {
        match parse_decimal(text) {
            Ok(number) => {
                self.bump();
                Some(number)
            }
            Err(error) => self.expected(&error.to_string()),
        }
    }

    fn unit(&mut self, count: Count<At<'s>>) -> Read<SpanSpec<At<'s>>> {
        let unit = if let Some(Kind::Word(word)) = self.peek() { Unit::named(word) } else { None };
        let Some(unit) = unit else { return self.expected("`hours`, `days`, `weeks`, `months` or `years`") };
        self.bump();
        Some(SpanSpec { count, unit })
    }

    fn pending(&mut self) -> Read<PendingSpec<At<'s>>> {
        self.must("(")?;
        let opened = self.kinds()?;
        self.must_word("until")?;
        let closed = self.kinds()?;
        let by = if self.word("by") { Some(Some(self.name("an attribute of events")?)) } else { None };
        let age = if self.word("for") { Some(Some(self.window()?)) } else { None };
        self.must(")")?;
        Some(PendingSpec { opened: Some(opened), closed: Some(closed), by, age })
    }

    fn asked(&mut self) -> Read<Asked<At<'s>>> {
        if let Some(comparison) = self.comparison() {
            return Some(Asked::Compare(comparison, self.operand()?));
        }
        if self.word("between") {
            let from = self.value()?;
            self.must_word("and")?;
            return Some(Asked::Between(Some(from), Some(self.value()?)));
        }
        if self.word("in") {
            if self.peek() == Some(&Kind::Sign("[")) {
                return Some(Asked::In(self.list()?));
            }
            let side = self.one_of(&Side::NAMES, "a list in `[` and `]`, or `this`, `last` or `next`")?;
            let period = self.one_of(&Period::NAMES, "`week`, `month`, `quarter`, `half` or `year`")?;
            return Some(Asked::During(side, period));
        }
        if self.word("contains") {
            return Some(if self.word("any") {
                Asked::ContainsAny(self.list()?)
            } else if self.word("all") {
                Asked::ContainsAll(self.list()?)
            } else {
                Asked::Contains(self.value()?)
            });
        }
        if self.word("starts") {
            self.must_word("with")?;
            return Some(Asked::StartsWith(self.value()?));
        }
        if self.word("ends") {
            self.must_word("with")?;
            return Some(Asked::EndsWith(self.value()?));
        }
        if self.word("is") {
            return self.is();
        }
        if self.word("within") {
            let last = self.word("last");
            if !last && !self.word("next") {
                return self.expected("`last` or `next`");
            }
            let count = self.count()?;
            let span = self.unit(count)?;
            return Some(if last { Asked::WithinLast(span) } else { Asked::WithinNext(span) });
        }
        self.expected("a test: `=`, `!=`, `<`, `<=`, `>`, `>=`, `between`, `in`, `contains`, `starts with`, `ends with`, `is`, `within`")
    }

    fn is(&mut self) -> Read<Asked<At<'s>>> {
        Some(if self.word("known") {
            Asked::Is(Presence::Known)
        } else if self.word("missing") {
            Asked::Is(Presence::Missing)
        } else if self.word("past") {
            Asked::Past
        } else if self.word("future") {
            Asked::Future
        } else if self.word("not") {
            self.must_word("applicable")?;
            Asked::Is(Presence::NotApplicable)
        } else {
            return self.expected("`known`, `missing`, `not applicable`, `past` or `future`");
        })
    }

    fn one_of<T: Copy>(&mut self, names: &[(&'static str, T)], allowed: &str) -> Read<T> {
        match names.iter().find(|(name, _)| self.word(name)) {
            Some((_, found)) => Some(*found),
            None => self.expected(allowed),
        }
    }

    fn list(&mut self) -> Read<ListSpec<At<'s>>> {
        let first = self.at;
        self.must("[")?;
        let mut values = Vec::new();
        loop {
            values.push(Some(self.value()?));
            if !self.sign(",") {
                break;
            }
        }
        if !self.sign("]") {
            return self.expected("`,` or `]`");
        }
        Some(ListSpec { place: self.since(first), values })
    }

    fn operand(&mut self) -> Read<OperandSpec<At<'s>>> {
        let first = self.at;
        let is_term = match self.peek() {
            Some(Kind::Name(_) | Kind::Word("count" | "last" | "gap")) => true,
            Some(Kind::Word(word)) => !is_word(word) && !matches!(self.look(1), Some(Kind::Number(_))),
            _ => false,
        };
        if !is_term {
            return self.value().map(OperandSpec::Value);
        }
        let term = self.term()?;
        Some(OperandSpec::Term(self.since(first), term))
    }

    fn value(&mut self) -> Read<ValueSpec<At<'s>>> {
        let first = self.at;
        let raw = match self.peek() {
            Some(Kind::Text(text)) => Raw::Text(text.clone()),
            Some(Kind::Word("true")) => Raw::Bool(true),
            Some(Kind::Word("false")) => Raw::Bool(false),
            Some(Kind::Number(text)) => self.numeral(text)?,
            Some(Kind::Word(word)) if matches!(self.look(1), Some(Kind::Number(_))) => {
                let Ok(currency) = word.parse::<Currency>() else {
                    return self
                        .expected("a value; an amount of money begins with its currency, such as `CNY`");
                };
                self.bump();
                let Some(Kind::Number(text)) = self.peek() else { return None };
                match parse_decimal(text) {
                    Ok(amount) => Raw::Money(Money::new(amount, currency)),
                    Err(error) => return self.expected(&error.to_string()),
                }
            }
            _ => {
                return self
                    .expected("a value, such as `80`, `\"text\"`, `true`, `CNY 120.50` or `2026-06-30`");
            }
        };
        self.bump();
        Some(ValueSpec { place: self.since(first), raw })
    }

    fn numeral(&self, text: &str) -> Read<Raw> {
        if let Some(day) = read_day(text) {
            return Some(Raw::Day(day));
        }
        if text.split('-').map(str::len).eq([4, 2, 2]) {
            return self.expected("a day that there is, such as `2026-06-30`");
        }
        if text.contains(':') || text.contains('T') {
            let Some(instant) = read_instant(text) else {
                return self.expected("an instant with its offset, such as `2026-06-30T08:00:00+08:00`");
            };
            return Some(Raw::Instant(instant));
        }
        match parse_decimal(text) {
            Ok(number) => Some(Raw::Number(number)),
            Err(error) => self.expected(&error.to_string()),
        }
    }
}
