//! Facts on a line, each by its schema.
use std::collections::BTreeMap;

use guanxi::core::{Fact, FactId, FactMap, FactSchema, Facts};

use super::entries::{Entries, Unread};
use crate::line::{Answer, Text, read_fact};

/// Reads facts by their schemas, as `guanxi assess` does.
pub(crate) struct FactReader<'v> {
    schemas: BTreeMap<&'v str, (&'v FactId, &'v FactSchema)>,
    /// Names of facts without a schema.
    pub(crate) unread: Unread,
}

impl<'v> FactReader<'v> {
    pub(crate) fn new(schemas: impl IntoIterator<Item = (&'v FactId, &'v FactSchema)>) -> Self {
        let schemas = schemas.into_iter().map(|(id, schema)| (id.as_str(), (id, schema)));
        Self { schemas: schemas.collect(), unread: Unread::default() }
    }

    /// The facts of an object; what is wrong with one is said with its name.
    pub(crate) fn read(&mut self, Entries(entries): Entries<'_>) -> Result<FactMap, String> {
        let (mut facts, mut seen) = (FactMap::new(), Vec::new());
        for (Text(name), token) in entries {
            let Some((id, schema)) = self.schemas.get(name.as_ref()).copied() else {
                self.unread.note(&name);
                continue;
            };
            if seen.contains(&id) {
                return Err(format!("fact `{name}` is given twice"));
            }
            seen.push(id);
            let answer = read_fact(schema, token.get()).map_err(|error| format!("fact `{name}`: {error}"))?;
            facts = match answer {
                Answer::Known { value, observed_at } => facts.with(id.clone(), value, observed_at),
                Answer::NotApplicable => facts.not_applicable(id.clone()),
                Answer::Missing => facts,
            };
        }
        for (id, schema) in self.schemas.values() {
            if let Fact::Known { value, .. } = facts.fact(id)
                && let Some(part) = value.number()
            {
                schema.check_part(part, &facts).map_err(|problem| format!("fact `{id}`: {problem}"))?;
            }
        }
        Ok(facts)
    }
}
