//! `guanxi lead`: a lead and what it did a line in, its score and why a line out.
use guanxi::core::{Score, SubjectId};
use guanxi::leads::{
    BandId, Computed, FlagId, GradeId, LeadGiven, LeadLedger, LeadOverride, LeadPolicyDocument, LeadReason,
    LeadScore, LevelId, Line, Part, Points, RuleId, labels, score,
};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::args::LeadArgs;
use crate::decided::{Decided, pack, texts};
use crate::document;
use crate::filter::{filter, write};
use crate::given::{Entries, Known, LineReader, as_of};
use crate::line::{Text, read_json};
use crate::output::{Failure, Outcome};

pub(crate) fn run(args: &LeadArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: LeadPolicyDocument = document::named(&args.policy, "policy")?;
    let body = policy.body();
    let as_of = as_of(args.as_of.as_deref(), body.zone())?;
    let labels = pack(args.lang, labels)?;
    let vocabulary = body.vocabulary();
    let mut reader =
        LineReader::new(vocabulary, body.zone()).with(&["override", "owner", "accounts", "effort"]);
    let filtered = filter("leads scored", quiet, |line, out| {
        let Known { subject, facts, events, set, .. } = reader.read(line)?;
        let set = set.map(|token| read_override(token.get())).transpose()?;
        let ledger: LeadLedger = events.unwrap_or_default().into_iter().collect();
        let given = LeadGiven { facts: &facts, ledger: &ledger, overridden: set.as_ref() };
        let decision = score(&policy, &given, as_of);
        if args.facts {
            return write(&Passed::new(line, &subject, &decision.outcome)?, out);
        }
        let shown = Shown::new(&decision.outcome, args.explain);
        let texts = texts(&decision.reasons, labels.as_ref(), LeadReason::text);
        write(&Decided::new(&subject, &shown, None::<&()>, &decision, texts), out)
    })?;
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread(quiet || args.facts);
    Ok(ended)
}

fn read_override(token: &str) -> Result<LeadOverride, String> {
    read_json(token).map_err(|error| format!("`override`: {error}"))
}

/// A score as it is written: the ledgers only if they are asked for.
#[derive(Serialize)]
struct Shown<'a> {
    score: Score,
    band: &'a BandId,
    grade: Option<&'a GradeId>,
    computed: &'a Computed,
    fit: ShownPart<'a>,
    engagement: ShownPart<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    disqualified: &'a [RuleId],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flags: &'a [FlagId],
}

#[derive(Serialize)]
struct ShownPart<'a> {
    score: Score,
    level: Option<&'a LevelId>,
    brings: Score,
    total: Points,
    full: Points,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<&'a [Line]>,
}

impl<'a> Shown<'a> {
    fn new(outcome: &'a LeadScore, explain: bool) -> Self {
        let LeadScore { score, band, grade, computed, fit, engagement, disqualified, flags } = outcome;
        let part = |part: &'a Part| ShownPart {
            score: part.score,
            level: part.level.as_ref(),
            brings: part.brings,
            total: part.total,
            full: part.full,
            lines: explain.then_some(part.lines.as_slice()),
        };
        Self {
            score: *score,
            band,
            grade: grade.as_ref(),
            computed,
            fit: part(fit),
            engagement: part(engagement),
            disqualified,
            flags,
        }
    }
}

/// A line as it came, with what was found out of the lead among its facts.
#[derive(Serialize)]
struct Passed<'a> {
    subject: &'a SubjectId,
    facts: PassedFacts<'a>,
    #[serde(flatten)]
    rest: Rest<'a>,
}

/// What a line says that nobody here reads.
#[derive(Deserialize, Serialize)]
struct Rest<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    events: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    owner: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    accounts: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    effort: Option<&'a RawValue>,
}

/// The facts of a line.
#[derive(Deserialize)]
struct Facts<'a> {
    #[serde(borrow)]
    facts: Option<Entries<'a>>,
}

struct PassedFacts<'a> {
    given: Entries<'a>,
    outcome: &'a LeadScore,
}

impl<'a> Passed<'a> {
    fn new(line: &'a str, subject: &'a SubjectId, outcome: &'a LeadScore) -> Result<Self, String> {
        let Facts { facts } = read_json(line)?;
        let facts = PassedFacts { given: facts.unwrap_or_default(), outcome };
        Ok(Self { subject, facts, rest: read_json(line)? })
    }
}

impl Serialize for PassedFacts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const FOUND: [&str; 3] = ["score", "band", "grade"];
        let mut map = serializer.serialize_map(None)?;
        let Entries(given) = &self.given;
        for (Text(name), token) in given.iter().filter(|(Text(name), _)| !FOUND.contains(&name.as_ref())) {
            map.serialize_entry(name.as_ref(), token)?;
        }
        map.serialize_entry("score", &self.outcome.score)?;
        map.serialize_entry("band", &self.outcome.band)?;
        if let Some(grade) = &self.outcome.grade {
            map.serialize_entry("grade", grade)?;
        }
        map.end()
    }
}
