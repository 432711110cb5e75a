//! Pages that are complete, and links that lead somewhere.
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::tree::{files_named, packages, read, root};

/// The targets of the links in a page, outside of code.
fn links(page: &str) -> Vec<String> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for line in read(page).lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if !in_code {
            let ends = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            targets.extend(ends.map(|(target, _)| target.to_owned()));
        }
    }
    targets
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
        plain
    })
}

/// A link's target as a path from the root, unless it leads out of the repository or stays on the page.
fn target(page: &str, link: &str) -> Option<String> {
    let path = link.split('#').next().filter(|path| !path.is_empty() && !path.contains(':'))?;
    let target = plain(&Path::new(page).parent()?.join(path));
    Some(target.to_str()?.replace('\\', "/"))
}

#[test]
fn links_lead_somewhere() {
    for page in files_named("", ".md") {
        for link in links(&page) {
            if let Some(target) = target(&page, &link) {
                assert!(
                    root().join(&target).exists(),
                    "{page}: the link to `{link}` leads nowhere ({target})"
                );
            }
        }
    }
}

#[test]
fn the_book_has_every_page() {
    let summary = "docs/src/SUMMARY.md";
    let listed: BTreeSet<String> = links(summary).iter().filter_map(|link| target(summary, link)).collect();
    let mut pages: BTreeSet<String> = files_named("docs/src", ".md").into_iter().collect();
    pages.remove(summary);
    let missing: Vec<_> = pages.difference(&listed).collect();
    assert!(missing.is_empty(), "add to {summary}: {missing:?}");
    let empty: Vec<_> = listed.difference(&pages).collect();
    assert!(empty.is_empty(), "write, or take out of {summary}: {empty:?}");
}

#[test]
fn the_crate_maps_name_every_crate() {
    let crates: BTreeSet<String> = packages().into_iter().map(|package| package.name).collect();
    for page in ["README.md", "docs/src/architecture.md"] {
        let text = read(page);
        let rows =
            text.lines().filter(|line| line.starts_with("| `guanxi") || line.starts_with("| [`guanxi"));
        let named: BTreeSet<String> =
            rows.filter_map(|row| row.split('`').nth(1)).map(str::to_owned).collect();
        let missing: Vec<_> = crates.difference(&named).collect();
        assert!(missing.is_empty(), "{page}: add a row of the crate map for {missing:?}");
        let gone: Vec<_> = named.difference(&crates).collect();
        assert!(gone.is_empty(), "{page}: there is no crate {gone:?}; take its row out of the crate map");
    }
}

#[test]
fn decisions_say_why() {
    let decisions = files_named("docs/src/decisions", ".md");
    for (number, page) in (1..).zip(&decisions) {
        let name = page.rsplit('/').next().unwrap();
        assert!(
            name.starts_with(&format!("{number:04}-")),
            "{page}: decisions are numbered in one row, this is {number:04}"
        );
        let text = read(page);
        for heading in ["## Context", "## Options", "## Choice"] {
            assert!(text.lines().any(|line| line == heading), "{page}: write a section `{heading}`");
        }
    }
}

#[test]
fn the_first_example_is_the_one_that_is_tested() {
    let example = |page: &str| {
        let text = read(page);
        let code =
            text.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
        code.lines().filter(|line| !line.starts_with("# ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let (shown, tested) = (example("README.md"), example("crates/guanxi/README.md"));
    assert!(!shown.is_empty(), "README.md: show a first example in Rust");
    assert_eq!(shown, tested, "README.md: copy the example of crates/guanxi/README.md, which is a doc test");
}
