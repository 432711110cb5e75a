//! Tags on the terminal.
use std::fmt::Write;

use super::{heading, percent, table};
use crate::number::grouped;
use crate::review::Words;
use crate::review::prepare::Review;
use crate::review::summary::Summary;

/// How many customers have which tag; nothing if the folder says nothing of tags.
pub(super) fn tags(
    text: &mut String,
    review: &Review,
    summary: &Summary<'_>,
    words: &Words,
) -> std::fmt::Result {
    let Some((tags, tagging)) = summary.tags.as_ref().zip(review.tagging.as_ref()) else { return Ok(()) };
    heading(text, &words.word("tags"))?;
    let rows = tags.rows(&tagging.document, words);
    let count = |count: u64| grouped(&count.to_string(), 0);
    let groups = tagging.document.body().groups().len() > 0;
    let header =
        ["tag", "tag_origin", "customers", "share"].into_iter().chain(groups.then_some("tag_outranked"));
    let mut table = table(header.map(|code| words.word(code)).collect(), &[2, 3, 4]);
    for row in &rows {
        let origin = words.word(if row.rule { "tag_rule" } else { "tag_set" });
        let cells = [row.label.clone(), origin, count(row.count), percent(row.share)];
        table.add_row(cells.into_iter().chain(groups.then(|| count(row.outranked))));
    }
    let none = [words.word("without"), String::new(), count(tags.counts.untagged)];
    table.add_row(none);
    writeln!(text, "{table}")?;
    tags.unknown(words).map_or(Ok(()), |unknown| writeln!(text, "{unknown}"))
}
