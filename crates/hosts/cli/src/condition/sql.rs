//! `guanxi condition sql`: a condition as the WHERE of a query.
use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, Utc};
use guanxi::condition::{Columns, Parameter};
use serde::Serialize;

use super::{Source, moment};
use crate::args::{ConditionSqlArgs, SqlStyle};
use crate::document;
use crate::output::{Failure, Outcome};

pub(crate) fn run(args: &ConditionSqlArgs) -> Result<Outcome, Failure> {
    let source = Source::read(&args.source, true)?;
    let condition = source.condition().map_err(Failure::told)?;
    let columns = document::part(&args.columns, Columns::read)?;
    let moment = moment(&args.moment)?;
    let sql = condition.sql(&columns, &moment).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{}: {problem}", source.name)).collect();
        Failure::told(lines.join("\n"))
    })?;
    let text = match args.style {
        SqlStyle::Sqlite => sql.to_string(),
        SqlStyle::Postgres => sql.text(|number| format!("${number}")),
    };
    let parameters = sql.parameters().iter().map(Written::of).collect();
    let query = Query { text, parameters, as_of: moment.as_of };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &query).map_err(Failure::told)?;
    writeln!(out).and_then(|()| out.flush()).map_err(|error| Failure::output(&error))?;
    Ok(Outcome::Well)
}

/// The text and its parameters, in the order of their places.
#[derive(Serialize)]
struct Query<'a> {
    #[serde(rename = "where")]
    text: String,
    parameters: Vec<Written<'a>>,
    as_of: DateTime<Utc>,
}

/// A parameter with its kind, since JSON does not tell a day from a text.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Written<'a> {
    Integer(i64),
    Bool(bool),
    Text(&'a str),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
}

impl<'a> Written<'a> {
    fn of(parameter: &'a Parameter) -> Self {
        match parameter {
            Parameter::Integer(value) => Self::Integer(*value),
            Parameter::Bool(value) => Self::Bool(*value),
            Parameter::Text(value) => Self::Text(value),
            Parameter::Day(value) => Self::Day(*value),
            Parameter::Instant(value) => Self::Instant(*value),
        }
    }
}
