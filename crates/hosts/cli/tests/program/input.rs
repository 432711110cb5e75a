//! Lines, files and folders that runs are fed with.
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The day of every assessment here.
pub(crate) const DAY: &str = "2026-06-30";

/// The worked customer of the documentation: exactly 49.995, so 50.00 and just normal.
pub(crate) const WORKED: &str = r#"{"subject": "C001", "facts": {"cumulative_profit": "285000.00", "cooperation_days": 2610, "industry_growth": "0.07", "undeveloped_needs": 8, "total_needs": 9, "service_sensitivity": 1, "price_sensitivity": 3}}"#;

/// A company whose greatest profit is 1 000 000, longest cooperation 5 400 days, highest growth 25 %.
pub(crate) const COMPANY: &str = r#"{
  "schema": "guanxi.reference/1", "id": "company", "version": "2026H1",
  "body": {"as_of": "2026-06-30", "population": 3, "facts": {
    "cumulative_profit": {"count": 3, "max": "1000000", "total": "2500000"},
    "cooperation_days": {"count": 3, "max": "5400"},
    "industry_growth": {"count": 3, "max": "0.25"}
  }}
}"#;

/// A line with these facts.
pub(crate) fn line(subject: &str, facts: &str) -> String {
    format!("{{\"subject\": \"{subject}\", \"facts\": {{{facts}}}}}\n")
}

/// A folder of a test's own, gone after it.
pub(crate) struct Dir(TempDir);

impl Dir {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path of a file as an argument.
    pub(crate) fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// The example that comes with the program.
pub(crate) fn adventure_works() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/adventure-works")
}
