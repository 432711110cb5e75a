//! The text form, cut into words, names, values and signs.
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;

use guanxi_core::Quoted;

use crate::spec::Place;

/// The words of the language; a name that is one of them stands between backticks.
pub(crate) const WORDS: [&str; 50] = [
    "all",
    "always",
    "and",
    "anniversary",
    "any",
    "applicable",
    "at",
    "between",
    "by",
    "contains",
    "count",
    "day",
    "days",
    "else",
    "ends",
    "false",
    "for",
    "future",
    "gap",
    "half",
    "hour",
    "hours",
    "in",
    "is",
    "known",
    "last",
    "least",
    "missing",
    "month",
    "months",
    "never",
    "next",
    "no",
    "not",
    "of",
    "or",
    "past",
    "pending",
    "quarter",
    "starts",
    "this",
    "true",
    "until",
    "week",
    "weeks",
    "where",
    "with",
    "within",
    "year",
    "years",
];

pub(crate) fn is_word(text: &str) -> bool {
    WORDS.contains(&text)
}

/// A piece of the text with its place in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind<'s>,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind<'s> {
    /// A word of the language, or a name.
    Word(&'s str),
    /// A name between backticks.
    Name(&'s str),
    /// `@` and a name.
    Category(&'s str),
    /// Between quotation marks, without its escapes.
    Text(String),
    /// What starts with a digit: a number, a day, an instant.
    Number(&'s str),
    /// `(`, `>=` and the like.
    Sign(&'static str),
    /// Nothing of the language, which has been reported.
    Unknown,
}

/// A place in the text.
#[derive(Clone)]
pub(crate) struct At<'s> {
    pub(crate) span: Range<usize>,
    pub(crate) page: &'s Page<'s>,
}

/// A text and what is wrong with it.
pub(crate) struct Page<'s> {
    pub(crate) text: &'s str,
    pub(crate) wrong: RefCell<Vec<Wrong>>,
}

/// Something wrong with a text.
#[derive(PartialEq)]
pub(crate) struct Wrong {
    pub(crate) span: Range<usize>,
    pub(crate) code: &'static str,
    pub(crate) given: String,
    pub(crate) allowed: String,
}

impl Place for At<'_> {
    fn refuse(&self, code: &'static str, allowed: String) {
        let given = self.page.text.get(self.span.clone()).unwrap_or_default();
        self.report(code, Quoted(given).to_string(), allowed);
    }

    fn report(&self, code: &'static str, given: String, allowed: String) {
        self.page.wrong.borrow_mut().push(Wrong { span: self.span.clone(), code, given, allowed });
    }
}

/// The signs, the longer ones first.
const SIGNS: [&str; 13] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "*", "."];

/// What is often written, and what was meant by it.
const MEANT: [(&str, Kind<'_>); 23] = [
    ("==", Kind::Sign("=")),
    ("<>", Kind::Sign("!=")),
    ("&&", Kind::Word("and")),
    ("||", Kind::Word("or")),
    ("!", Kind::Word("not")),
    ("！", Kind::Word("not")),
    ("（", Kind::Sign("(")),
    ("）", Kind::Sign(")")),
    ("［", Kind::Sign("[")),
    ("］", Kind::Sign("]")),
    ("【", Kind::Sign("[")),
    ("】", Kind::Sign("]")),
    ("，", Kind::Sign(",")),
    ("、", Kind::Sign(",")),
    ("＝", Kind::Sign("=")),
    ("≠", Kind::Sign("!=")),
    ("＜", Kind::Sign("<")),
    ("＞", Kind::Sign(">")),
    ("≤", Kind::Sign("<=")),
    ("≥", Kind::Sign(">=")),
    ("×", Kind::Sign("*")),
    ("＊", Kind::Sign("*")),
    ("．", Kind::Sign(".")),
];

/// Quotation marks that are not those of the language, with the ones that close them.
const MARKS: [(char, char); 5] = [('＂', '＂'), ('“', '”'), ('‘', '’'), ('\'', '\''), ('「', '」')];

/// Cuts a text; what is not of the language is reported and stands as [`Kind::Unknown`].
pub(crate) fn cut<'s>(page: &'s Page<'s>) -> Vec<Token<'s>> {
    let mut lexer = Lexer { page, at: 0, tokens: Vec::new() };
    while lexer.next().is_some() {}
    lexer.tokens
}

struct Lexer<'s> {
    page: &'s Page<'s>,
    at: usize,
    tokens: Vec<Token<'s>>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.page.text.get(self.at..).unwrap_or_default()
    }

    fn place(&self, start: usize) -> At<'s> {
        At { span: start..self.at, page: self.page }
    }

    /// Takes so many bytes.
    fn take(&mut self, bytes: usize) -> &'s str {
        let taken = self.rest().get(..bytes).unwrap_or_default();
        self.at += bytes;
        taken
    }

    fn take_while(&mut self, holds: impl Fn(char) -> bool) -> &'s str {
        let rest = self.rest();
        self.take(rest.find(|c| !holds(c)).unwrap_or(rest.len()))
    }

    fn push(&mut self, start: usize, kind: Kind<'s>) {
        self.tokens.push(Token { kind, span: start..self.at });
    }

    fn next(&mut self) -> Option<()> {
        self.take_while(char::is_whitespace);
        let (start, rest) = (self.at, self.rest());
        let mut chars = rest.chars();
        let (first, second) = (chars.next()?, chars.next());
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if first.is_alphabetic() {
            let word = self.take_while(is_name);
            self.push(start, Kind::Word(word));
        } else if is_digit(Some(first)) || (first == '-' && is_digit(second)) {
            let number = self.take_while(|c| is_name(c) || matches!(c, ':' | '+'));
            self.push(start, Kind::Number(number));
        } else if first == '@' {
            self.take(first.len_utf8());
            self.take_while(is_name);
            let category = self.page.text.get(start..self.at).unwrap_or_default();
            self.push(start, Kind::Category(category));
        } else if first == '`' {
            self.name(start);
        } else if first == '"' {
            self.text(start, '"');
        } else if let Some((_, close)) = MARKS.iter().find(|(open, _)| *open == first) {
            self.text(start, *close);
        } else {
            self.sign(start, first);
        }
        Some(())
    }

    fn name(&mut self, start: usize) {
        self.take(1);
        let name = self.take_while(|c| c != '`' && c != '\n');
        if self.rest().starts_with('`') {
            self.take(1);
            self.push(start, Kind::Name(name));
        } else {
            self.place(start).refuse("syntax", "a closing `` ` ``".into());
            self.push(start, Kind::Unknown);
        }
    }

    fn sign(&mut self, start: usize, first: char) {
        let rest = self.rest();
        // `==` begins with a sign of the language, `!=` with one that is not.
        let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
        let meant = MEANT.iter().find(|(given, _)| rest.starts_with(given));
        match (sign, meant) {
            (Some(sign), meant) if meant.is_none_or(|(given, _)| given.len() <= sign.len()) => {
                self.take(sign.len());
                self.push(start, Kind::Sign(sign));
            }
            (_, Some((given, kind))) => {
                self.take(given.len());
                if let Kind::Sign(word) | Kind::Word(word) = kind {
                    self.place(start).refuse("syntax", format!("`{word}`"));
                }
                self.push(start, kind.clone());
            }
            (_, None) => {
                self.take(first.len_utf8());
                self.place(start)
                    .refuse("syntax", "a name, a value, a word or a sign of the language".into());
                self.push(start, Kind::Unknown);
            }
        }
    }

    fn text(&mut self, start: usize, close: char) {
        let opened = self.rest().chars().next().map_or(0, char::len_utf8);
        self.take(opened);
        let mut text = String::new();
        loop {
            let here = self.at;
            let mut chars = self.rest().chars();
            match chars.next() {
                None | Some('\n') => {
                    self.place(start).refuse("syntax", format!("a closing `{close}`"));
                    break;
                }
                Some(c) if c == close => {
                    self.take(c.len_utf8());
                    if c != '"' {
                        self.place(start).refuse("syntax", "a text between `\"` and `\"`".into());
                    }
                    break;
                }
                Some('\\') => {
                    self.take(1);
                    match self.escape(chars.next()) {
                        Some(c) => text.push(c),
                        None => self
                            .place(here)
                            .refuse("syntax", r#"`\"`, `\\`, `\n`, `\t` or `\u{2014}`"#.into()),
                    }
                }
                Some(c) => {
                    self.take(c.len_utf8());
                    text.push(c);
                }
            }
        }
        self.push(start, Kind::Text(text));
    }

    /// The character that an escape stands for, taken with it.
    fn escape(&mut self, sign: Option<char>) -> Option<char> {
        self.take(sign.filter(|sign| *sign != '\n')?.len_utf8());
        match sign? {
            'n' => Some('\n'),
            't' => Some('\t'),
            'u' => {
                let digits = self.rest().strip_prefix('{')?;
                let digits = digits.get(..digits.find('}').filter(|end| (1..=6).contains(end))?)?;
                let number = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
                self.take(digits.len() + 2);
                char::from_u32(number)
            }
            same @ ('"' | '\\') => Some(same),
            _ => None,
        }
    }
}
