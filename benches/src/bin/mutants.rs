//! Reads conditions that went wrong: `mutants [TIMES] [SEED]`, see `benches/fuzz-conditions.sh`.
//!
//! Every execution changes a sound sentence, or one that was read before, in one to eight places, and reads it.
//! Nothing may panic. What is read comes back from its own text; what is refused has a problem with a text.
#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that looks for what goes wrong"
)]
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use guanxi::condition::{Condition, Vocabulary};
use guanxi_policy::check;
use serde_json::json;

const SENTENCES: &str = include_str!("../sentences.txt");
/// What sentences are made of, and what they are not.
const WORDS: [&str; 62] = [
    " and ",
    " or ",
    "not ",
    "(",
    ")",
    "((((((((",
    "))))))))",
    "not not not not ",
    "always",
    "never",
    " = ",
    " != ",
    " >= ",
    " <= ",
    " < ",
    " > ",
    " between ",
    " in [",
    "]",
    ", ",
    "\"",
    "\\\"",
    "\\",
    "\\u{202e}",
    "\\n",
    "`",
    "@",
    "@all",
    "* ",
    ".",
    " within ",
    "last ",
    "next ",
    "this ",
    "7 days",
    "1 month",
    "36526 days",
    "4294967296 hours",
    " else 30 days",
    " is known",
    " is missing",
    " is past",
    "count(",
    "gap(",
    "last(",
    "pending(",
    " until ",
    " by case",
    " for ",
    " where ",
    "anniversary of ",
    "any ",
    "no ",
    "CNY 1.5",
    "-",
    "0.1",
    "99999999999999999999999999999",
    "1e9",
    "2026-02-30",
    "2026-06-30T24:00:00Z",
    "华东",
    "\u{202e}",
];
/// How many sentences that were read are kept to be changed again, and how long they may be.
const KEPT: usize = 4_096;
const LONGEST: usize = 2_048;

/// Numbers without end (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % (below.max(1) as u64)).unwrap_or(0)
    }

    fn of<'t, T: ?Sized>(&mut self, all: &'t [impl AsRef<T>]) -> &'t T {
        all[self.below(all.len())].as_ref()
    }
}

fn vocabulary() -> Result<Vocabulary, String> {
    let tree = json!({
        "facts": {
            "score": {"kind": "decimal", "min": "0", "max": "100"}, "ratio": {"kind": "decimal"},
            "orders": {"kind": "int"}, "vip": {"kind": "bool"}, "region": {"kind": "text"},
            "industry": {"kind": "text"}, "birthday": {"kind": "date"}, "renewal": {"kind": "date"},
            "met_at": {"kind": "instant"}, "sensitivity": {"kind": "level", "of": 5}, "tags": {"kind": "set"},
            "revenue": {"kind": "money"}, "profit": {"kind": "money"}, "count": {"kind": "int"}, "区域": {"kind": "text"}
        },
        "attributes": {
            "net": {"kind": "decimal"}, "state": {"kind": "text"}, "case": {"kind": "text"}, "last": {"kind": "bool"},
            "satisfaction": {"kind": "decimal", "min": "1", "max": "5"}
        },
        "events": ["month"]
    });
    check(&tree, Vocabulary::read).map_err(|problems| problems.to_string())
}

/// A sentence with some places changed, by character.
fn mutant(random: &mut Random, sound: &[String]) -> String {
    let mut text: Vec<char> = random.of::<str>(sound).chars().collect();
    for _ in 0..=random.below(8) {
        let at = random.below(text.len() + 1);
        let end = (at + 1 + random.below(12)).min(text.len());
        match random.below(9) {
            0 => drop(text.drain(at..end)),
            1 => text.truncate(at),
            2 => {
                let part = text[at..end].to_vec();
                (0..=random.below(3)).for_each(|_| drop(text.splice(at..at, part.iter().copied())));
            }
            3 => {
                let other: Vec<char> = random.of::<str>(sound).chars().collect();
                let from = random.below(other.len() + 1);
                drop(text.splice(at.., other[from..].iter().copied()));
            }
            4 => {
                let any = u32::try_from(random.below(0x11_0000)).ok().and_then(char::from_u32);
                text.insert(at, any.unwrap_or('\0'));
            }
            5 if at < text.len() => text[at] = char::from(u8::try_from(random.below(128)).unwrap_or(0)),
            _ => drop(text.splice(at..at, random.of::<str>(&WORDS).chars())),
        }
    }
    text.into_iter().collect()
}

/// Whether a text is a condition; what is wrong otherwise.
fn read(text: &str, vocabulary: &Vocabulary) -> Result<bool, String> {
    match Condition::parse(text, vocabulary) {
        Err(problems) if problems.to_string().is_empty() => Err("it is refused for no reason".into()),
        Err(_) => Ok(false),
        Ok(condition) => match Condition::parse(&condition.to_string(), vocabulary) {
            Ok(again) if again == condition => Ok(true),
            Ok(again) => Err(format!("it comes back as {again}")),
            Err(problems) => Err(format!("its own text `{condition}` is refused: {problems}")),
        },
    }
}

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|given| given.parse().ok()).collect();
    let times = numbers.first().copied().unwrap_or(10_000_000);
    let mut random = Random(numbers.get(1).copied().unwrap_or(20_260_630));
    let vocabulary = match vocabulary() {
        Ok(vocabulary) => vocabulary,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut sound: Vec<String> = SENTENCES.lines().map(str::to_owned).collect();
    let (sentences, mut accepted) = (sound.len(), 0_u64);
    for time in 0..times {
        let text = mutant(&mut random, &sound);
        let found = catch_unwind(AssertUnwindSafe(|| read(&text, &vocabulary)));
        match found.unwrap_or_else(|_| Err("it panics".into())) {
            Ok(true) => {
                accepted += 1;
                if text.len() <= LONGEST {
                    if sound.len() < KEPT {
                        sound.push(text);
                    } else {
                        let place = sentences + random.below(KEPT - sentences);
                        sound[place] = text;
                    }
                }
            }
            Ok(false) => {}
            Err(problem) => {
                eprintln!("execution {time}: {problem}\n{text:?}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{times} executions, {accepted} of them conditions, no panic; each came back from its own text");
    ExitCode::SUCCESS
}
