//! Reasons in words: stable codes with typed arguments, and texts by a label pack.
