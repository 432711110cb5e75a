//! Files that are fit to be read, and texts that come in every language.
use std::collections::BTreeSet;

use serde_json::Value;

use crate::tree::{files, files_named, read};

const MOST_LINES: usize = 700;

/// The files that people write: code, pages, settings, scripts.
fn written() -> Vec<String> {
    let ends = [".rs", ".md", ".toml", ".json", ".css", ".js", ".sh", ".py", ".ci/run"];
    files("").into_iter().filter(|path| ends.iter().any(|end| path.ends_with(end))).collect()
}

/// Runs a rule over every line of files.
fn each_line(paths: Vec<String>, rule: impl Fn(&str) -> Option<String>) {
    for path in paths {
        for (number, line) in (1..).zip(read(&path).lines()) {
            if let Some(problem) = rule(line) {
                panic!("{path}:{number}: {problem}");
            }
        }
    }
}

#[test]
fn no_path_of_one_machine() {
    let starts = ["home", "root", "tmp", "Users", "work"].map(|folder| format!("/{folder}/"));
    each_line(written(), |line| {
        let found = starts.iter().find(|start| {
            let before = |at: usize| line.get(..at).and_then(|text| text.chars().next_back());
            let inside = |c: char| c.is_alphanumeric() || "._-/}".contains(c);
            line.match_indices(start.as_str()).any(|(at, _)| !before(at).is_some_and(inside))
        })?;
        Some(format!("`{found}...` is a path of one machine: write it from the root of the repository"))
    });
}

#[test]
fn no_test_is_left_out() {
    let left_out = [concat!("#[", "ignore"), concat!(", ", "ignore)]")];
    each_line(files_named("", ".rs"), |line| {
        let found = left_out.iter().find(|mark| line.contains(**mark))?;
        Some(format!("`{found}`: make the test fast, or delete it"))
    });
}

#[test]
fn nothing_is_left_to_do() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];
    each_line(written(), |line| {
        let found = marks.iter().find(|mark| line.contains(**mark))?;
        Some(format!("`{found}`: do it, or leave it out"))
    });
}

#[test]
fn a_file_tells_one_story() {
    for path in files_named("", ".rs") {
        let lines = read(&path).lines().count();
        assert!(
            lines <= MOST_LINES,
            "{path} has {lines} lines, more than {MOST_LINES}: look for the noun that wants its own file"
        );
    }
}

/// The paths of all texts in a label pack.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                keys(value, &format!("{path}/{key}"), found);
            }
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn every_text_comes_in_both_languages() {
    let packs: Vec<String> =
        files_named("", ".json").into_iter().filter(|path| path.contains("/labels/")).collect();
    assert!(!packs.is_empty(), "there are label packs");
    let folders: BTreeSet<&str> = packs.iter().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    for folder in folders {
        let [english, chinese] = ["en", "zh-CN"].map(|language| {
            let mut found = BTreeSet::new();
            let pack = serde_json::from_str(&read(&format!("{folder}/{language}.json"))).unwrap();
            keys(&pack, "", &mut found);
            found
        });
        let missing: Vec<_> = english.symmetric_difference(&chinese).collect();
        assert!(missing.is_empty(), "{folder}: write these texts in both languages: {missing:?}");
    }
}
