//! The leaves of the text form: terms, tests and values.
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use guanxi_core::{Currency, Money, parse_decimal};
use rust_decimal::Decimal;

use crate::lexer::{At, Kind, is_word};
use crate::literal::{read_day, read_instant};
use crate::parser::{Parser, Read};
use crate::span::Unit;
use crate::spec::{
    Asked, AttributeTestSpec, Count, EventsSpec, KindsSpec, ListSpec, Name, OperandSpec, PendingSpec, Raw,
    SpanSpec, Spec, TermSpec, TestSpec, ValueSpec, WindowSpec,
};
use crate::tree::{Comparison, Period, Presence, Side};

impl<'s> Parser<'s, '_> {
    pub(crate) fn leaf(&mut self) -> Read<Spec<At<'s>>> {
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
