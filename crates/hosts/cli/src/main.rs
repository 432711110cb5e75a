//! The program `guanxi`.
fn main() {}
