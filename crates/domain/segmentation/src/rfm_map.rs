//! Which segment each cell belongs to: every cell to exactly one.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_policy::Node;

use crate::id::SegmentId;
use crate::rfm_spec::{CellsSpec, SegmentSpec};

/// How many cells a problem names before it only counts.
const NAMED: usize = 10;

/// The most segments that a policy may have: one for each of the most cells.
const MAX_SEGMENTS: usize = 729;

/// The segment of every cell, by its place in the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentMap {
    scores: [u8; 3],
    cells: Vec<usize>, // INVARIANT: one for each cell, m fastest, then f, then r
}

impl SegmentMap {
    pub(crate) fn segment(&self, cell: [u8; 3]) -> Option<usize> {
        self.cells.get(place(self.scores, cell)?).copied()
    }
}

fn place(scores: [u8; 3], cell: [u8; 3]) -> Option<usize> {
    cell.into_iter().zip(scores).try_fold(0_usize, |place, (score, of)| {
        let inside = (1..=of).contains(&score);
        inside.then(|| place * usize::from(of) + usize::from(score) - 1)
    })
}

/// All cells, in the order of their places.
fn cells([r, f, m]: [u8; 3]) -> impl Iterator<Item = [u8; 3]> {
    (1..=r).flat_map(move |r| (1..=f).flat_map(move |f| (1..=m).map(move |m| [r, f, m])))
}

/// Reads the segments and checks that they cover every cell once; what overlaps and what is left out is
/// counted whole and named as far as there is room.
pub(crate) fn read_map(node: &Node<'_>, scores: [Option<u8>; 3]) -> Option<(Vec<SegmentSpec>, SegmentMap)> {
    let items = node.items()?;
    if items.len() > MAX_SEGMENTS {
        node.report("not_allowed", format!("{} segments", items.len()), "at most 729 segments");
        return None;
    }
    let (mut segments, mut complete): (Vec<SegmentSpec>, bool) = (Vec::new(), true);
    let mut ids: BTreeSet<SegmentId> = BTreeSet::new();
    for item in items {
        let fields = item.fields(&["id", "cells"]);
        let id: Option<SegmentId> = fields.required("id").and_then(|node| node.get());
        if let Some(id) = &id
            && !ids.insert(id.clone())
        {
            item.report("duplicate", format!("id `{id}`"), "each segment has an id of its own");
        }
        let cells = fields.required("cells").and_then(|node| read_cells(&node, scores));
        match (id, cells) {
            (Some(id), Some(cells)) => segments.push(SegmentSpec { id, cells }),
            _ => complete = false,
        }
    }
    let [Some(r), Some(f), Some(m)] = scores else { return None };
    if !complete {
        return None;
    }
    let map = cover(node, &segments, [r, f, m])?;
    Some((segments, map))
}

fn read_cells(node: &Node<'_>, scores: [Option<u8>; 3]) -> Option<Vec<CellsSpec>> {
    let items = node.items()?;
    if items.is_empty() {
        node.refuse("not_allowed", "at least one block of cells; `{}` is all cells");
        return None;
    }
    let block = |item: &Node<'_>| {
        let fields = item.fields(&["r", "f", "m"]);
        let range = |name, of: Option<u8>| {
            let Some(node) = fields.optional(name) else { return Some(None) };
            let range: [u8; 2] = node.get()?;
            let [from, to] = range;
            if from < 1 || from > to || of.is_some_and(|of| to > of) {
                let most = of.map_or_else(String::new, |of| format!(" <= {of}"));
                node.refuse("not_allowed", format!("[from, to] with 1 <= from <= to{most}"));
                return None;
            }
            Some(Some(range))
        };
        let [r, f, m] = scores;
        let (r, f, m) = (range("r", r), range("f", f), range("m", m));
        Some(CellsSpec { r: r?, f: f?, m: m? })
    };
    let blocks: Vec<Option<CellsSpec>> = items.iter().map(block).collect();
    blocks.into_iter().collect()
}

fn holds(block: &CellsSpec, [r, f, m]: [u8; 3]) -> bool {
    let inside = |range: Option<[u8; 2]>, score| range.is_none_or(|[from, to]| (from..=to).contains(&score));
    inside(block.r, r) && inside(block.f, f) && inside(block.m, m)
}

fn cover(node: &Node<'_>, segments: &[SegmentSpec], scores: [u8; 3]) -> Option<SegmentMap> {
    let (mut map, mut uncovered, mut twice) = (Vec::new(), Named::default(), Named::default());
    for cell in cells(scores) {
        // A block that holds the cell twice within one segment covers it twice, too.
        let owners = segments.iter().enumerate().flat_map(|(i, segment)| {
            segment.cells.iter().filter(move |block| holds(block, cell)).map(move |_| i)
        });
        let owners: Vec<usize> = owners.collect();
        let [r, f, m] = cell;
        match owners.as_slice() {
            [] => uncovered.add(|| format!("r{r} f{f} m{m}")),
            [owner] => map.push(*owner),
            [..] => twice.add(|| {
                let names: Vec<&str> =
                    owners.iter().filter_map(|owner| Some(segments.get(*owner)?.id.as_str())).collect();
                format!("r{r} f{f} m{m} by {}", names.join(" and "))
            }),
        }
    }
    for (code, named) in [("cells_uncovered", &uncovered), ("cells_covered_twice", &twice)] {
        if named.count > 0 {
            node.report(code, named.text(), "segments that cover every cell exactly once");
        }
    }
    (uncovered.count == 0 && twice.count == 0).then_some(SegmentMap { scores, cells: map })
}

/// Cells of one kind of problem: all counted, the first ones named.
#[derive(Default)]
struct Named {
    count: usize,
    names: Vec<String>,
}

impl Named {
    fn add(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name());
        }
    }

    fn text(&self) -> String {
        let more = self.count.saturating_sub(self.names.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{} cells: {}{rest}", self.count, self.names.join(", "))
    }
}
