//! Writes fictitious customers for the policy `standard`, one JSON object a line: `customers COUNT`.
use std::io::{BufWriter, Write};

fn main() -> std::io::Result<()> {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    for customer in guanxi_benches::customers(count) {
        writeln!(out, "{customer}")?;
    }
    out.flush()
}
