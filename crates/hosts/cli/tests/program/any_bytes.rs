//! Whatever is fed to it, the program ends in one of the ways that it promises.
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::input::{COMPANY, Dir, WORKED};
use crate::policy::{FAULTS, FAULTS_IN_TOML};
use crate::run::{fed, guanxi};

/// A text with a few bytes changed, left out or doubled.
fn garbled(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0_u8..3);
    prop::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut bytes = text.as_bytes().to_vec();
        for (place, byte, kind) in changes {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, bytes[at]),
            }
        }
        bytes
    })
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let json = r#"[\[\]{}:,"a0-9eE.\\\n -]{0,60}"#.prop_map(String::into_bytes);
    let line = prop_oneof![bytes, json, garbled(WORKED)];
    prop::collection::vec(line, 1..40).prop_map(|lines| lines.join(&b'\n'))
}

fn documents() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let json = r#"\{[\[\]{}:,"a0-9eE.\\\n -]{0,60}"#.prop_map(String::into_bytes);
    let toml = r#"[\[\]{}=,"'a0-9eE.#\\\n -]{0,60}"#.prop_map(String::into_bytes);
    prop_oneof![bytes, json, toml, garbled(FAULTS), garbled(FAULTS_IN_TOML), garbled(COMPANY)]
}

fn settings() -> ProptestConfig {
    ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(0x6755_616e),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What a user may see: no control character, no word of a panic.
fn is_calm(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\n') && !text.contains("panicked")
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn any_lines_are_assessed_or_refused(input in lines()) {
        let ran = fed(&["assess", "--explain"], &input);
        prop_assert!([0, 1].contains(&ran.code), "{}", ran.err);
        prop_assert!(is_calm(&ran.err) && is_calm(&ran.out), "{}", ran.err);
        prop_assert_eq!(ran.code == 0, !ran.err.contains(" bad line"));
        let filled = input.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace)).count();
        let refused = ran.err.lines().filter(|line| line.starts_with("line ")).count();
        prop_assert_eq!(ran.out.lines().count() + refused, filled);
    }

    #[test]
    fn any_document_is_checked_or_refused(text in documents()) {
        let dir = Dir::new().with("any", &text);
        let ran = guanxi(&["policy", "check", &dir.at("any")]);
        prop_assert!([0, 1, 2].contains(&ran.code), "{}", ran.err);
        prop_assert!(is_calm(&ran.err) && is_calm(&ran.out), "{}", ran.err);
        prop_assert_eq!(ran.code == 0, ran.out.contains(": sound: "));
    }
}

#[test]
fn deep_nesting_ends_well() {
    let deep = |open: &str| open.repeat(100_000);
    for inside in [deep("["), deep("{\"a\":")] {
        let ran = fed(
            &["assess"],
            format!("{{\"subject\": \"C1\", \"facts\": {{\"cumulative_profit\": {inside}\n{WORKED}\n"),
        );
        assert_eq!((ran.code, ran.out.lines().count()), (1, 1), "{}", ran.err);
        let ran = fed(
            &["assess"],
            format!("{{\"subject\": \"C1\", \"facts\": {{\"unread\": {inside}\n{inside}\n{WORKED}\n"),
        );
        assert_eq!((ran.code, ran.out.lines().count()), (1, 1), "{}", ran.err);
    }
    for text in [
        deep("["),
        deep("{\"a\":"),
        format!("a = {}", deep("[")),
        format!("a = {}", deep("{a=")),
        deep("a.") + "a = 1",
    ] {
        let dir = Dir::new().with("deep", text);
        assert_eq!(guanxi(&["policy", "check", &dir.at("deep")]).code, 1);
    }
}

/// Some programs write a mark at the start of every text in UTF-8; anywhere else it is a bad character.
#[test]
fn a_mark_at_the_start_of_the_lines_is_no_part_of_them() {
    let line = r#"{"subject": "C1", "facts": {"revenue": 1}}"#;
    for command in ["assess", "stage", "segment abc", "budget --total=1_CNY", "plan", "strategy"] {
        let args: Vec<String> = command.split(' ').map(|word| word.replace('_', " ")).collect();
        let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
        args.extend(["--as-of", "2026-06-30"]);
        let plain = fed(&args, line);
        assert_eq!(plain.code, 0, "{command}: {}", plain.err);
        for marked in [format!("\u{feff}{line}"), format!("\u{feff}\n{line}\n")] {
            let ran = fed(&args, marked);
            assert_eq!((ran.code, &ran.out, &ran.err), (0, &plain.out, &plain.err), "{command}");
        }
        let later = fed(&args, format!("{line}\n\u{feff}{line}"));
        assert_eq!(later.code, 1, "{command}");
    }
}
