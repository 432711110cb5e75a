//! Identifiers.

guanxi_core::define_id! {
    /// The code of a queue: a team that takes turns, such as `seniors`.
    pub struct QueueId(code, 64);
}
guanxi_core::define_id! {
    /// The code of a rule, such as `high-value`.
    pub struct RuleId(code, 64);
}

guanxi_core::define_id! {
    /// A skill, a territory or a language, as somebody writes it. Two of them are the same if conditions take
    /// them as equal: `East China` and `east  china`.
    pub struct Word(text, 100);
}

#[cfg(feature = "schema")]
mod schema {
    use alloc::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    macro_rules! codes {
        ($($name:ident)*) => {$(
            impl JsonSchema for super::$name {
                fn inline_schema() -> bool {
                    true
                }
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({
                        "type": "string", "minLength": 1, "maxLength": super::$name::MAX_CHARS,
                        "pattern": r"^\p{L}[\p{L}\p{N}_.-]*$"
                    })
                }
            }
        )*};
    }

    codes! { QueueId RuleId }

    impl JsonSchema for super::Word {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Word".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "string", "minLength": 1, "maxLength": super::Word::MAX_CHARS,
                "pattern": r"^\S(.*\S)?$"
            })
        }
    }
}
