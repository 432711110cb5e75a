//! What is wrong with a condition that was written as text.
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use guanxi_core::Inert;
use guanxi_policy::Problem;
use serde::Serialize;

use crate::lexer::{Page, Wrong};

/// One thing wrong with a condition that was written as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TextProblem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters it is about; 0 at the end of the text.
    pub length: usize,
    /// What kind of problem, a stable code: `syntax`, `limit`, `unknown_name`, `wrong_type`, `not_allowed`.
    pub code: &'static str,
    /// What was given, cut short.
    pub given: String,
    /// What is allowed.
    pub allowed: String,
    /// The line, or the part of it around the place.
    pub excerpt: String,
    /// Where the place begins in the excerpt, in characters, from 0.
    pub caret: usize,
}

/// Everything wrong with a condition that was written as text, in the order of reading; never empty.
///
/// Shown, each problem has its place, what was given and what is allowed, and below it the line with a caret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct TextProblems(Vec<TextProblem>);

impl TextProblems {
    /// What stands on a page, in the order of reading.
    pub(crate) fn of(page: Page<'_>) -> Self {
        let mut wrong = page.wrong.into_inner();
        wrong.sort_by_key(|wrong| wrong.span.start);
        // Every bracket that is open misses the same one at the end.
        wrong.dedup();
        Self(wrong.into_iter().map(|wrong| TextProblem::new(page.text, wrong)).collect())
    }

    /// The problems, in the order of reading.
    pub fn iter(&self) -> impl Iterator<Item = &TextProblem> {
        self.0.iter()
    }
}

impl TextProblem {
    /// How many characters of a long line are shown before and after a place.
    const AROUND: usize = 40;

    fn new(text: &str, wrong: Wrong) -> Self {
        let (start, end) = (wrong.span.start.min(text.len()), wrong.span.end.min(text.len()));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |place| place + 1);
        let line = text.get(line_start..).unwrap_or_default();
        let line = line.split(['\n', '\r']).next().unwrap_or_default();
        let column = text.get(line_start..start).unwrap_or_default().chars().count();
        let length = text.get(start..end).unwrap_or_default().chars().take_while(|c| *c != '\n').count();
        let skipped = column.saturating_sub(Self::AROUND);
        let shown = column - skipped + length.min(Self::AROUND) + Self::AROUND;
        Self {
            line: before.matches('\n').count() + 1,
            column: column + 1,
            length,
            code: wrong.code,
            given: wrong.given,
            allowed: wrong.allowed,
            excerpt: line.chars().skip(skipped).take(shown).collect(),
            caret: column - skipped,
        }
    }
}

impl fmt::Display for TextProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = Problem {
            path: alloc::format!("line {}, column {}", self.line, self.column),
            code: self.code,
            given: self.given.clone(),
            allowed: self.allowed.clone(),
        };
        write!(f, "{problem}\n  {}\n  ", Inert(&self.excerpt))?;
        // A wide character takes two places on most screens, one that is not inert as many as its number.
        let blanks = |c: char| if is_wide(c) { "\u{3000}".into() } else { " ".repeat(shown(c)) };
        let carets = |c: char| "^".repeat(if is_wide(c) { 2 } else { shown(c) });
        self.excerpt
            .chars()
            .take(self.caret)
            .map(blanks)
            .try_for_each(|blank: String| f.write_str(&blank))?;
        let marked = self.excerpt.chars().skip(self.caret).take(self.length);
        let marks: String = marked.map(carets).collect();
        f.write_str(if marks.is_empty() { "^" } else { &marks })
    }
}

/// How many places a character takes where it is shown.
fn shown(c: char) -> usize {
    Inert(c.encode_utf8(&mut [0; 4])).to_string().chars().count()
}

/// Whether a character is as wide as it is high: Chinese, Japanese and Korean, and their punctuation.
const fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115e}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

impl fmt::Display for TextProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(place, problem)| write!(f, "{}{problem}", if place > 0 { "\n" } else { "" }))
    }
}
