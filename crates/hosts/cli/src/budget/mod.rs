//! `guanxi budget`: a total divided over the customers of the lines.
mod spent;
pub(crate) mod table;

use std::collections::BTreeMap;
use std::io::{self, Write};

use guanxi::condition::Vocabulary;
use guanxi::core::{Basis, FactId, FactKind, FactMap, FactSchema, Facts, SubjectId, Zone};
use guanxi::policy::LabelPack;
use guanxi::strategy::{
    Budget, BudgetDocument, BudgetError, BudgetPolicy, BudgetReason, SpendReport, allocate, compare_spend,
    labels,
};
use serde::Serialize;
use serde_json::to_writer;

use crate::args::{BudgetArgs, Lang};
use crate::decided::{pack, texts};
use crate::document;
use crate::filter::filter;
use crate::given::{Known, LineReader, as_of};
use crate::output::{Failure, Outcome};

/// The decision as it is written.
#[derive(Serialize)]
struct Written<'a> {
    outcome: &'a Budget,
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<&'a SpendReport>,
    reasons: &'a [BudgetReason],
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<String>>,
    basis: &'a Basis,
    as_of: chrono::DateTime<chrono::Utc>,
    next_change: Option<chrono::DateTime<chrono::Utc>>,
}

pub(crate) fn run(args: &BudgetArgs, quiet: bool) -> Result<Outcome, Failure> {
    let policy: BudgetDocument = document::named(&args.policy, "policy")?;
    let as_of = as_of(args.as_of.as_deref(), Zone::UTC)?;
    let mut wanted = BTreeMap::new();
    for (band, share) in &args.shares {
        if wanted.insert(band.clone(), *share).is_some() {
            return Err(Failure::told(format!("--share: {band} is given twice")));
        }
    }
    let spending = args.spent.as_deref().map(|path| spent::read(path, args.total.currency())).transpose()?;

    let (schemas, none) = (schemas(policy.body()), Vocabulary::new());
    let mut reader =
        LineReader::with_facts(schemas.iter().map(|(id, schema)| (*id, schema)), &none, Zone::UTC);
    let mut customers: BTreeMap<SubjectId, FactMap> = BTreeMap::new();
    let filtered = filter("customers read", quiet, |line, _| {
        let Known { subject, facts, .. } = reader.read(line)?;
        if customers.contains_key(&subject) {
            return Err(format!("customer `{subject}` is there already"));
        }
        customers.insert(subject, facts);
        Ok(())
    })?;
    let ended = filtered.end(args.skip_bad);
    reader.tell_unread_facts(quiet);

    let given: Vec<(&SubjectId, &dyn Facts)> =
        customers.iter().map(|(subject, facts)| (subject, facts as &dyn Facts)).collect();
    let decision = allocate(&policy, args.total, &wanted, &given, as_of);
    let decision = decision.map_err(|error| Failure::told(told(&error, policy.body())))?;
    let compared = match (decision.outcome.allocation(), &spending) {
        (Some(allocation), Some(spending)) => {
            Some(compare_spend(allocation, spending).map_err(Failure::told)?)
        }
        _ => None,
    };
    let mut out = io::stdout().lock();
    if args.table {
        let labels = words(args.lang.unwrap_or(Lang::En))?;
        let text = table::text(&decision, compared.as_ref(), &labels);
        out.write_all(crate::output::inert(&text.replace('\u{a0}', " ")).as_bytes())
    } else {
        let labels = pack(args.lang, |lang| Some(labels(lang)?.with(guanxi::scoring::labels(lang)?)))?;
        let written = Written {
            outcome: &decision.outcome,
            spent: compared.as_ref(),
            reasons: &decision.reasons,
            texts: texts(&decision.reasons, labels.as_ref(), BudgetReason::text),
            basis: &decision.basis,
            as_of: decision.as_of,
            next_change: decision.next_change,
        };
        to_writer(&mut out, &written).map_err(Into::into).and_then(|()| out.write_all(b"\n"))
    }
    .and_then(|()| out.flush())
    .map_err(|error| Failure::output(&error))?;
    Ok(if decision.outcome.allocation().is_none() { Outcome::SomeBad } else { ended })
}

/// What is wrong with a total or the shares wanted, and which bands there are.
pub(crate) fn told(error: &BudgetError, policy: &BudgetPolicy) -> String {
    match error {
        BudgetError::UnknownBand { .. } => {
            let bands: Vec<&str> = policy.bands().iter().map(|band| band.id.as_str()).collect();
            format!("{error}, it has {}", bands.join(", "))
        }
        error => error.to_string(),
    }
}

/// The facts that a policy reads.
fn schemas(policy: &BudgetPolicy) -> Vec<(&FactId, FactSchema)> {
    let weight = policy.weight().map(|fact| (fact, FactSchema::of(FactKind::Decimal)));
    [(policy.tier(), FactSchema::of(FactKind::Text))].into_iter().chain(weight).collect()
}

/// The labels of a table.
fn words(lang: Lang) -> Result<LabelPack, Failure> {
    let code = lang.code();
    let missing = || Failure::told(format!("there are no labels for {code}"));
    let own = LabelPack::parse(lang.texts()).map_err(Failure::told)?;
    let tiers = guanxi::scoring::labels(code).ok_or_else(missing)?;
    Ok(labels(code).ok_or_else(missing)?.with(tiers).with(own))
}
