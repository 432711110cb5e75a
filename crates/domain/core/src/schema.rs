//! JSON Schema of the types that appear in documents.
pub use alloc::borrow::Cow;

use schemars::json_schema;
pub use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::{Currency, DecimalText, EventPattern, Score, Share, UtcOffset, Zone};

const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$";

macro_rules! decimals {
    ($($name:ident: $text:literal;)*) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": $text,
                    "anyOf": [{"type": "string", "pattern": DECIMAL}, {"type": "number"}]
                })
            }
        }
    )*};
}

decimals! {
    DecimalText: "A decimal, best as a string; a number of at most 15 digits is taken as it is written.";
    Score: "A score from 0 to 100 with at most two decimal places.";
    Share: "A share from 0 to 1: 0.25 is 25 %.";
}

/// The pattern of codes that a policy declares.
pub const CODE: &str = r"^\p{L}[\p{L}\p{N}_.-]*$";
/// The pattern of texts that a host mints.
pub const TEXT: &str = r"^\S(.*\S)?$";

/// The schema of an identifier.
#[must_use]
pub fn text(max_chars: usize, pattern: &str) -> Schema {
    json_schema!({"type": "string", "minLength": 1, "maxLength": max_chars, "pattern": pattern})
}

impl JsonSchema for Currency {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A currency of ISO 4217.", "type": "string", "pattern": "^[A-Z]{3}$"})
    }
}

macro_rules! patterns {
    ($($name:ident: $text:literal, $pattern:literal;)*) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"description": $text, "type": "string", "pattern": $pattern})
            }
        }
    )*};
}

patterns! {
    EventPattern: "A kind of events such as order.placed, a category such as @interaction, or @all.",
        r"^(@(all|base|transaction|behaviour|interaction|feedback)|\p{L}[\p{L}\p{N}_.-]*)$";
    UtcOffset: "A fixed offset from UTC, such as +08:00.", "^[+-](0[0-9]|1[0-8]):[0-5][0-9]$";
    Zone: "A time zone: UTC, a fixed offset such as +08:00, or a name such as Asia/Shanghai.",
        "^(UTC|[+-](0[0-9]|1[0-8]):[0-5][0-9]|[A-Za-z][A-Za-z0-9_+/-]*)$";
}
