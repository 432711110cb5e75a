//! The repository as it lies on disk.
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike};

/// Folders that hold what was made, not what was written.
const MADE: [&str; 4] = ["target", ".git", "book", "out"];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below a folder of the repository, by their path from the root, sorted.
pub(crate) fn files(below: &str) -> Vec<String> {
    let root = root();
    let (mut open, mut found) = (vec![root.join(below)], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !path.is_dir() {
                found.push(path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"));
            } else if !MADE.contains(&name.as_str()) {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Files below a folder whose name ends so.
pub(crate) fn files_named(below: &str, end: &str) -> Vec<String> {
    files(below).into_iter().filter(|path| path.ends_with(end)).collect()
}

/// The text of a file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A crate of the workspace.
pub(crate) struct Package {
    /// Its name, such as `guanxi-core`.
    pub(crate) name: String,
    /// Its folder from the root, such as `crates/domain/core`.
    pub(crate) folder: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: DocumentMut,
}

/// Folders with a workspace of their own, which nothing of this one needs.
const APART: [&str; 2] = ["fuzz/", "benches/peers-condition/"];

/// The crates of the workspace, by folder.
pub(crate) fn packages() -> Vec<Package> {
    let package = |path: String| {
        let folder = path.strip_suffix("/Cargo.toml")?.to_owned();
        let manifest: DocumentMut = read(&path).parse().unwrap();
        Some(Package { name: manifest["package"]["name"].as_str()?.to_owned(), folder, manifest })
    };
    files_named("", "Cargo.toml")
        .into_iter()
        .filter(|path| !APART.iter().any(|folder| path.starts_with(folder)))
        .filter_map(package)
        .collect()
}

impl Package {
    /// Whether it is one of the pure crates.
    pub(crate) fn is_domain(&self) -> bool {
        self.folder.starts_with("crates/domain/")
    }

    /// What it depends on, by table and name.
    pub(crate) fn dependencies(&self) -> Vec<(&'static str, String, &Item)> {
        let tables = ["dependencies", "build-dependencies", "dev-dependencies"];
        let entries = |table: &'static str| {
            let entries = self.manifest.get(table).and_then(Item::as_table_like).into_iter();
            entries.flat_map(TableLike::iter).map(move |(name, item)| (table, name.to_owned(), item))
        };
        tables.into_iter().flat_map(entries).collect()
    }
}

/// The `features` of a dependency.
pub(crate) fn features(dependency: &Item) -> Vec<String> {
    let list = dependency.get("features").and_then(Item::as_array).into_iter().flatten();
    list.filter_map(|feature| feature.as_str().map(str::to_owned)).collect()
}
