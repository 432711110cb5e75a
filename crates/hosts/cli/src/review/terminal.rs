//! The board on the terminal.
mod budget;
mod plan;
mod segments;
mod stages;
mod tags;

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use guanxi::core::{Arg, DecimalText, Score, Share, SubjectId};
use guanxi::portfolio::Group;
use guanxi::scoring::Verdict;

use super::Words;
use super::prepare::Review;
use super::summary::{
    Summary, ask, cost, count, defects, main_parts, measured, notes, quality_code, supplier, why_clean_up,
    why_endangered, why_prospect,
};
use crate::number::{self, grouped};
use crate::output::inert;

/// The whole board as text.
pub(super) fn render(review: &Review, summary: &Summary<'_>, words: &Words, most: usize) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write(&mut text, review, summary, words, most);
    inert(&plain(&text))
}

fn write(
    text: &mut String,
    review: &Review,
    summary: &Summary<'_>,
    words: &Words,
    most: usize,
) -> std::fmt::Result {
    let stamp = |stamp: &guanxi::core::Stamp| Arg::Text(format!("{} {}", stamp.id, stamp.version));
    let local = review.as_of.with_timezone(&review.folder.utc_offset);
    let as_of = if local.time() == chrono::NaiveTime::MIN {
        Arg::Text(local.date_naive().to_string())
    } else {
        Arg::Instant(review.as_of)
    };
    let title = [("title", Arg::Text(review.title.clone())), ("as_of", as_of)];
    writeln!(text, "{}", words.say("review_of", &title))?;
    let basis = review.scorer.basis();
    let reference = basis.reference.as_ref().map_or_else(|| Arg::Text("–".into()), stamp);
    writeln!(text, "{}", words.say("basis", &[("policy", stamp(&basis.policy)), ("reference", reference)]))?;
    let (rows, left_out) =
        review.folder.mappings.iter().fold((0, 0), |(r, l), m| (r + m.rows, l + m.left_out));
    let rows = [("rows", count(rows)), ("left_out", count(left_out))];
    writeln!(text, "{}", words.say("files", &rows))?;
    for (file, encoding) in review.folder.encodings.iter().filter(|(_, encoding)| **encoding != "UTF-8") {
        let args = [("file", Arg::Text(file.clone())), ("encoding", Arg::Text((*encoding).to_owned()))];
        writeln!(text, "{}", words.say("encoding", &args))?;
    }

    heading(text, &words.word("board"))?;
    writeln!(text, "{}", board(review, summary, words))?;

    heading(text, &words.word("notes"))?;
    let notes = notes(summary, &review.questions, words);
    if notes.is_empty() {
        writeln!(text, "{}", words.word("none_found"))?;
    }
    for note in notes {
        writeln!(text, "- {note}")?;
    }
    segments::segments(text, review, summary, words)?;
    stages::stages(text, summary, words)?;
    plan::plan(text, summary, words)?;
    budget::budget(text, summary, words)?;
    tags::tags(text, review, summary, words)?;
    segments::calibration(text, review, summary, words)?;

    let parts = |subject: &SubjectId| {
        let member = summary.population.members().iter().find(|member| member.subject == *subject);
        member.map_or_else(String::new, |member| {
            main_parts(&review.scorer.explain(&member.facts, review.as_of), words)
        })
    };
    let score = |subject: &SubjectId| {
        let member = summary.population.members().iter().find(|member| member.subject == *subject);
        member.and_then(|member| member.decision.outcome.composite)
    };
    let top: Vec<Row> = summary
        .top
        .iter()
        .take(most)
        .map(|member| {
            Row::new(
                review,
                &member.subject,
                shown(member.decision.outcome.composite),
                parts(&member.subject),
            )
        })
        .collect();
    list(text, words, "top", "composite", &top, summary.top.len())?;
    let endangered: Vec<Row> = summary
        .endangered
        .iter()
        .take(most)
        .map(|customer| {
            Row::new(
                review,
                &customer.subject,
                shown(score(&customer.subject)),
                why_endangered(customer, words),
            )
        })
        .collect();
    list(text, words, "endangered", "composite", &endangered, summary.endangered.len())?;
    let prospects: Vec<Row> = summary
        .prospects
        .iter()
        .take(most)
        .map(|prospect| {
            Row::new(review, &prospect.subject, shown(prospect.rank), why_prospect(prospect, words))
        })
        .collect();
    list(text, words, "prospect_list", "rank", &prospects, summary.prospects.len())?;
    let records: Vec<Row> = summary
        .clean_up
        .iter()
        .take(most)
        .map(|record| {
            Row::new(review, &record.subject, shown(score(&record.subject)), why_clean_up(record, words))
        })
        .collect();
    list(text, words, "clean_up", "composite", &records, summary.clean_up.len())?;
    quality(text, review, summary, words, most)
}

fn heading(text: &mut String, title: &str) -> std::fmt::Result {
    writeln!(text, "\n{title}")
}

fn shown(score: Option<Score>) -> String {
    score.map_or_else(|| "–".to_owned(), |score| score.to_string())
}

/// A share in percent; the blank before its sign may break here.
fn percent(share: Option<Share>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| plain(&number::percent(&share.to_string())))
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// An amount in whole units.
fn whole(amount: Option<DecimalText>) -> String {
    amount.map_or_else(|| "–".to_owned(), |amount| grouped(&amount.0.to_string(), 0))
}

fn table(header: Vec<String>, right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn board(review: &Review, summary: &Summary<'_>, words: &Words) -> Table {
    let currency = review.folder.currency.map_or_else(String::new, |currency| format!(" {currency}"));
    let mut header: Vec<String> = [
        "tier",
        "customers",
        "share",
        "expected",
        "revenue",
        "of_revenue",
        "value",
        "potential",
        "need",
        "composite",
    ]
    .iter()
    .map(|code| words.word(code))
    .collect();
    if let Some(revenue) = header.get_mut(4) {
        revenue.push_str(&currency);
    }
    let mut table = table(header, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let cells = |label: String, share: String, expected: String, group: &Group| {
        let dimensions = &group.dimensions;
        let mut row = vec![
            label,
            grouped(&group.count.to_string(), 0),
            share,
            expected,
            whole(group.revenue),
            percent(group.revenue_share),
        ];
        row.extend([dimensions.value, dimensions.potential, dimensions.need, group.composite].map(shown));
        row.into_iter().map(Cell::new).collect::<Vec<Cell>>()
    };
    for row in &summary.board.tiers {
        let expected = row.share.expected.map_or_else(
            || "–".to_owned(),
            |expected| {
                let mark = match row.share.verdict {
                    Verdict::Below => " ↓",
                    Verdict::Above => " ↑",
                    Verdict::Within | Verdict::Open => "",
                };
                let range = number::range(&expected.from.to_string(), &expected.to.to_string());
                format!("{}{mark}", plain(&range))
            },
        );
        table.add_row(cells(
            words.labels.label("tier", row.tier.as_str()).to_owned(),
            percent(row.share.share),
            expected,
            &row.group,
        ));
    }
    let board = &summary.board;
    for (code, group) in
        [("prospects", &board.prospects), ("incomplete", &board.incomplete), ("all", &board.all)]
    {
        table.add_row(cells(words.word(code), String::new(), String::new(), group));
    }
    table
}

struct Row {
    name: String,
    id: String,
    score: String,
    why: String,
}

impl Row {
    fn new(review: &Review, subject: &SubjectId, score: String, why: String) -> Self {
        Self { name: review.name(subject).to_owned(), id: subject.to_string(), score, why }
    }
}

fn list(
    text: &mut String,
    words: &Words,
    title: &str,
    score: &str,
    rows: &[Row],
    all: usize,
) -> std::fmt::Result {
    heading(text, &words.word(title))?;
    if rows.is_empty() {
        return writeln!(text, "{}", words.word("none_found"));
    }
    let mut table =
        table(["customer", "id", score, "why"].iter().map(|code| words.word(code)).collect(), &[1, 2]);
    for row in rows {
        table.add_row([&row.name, &row.id, &row.score, &row.why]);
    }
    writeln!(text, "{table}")?;
    if all > rows.len() {
        writeln!(text, "{}", words.say("more", &[("count", count((all - rows.len()) as u64))]))?;
    }
    Ok(())
}

fn quality(
    text: &mut String,
    review: &Review,
    summary: &Summary<'_>,
    words: &Words,
    most: usize,
) -> std::fmt::Result {
    heading(text, &words.word("quality"))?;
    for (dimension, tally) in review.quality.iter().flat_map(|quality| &quality.dimensions) {
        let label = words.labels.label("dimension", quality_code(*dimension));
        writeln!(text, "- {label}: {} ({})", percent(tally.score()), measured(*tally, words))?;
    }
    for input in &summary.missing {
        let ask = ask(supplier(input, words), words);
        let args = [
            ("fact", Arg::Label("fact", input.fact.to_string())),
            ("count", count(input.count)),
            ("cost", Arg::Text(cost(input, words))),
            ("ask", Arg::Text(ask)),
        ];
        writeln!(text, "- {}", words.say("missing", &args))?;
    }
    let kinds = defects(review, words);
    for kind in kinds.iter().take(most) {
        let mut examples: Vec<&str> = kind.examples.iter().take(3).map(String::as_str).collect();
        if kind.examples.len() > examples.len() {
            examples.push("…");
        }
        let args = [
            ("defect", Arg::Text(kind.what.clone())),
            ("count", count(kind.count)),
            ("examples", Arg::Text(examples.join(", "))),
            ("ask", Arg::Text(ask(kind.ask.clone(), words))),
        ];
        writeln!(text, "- {}", words.say("defects", &args))?;
    }
    if kinds.len() > most {
        writeln!(text, "{}", words.say("more", &[("count", count((kinds.len() - most) as u64))]))?;
    }
    Ok(())
}
