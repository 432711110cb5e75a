//! Which crate may know which, and what keeps the domain pure.
use toml_edit::{DocumentMut, Item};

use crate::tree::{features, packages, read};

/// The crates from the bottom up: each may use those of the lines before its own, and no other.
const LEVELS: [&[&str]; 7] = [
    &["guanxi-core"],
    &["guanxi-policy"],
    &["guanxi-bands", "guanxi-condition", "guanxi-calendar"],
    &[
        "guanxi-customer",
        "guanxi-scoring",
        "guanxi-segmentation",
        "guanxi-lifecycle",
        "guanxi-leads",
        "guanxi-routing",
        "guanxi-strategy",
    ],
    &["guanxi-portfolio"],
    &["guanxi"],
    &["guanxi-cli", "guanxi-benches"],
];

/// Features that change a type for the whole program of a user.
const FORBIDDEN: [(&str, &[&str]); 2] = [
    ("rust_decimal", &["serde", "serde-float", "serde-str", "serde-arbitrary-precision"]),
    ("serde_json", &["arbitrary_precision", "float_roundtrip", "preserve_order"]),
];

fn level(name: &str) -> Option<usize> {
    LEVELS.iter().position(|crates| crates.contains(&name))
}

fn workspace() -> DocumentMut {
    read("Cargo.toml").parse().unwrap()
}

fn is_ours(name: &str) -> bool {
    name == "guanxi" || name.starts_with("guanxi-")
}

#[test]
fn dependencies_point_down() {
    for package in packages() {
        let name = &package.name;
        let ours: Vec<String> = (package.dependencies().into_iter())
            // A crate may ask itself for its generators when it is tested.
            .filter(|(table, other, _)| is_ours(other) && !(*table == "dev-dependencies" && other == name))
            .map(|(_, other, _)| other)
            .collect();
        if name == "guanxi-tidy" {
            assert!(
                ours.is_empty(),
                "guanxi-tidy reads files and uses no crate of the workspace; drop {ours:?}"
            );
            continue;
        }
        let own = level(name).unwrap_or_else(|| panic!("give `{name}` its place in LEVELS of guanxi-tidy"));
        for other in ours {
            let below = level(&other).is_some_and(|other| other < own);
            assert!(
                below,
                "`{name}` uses `{other}`, which is not below it: let a fact carry what it needs, or move the word down"
            );
            let through_facade = !package.folder.starts_with("crates/hosts/") || other == "guanxi";
            assert!(through_facade, "`{name}` uses `{other}`: a host goes through `guanxi`, as users do");
        }
    }
}

#[test]
fn the_domain_needs_no_operating_system() {
    let workspace = workspace();
    for package in packages().iter().filter(|package| package.is_domain()) {
        let (name, folder) = (&package.name, &package.folder);
        let lib = read(&format!("{folder}/src/lib.rs"));
        assert!(lib.lines().any(|line| line == "#![no_std]"), "write `#![no_std]` into {folder}/src/lib.rs");
        for (table, other, item) in package.dependencies() {
            if table == "dev-dependencies" {
                continue;
            }
            let from_workspace = item.get("workspace").and_then(Item::as_bool) == Some(true);
            assert!(
                from_workspace,
                "`{name}`: write `{other}.workspace = true`; versions live in the root Cargo.toml"
            );
            let added = item.get("default-features").and_then(Item::as_bool).unwrap_or(false);
            let shared = &workspace["workspace"]["dependencies"][&other];
            let off = shared.get("default-features").and_then(Item::as_bool) == Some(false);
            assert!(
                off && !added,
                "`{name}` uses `{other}`: give it `default-features = false` in the root Cargo.toml"
            );
        }
    }
}

#[test]
fn the_lints_hold_everywhere() {
    for package in packages() {
        let inherited =
            package.manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(Item::as_bool);
        assert_eq!(
            inherited,
            Some(true),
            "write `[lints]` and `workspace = true` into {}/Cargo.toml",
            package.folder
        );
    }
}

#[test]
fn no_feature_changes_a_type_for_the_whole_program() {
    let workspace = workspace();
    for (name, forbidden) in FORBIDDEN {
        let mut asked = features(&workspace["workspace"]["dependencies"][name]);
        for package in packages() {
            for (_, other, item) in package.dependencies() {
                if other == name {
                    asked.extend(features(item));
                }
            }
            let own = package.manifest.get("features").and_then(Item::as_table_like);
            let own = own.into_iter().flat_map(|table| table.iter()).filter_map(|(_, item)| item.as_array());
            let prefixes = [format!("{name}/"), format!("{name}?/")];
            for entry in own.flatten().filter_map(|entry| entry.as_str()) {
                asked
                    .extend(prefixes.iter().find_map(|prefix| entry.strip_prefix(prefix)).map(str::to_owned));
            }
        }
        for feature in asked {
            assert!(
                !forbidden.contains(&feature.as_str()),
                "`{name}`: drop the feature `{feature}`; it changes a type for every user"
            );
        }
    }
}
