//! Reading a lead policy so that every problem is named at once.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use guanxi_bands::{Bands, BandsError};
use guanxi_condition::{Condition, ConditionSpec, Vocabulary};
use guanxi_core::{DecimalText, Score, Weights, Zone};
use guanxi_policy::{Fields, Node};
use serde::de::DeserializeOwned;

use crate::id::{BandId, GradeId, LevelId, RuleId};
use crate::matrix::{Grades, block};
use crate::points::Points;
use crate::policy::{FitCondition, LeadPolicy, PartWeights};
use crate::read_rules::{Engagement, read_engagement};
use crate::spec::{
    BandSpec, CellSpec, DisqualifySpec, DuplicatesSpec, FitConditionSpec, FitSpec, FlagSpec, GradesSpec,
    KeySpec, LeadSpec, LevelSpec, PartWeightsSpec,
};

/// The most conditions of a kind, and the most rules.
pub const MAX_RULES: usize = 64;
/// The most levels of fit, and of engagement.
pub const MAX_LEVELS: usize = 16;
/// The most points of one event or condition, either way.
pub const MAX_POINTS: u32 = 100_000;

pub(crate) fn read_policy(node: &Node<'_>) -> Option<LeadPolicy> {
    let fields = node.fields(&[
        "vocabulary",
        "zone",
        "week_start",
        "weights",
        "fit",
        "engagement",
        "disqualify",
        "flags",
        "bands",
        "grades",
        "duplicates",
    ]);
    let vocabulary = match fields.optional("vocabulary") {
        None => Some(Vocabulary::new()),
        Some(node) => Vocabulary::read(&node),
    };
    let zone = fields.optional("zone").map_or_else(|| Some(Zone::UTC), |node| node.get());
    let week_start =
        fields.optional("week_start").map_or_else(|| Some(Default::default()), |node| node.get());
    let weights = fields.required("weights").and_then(|node| read_weights(&node));
    // With an empty vocabulary every name would be unknown, which says nothing new.
    let words = vocabulary.as_ref();
    let fit = fields.required("fit").and_then(|node| read_fit(&node, words?));
    let engagement = fields.required("engagement").and_then(|node| read_engagement(&node, words?));
    let disqualify = read_named(&fields, "disqualify", words);
    let flags = read_named(&fields, "flags", words);
    let bands = fields.required("bands").and_then(|node| read_bands(&node));
    let grades = fields.optional("grades").map(|node| read_grades(&node));
    let duplicates = fields.optional("duplicates").map(|node| read_duplicates(&node));

    let (vocabulary, zone, week_start) = (vocabulary?, zone?, week_start?);
    let ((weights_spec, weights), (fit_spec, fit, fit_full)) = (weights?, fit?);
    let Engagement { spec: engagement_spec, full: engagement_full, rules, groups, day, source } = engagement?;
    let (disqualify, flags, (band_specs, bands)) = (disqualify?, flags?, bands?);
    let grades = grades.map_or(Some(None), |grades| grades.map(Some))?;
    let duplicates = duplicates.unwrap_or_else(|| Some(DuplicatesSpec::default()))?;
    let keys = |keys: &[KeySpec]| keys.iter().map(|spec| (spec.key.clone(), spec.verdict)).collect();
    let spec = LeadSpec {
        vocabulary: vocabulary.spec(),
        zone,
        week_start,
        weights: weights_spec,
        fit: fit_spec,
        engagement: engagement_spec,
        disqualify: (disqualify.iter())
            .map(|(id, when): &(_, Condition)| DisqualifySpec {
                id: Clone::clone(id),
                when: ConditionSpec::from(when),
            })
            .collect(),
        flags: (flags.iter())
            .map(|(id, when): &(_, Condition)| FlagSpec {
                id: Clone::clone(id),
                when: ConditionSpec::from(when),
            })
            .collect(),
        bands: band_specs,
        grades: grades.as_ref().map(|grades: &Grades| grades.spec().clone()),
        duplicates: duplicates.clone(),
    };
    Some(LeadPolicy {
        vocabulary,
        zone,
        week_start,
        weights,
        fit,
        fit_full,
        rules,
        engagement_full,
        groups,
        day,
        source,
        disqualify,
        flags,
        bands,
        grades,
        organisation_keys: keys(&duplicates.organisation),
        person_keys: keys(&duplicates.person),
        spec,
    })
}

/// Points that a document may give, in millionths: not 0, unless that is allowed.
pub(crate) fn read_points(node: &Node<'_>, allowed: Allowed) -> Option<(DecimalText, i128)> {
    const PLACES: i128 = 100; // millionths of a ten-thousandth
    let given: DecimalText = node.get()?;
    let most = i128::from(MAX_POINTS) * 1_000_000;
    let millionths = Points::try_from(given).map(Points::millionths).ok();
    let fits = millionths.filter(|millionths| {
        millionths % PLACES == 0
            && match allowed {
                Allowed::Either => (-most..=most).contains(millionths) && *millionths != 0,
                Allowed::Positive => (1..=most).contains(millionths),
                Allowed::Upper => (0..=most).contains(millionths),
                Allowed::Lower => (-most..=0).contains(millionths),
            }
    });
    if fits.is_none() {
        let range = match allowed {
            Allowed::Either => "points from -100000 to 100000, but not 0",
            Allowed::Positive => "points above 0 and up to 100000",
            Allowed::Upper => "points from 0 to 100000",
            Allowed::Lower => "points from -100000 to 0",
        };
        node.refuse("not_allowed", format!("{range}, with at most four decimal places"));
    }
    Some((DecimalText(given.0.normalize()), fits?))
}

/// Which points are allowed.
#[derive(Clone, Copy)]
pub(crate) enum Allowed {
    /// Not 0.
    Either,
    /// Above 0.
    Positive,
    /// 0 or more.
    Upper,
    /// 0 or less.
    Lower,
}

/// The items of a list of at least `least` and at most `most`.
pub(crate) fn read_items<'a>(
    node: &Node<'a>,
    least: usize,
    most: usize,
    what: &str,
) -> Option<Vec<Node<'a>>> {
    let items = node.items()?;
    if !(least..=most).contains(&items.len()) {
        node.report("not_allowed", format!("{} {what}", items.len()), format!("{least} to {most} {what}"));
        return None;
    }
    Some(items)
}

/// A name that is used once.
pub(crate) fn read_id<I: DeserializeOwned + Ord + Clone>(
    fields: &Fields<'_>,
    known: &mut BTreeSet<I>,
) -> Option<I> {
    let node = fields.required("id")?;
    let id: I = node.get()?;
    if !known.insert(id.clone()) {
        node.refuse("duplicate", "each name once");
        return None;
    }
    Some(id)
}

fn read_weights(node: &Node<'_>) -> Option<(PartWeightsSpec, PartWeights)> {
    let fields = node.fields(&["fit", "engagement"]);
    let weight = |name| fields.required(name).and_then(|node| node.get::<DecimalText>());
    let (fit, engagement) = (weight("fit"), weight("engagement"));
    let (fit, engagement) = (fit?, engagement?);
    match Weights::new(vec![(true, fit.0), (false, engagement.0)]) {
        Ok(weights) => {
            let spec = PartWeightsSpec {
                fit: DecimalText(fit.0.normalize()),
                engagement: DecimalText(engagement.0.normalize()),
            };
            Some((spec, PartWeights { fit: weights.part(&true), engagement: weights.part(&false) }))
        }
        Err(error) => {
            node.refuse("not_allowed", error.to_string());
            None
        }
    }
}

fn read_fit(node: &Node<'_>, vocabulary: &Vocabulary) -> Option<(FitSpec, Vec<FitCondition>, i128)> {
    let fields = node.fields(&["full", "conditions"]);
    let full = fields.optional("full").map(|node| read_points(&node, Allowed::Positive));
    let listed = fields.required("conditions").and_then(|node| read_items(&node, 1, MAX_RULES, "conditions"));
    let mut known: BTreeSet<RuleId> = BTreeSet::new();
    let read = |node: &Node<'_>| {
        let fields = node.fields(&["id", "when", "points"]);
        let id = read_id(&fields, &mut known);
        let when = fields.required("when").and_then(|node| Condition::read(&node, vocabulary));
        let points = fields.required("points").and_then(|node| read_points(&node, Allowed::Either));
        let (id, when, (shown, points)) = (id?, when?, points?);
        let spec = FitConditionSpec { id: id.clone(), when: ConditionSpec::from(&when), points: shown };
        Some((spec, FitCondition { id, when, points }))
    };
    let all: Option<Vec<_>> =
        listed.map(|items| items.iter().map(read).collect::<Vec<_>>())?.into_iter().collect();
    let (specs, conditions): (Vec<FitConditionSpec>, Vec<FitCondition>) = all?.into_iter().unzip();
    let full = full.map_or(Some(None), |full| full.map(Some))?;
    let sum: i128 = conditions.iter().map(|condition| condition.points.max(0)).sum();
    let whole = full.map_or(sum, |(_, full)| full);
    if whole <= 0 {
        node.report(
            "not_allowed",
            "no points above 0",
            "at least one condition with points above 0, or `full`",
        );
        return None;
    }
    Some((FitSpec { full: full.map(|(shown, _)| shown), conditions: specs }, conditions, whole))
}

/// A list of named conditions, which may be absent.
fn read_named<I: DeserializeOwned + Ord + Clone>(
    fields: &Fields<'_>,
    name: &'static str,
    vocabulary: Option<&Vocabulary>,
) -> Option<Vec<(I, Condition)>> {
    let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
    let mut known = BTreeSet::new();
    let read = |node: &Node<'_>| {
        let fields = node.fields(&["id", "when"]);
        let id = read_id(&fields, &mut known);
        let when = fields.required("when").and_then(|node| Condition::read(&node, vocabulary?));
        Some((id?, when?))
    };
    let all: Vec<Option<_>> = read_items(&node, 0, MAX_RULES, name)?.iter().map(read).collect();
    all.into_iter().collect()
}

fn read_bands(node: &Node<'_>) -> Option<(Vec<BandSpec>, Bands<BandId>)> {
    let floors = read_floors(node, "bands")?;
    let bands = bands_of(node, floors.clone())?;
    Some((floors.into_iter().map(|(id, from)| BandSpec { id, from }).collect(), bands))
}

/// Names with their floors, as they are written.
fn read_floors<I: DeserializeOwned + Ord + Clone>(node: &Node<'_>, what: &str) -> Option<Vec<(I, Score)>> {
    let mut known = BTreeSet::new();
    let read = |node: &Node<'_>| {
        let fields = node.fields(&["id", "from"]);
        let id = read_id(&fields, &mut known);
        let from = fields.required("from").and_then(|node| node.get());
        Some((id?, from?))
    };
    let all: Vec<Option<_>> = read_items(node, 1, MAX_LEVELS, what)?.iter().map(read).collect();
    all.into_iter().collect()
}

fn bands_of<I: PartialEq>(node: &Node<'_>, floors: Vec<(I, Score)>) -> Option<Bands<I>> {
    let report = |error: BandsError| {
        let given = match &error {
            BandsError::NoBottom { given } => format!("a lowest floor of {given}"),
            BandsError::SameFloor { floor } => format!("{floor} twice"),
            _ => String::new(),
        };
        node.report("not_allowed", given, error.to_string());
    };
    Bands::new(floors).map_err(report).ok()
}

fn read_grades(node: &Node<'_>) -> Option<Grades> {
    let fields = node.fields(&["fit", "engagement", "cells"]);
    let levels = |name| {
        let node = fields.required(name)?;
        let floors: Vec<(LevelId, Score)> = read_floors(&node, "levels")?;
        Some((bands_of(&node, floors.clone())?, floors))
    };
    let (fit, engagement) = (levels("fit"), levels("engagement"));
    let cells = fields.required("cells");
    let ((fit, fit_floors), (engagement, engagement_floors), cells) = (fit?, engagement?, cells?);
    // Rows and columns from the lowest up, whatever the order of writing.
    let specs = |floors: Vec<(LevelId, Score)>| -> Vec<LevelSpec> {
        floors.into_iter().map(|(id, from)| LevelSpec { id, from }).collect()
    };
    let (fit_specs, engagement_specs) = (specs(fit_floors), specs(engagement_floors));
    let ascending = |levels: &[LevelSpec]| {
        let mut levels = levels.to_vec();
        levels.sort_by_key(|level| level.from);
        levels
    };
    let (rows, columns) = (ascending(&fit_specs), ascending(&engagement_specs));
    let mut table: Vec<Option<GradeId>> = vec![None; rows.len().saturating_mul(columns.len())];
    let mut complete = true;
    let mut blocks = Vec::new();
    for node in cells.items()? {
        let Some(cell) = read_cell(&node, &rows, &columns) else {
            complete = false;
            continue;
        };
        for (row, column) in block(&cell, &rows, &columns) {
            let place = row.saturating_mul(columns.len()).saturating_add(column);
            match table.get_mut(place) {
                Some(Some(grade)) => {
                    let name = cell_name(&rows, &columns, row, column);
                    let other = grade.to_string();
                    node.report(
                        "duplicate",
                        format!("the cell {name}"),
                        format!("each cell once: it is {other} already"),
                    );
                    complete = false;
                }
                Some(free) => *free = Some(cell.grade.clone()),
                None => {}
            }
        }
        blocks.push(cell);
    }
    for (place, _) in table.iter().enumerate().filter(|(_, grade)| complete && grade.is_none()) {
        let name = cell_name(&rows, &columns, place / columns.len(), place % columns.len());
        cells.report("missing_field", format!("no grade for the cell {name}"), "every cell once");
    }
    let table: Vec<GradeId> = table.into_iter().collect::<Option<_>>()?;
    let spec = GradesSpec { fit: fit_specs, engagement: engagement_specs, cells: blocks };
    if complete { Grades::new(fit, engagement, table, spec) } else { None }
}

fn cell_name(rows: &[LevelSpec], columns: &[LevelSpec], row: usize, column: usize) -> String {
    let name = |levels: &[LevelSpec], place: usize| {
        levels.get(place).map_or(String::new(), |level| level.id.to_string())
    };
    format!("fit {}, engagement {}", name(rows, row), name(columns, column))
}

fn read_cell(node: &Node<'_>, rows: &[LevelSpec], columns: &[LevelSpec]) -> Option<CellSpec> {
    let fields = node.fields(&["grade", "fit", "engagement"]);
    let grade = fields.required("grade").and_then(|node| node.get());
    let chosen = |name, levels: &[LevelSpec]| {
        let Some(node) = fields.optional(name) else { return Some(None) };
        let mut known = BTreeSet::new();
        let read = |node: &Node<'_>| {
            let id: LevelId = node.get()?;
            if !levels.iter().any(|level| level.id == id) {
                let names: Vec<String> = levels.iter().map(|level| level.id.to_string()).collect();
                node.refuse("unknown_name", names.join(", "));
                return None;
            }
            if !known.insert(id.clone()) {
                node.refuse("duplicate", "each level once");
                return None;
            }
            Some(id)
        };
        let all: Vec<Option<LevelId>> =
            read_items(&node, 1, MAX_LEVELS, "levels")?.iter().map(read).collect();
        all.into_iter().collect::<Option<Vec<_>>>().map(Some)
    };
    let (fit, engagement) = (chosen("fit", rows), chosen("engagement", columns));
    Some(CellSpec { grade: grade?, fit: fit?, engagement: engagement? })
}

fn read_duplicates(node: &Node<'_>) -> Option<DuplicatesSpec> {
    let fields = node.fields(&["organisation", "person"]);
    let keys = |name| {
        let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
        let mut known = BTreeSet::new();
        let read = |node: &Node<'_>| {
            let fields = node.fields(&["key", "verdict"]);
            let key = fields.required("key").and_then(|node| {
                let key: crate::id::KeyKind = node.get()?;
                if !known.insert(key.clone()) {
                    node.refuse("duplicate", "each kind of key once");
                    return None;
                }
                Some(key)
            });
            let verdicts = [crate::spec::Verdict::Same, crate::spec::Verdict::Review].map(|v| (v.code(), v));
            let verdict = fields.required("verdict").and_then(|node| node.choice(&verdicts));
            Some(KeySpec { key: key?, verdict: verdict? })
        };
        let all: Vec<Option<KeySpec>> = read_items(&node, 0, MAX_LEVELS, "keys")?.iter().map(read).collect();
        all.into_iter().collect()
    };
    let (organisation, person) = (keys("organisation"), keys("person"));
    Some(DuplicatesSpec { organisation: organisation?, person: person? })
}
