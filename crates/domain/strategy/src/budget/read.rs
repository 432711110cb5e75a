//! Reading a budget policy.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use guanxi_core::{FactId, Share, TierId};
use guanxi_policy::{Body, Fields, Node};

use super::spec::{
    Bounds, BudgetBandSpec, BudgetPolicy, BudgetSpec, DivideBy, MAX_BUDGET_BANDS, WhenEmpty, units,
};

impl Body for BudgetPolicy {
    type Spec = BudgetSpec;
    const SCHEMA: &'static str = "guanxi.budget/1";

    fn spec(&self) -> BudgetSpec {
        self.spec.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["tier", "weight", "when_empty", "bands"]);
        let tier: Option<FactId> = fields.required("tier").and_then(|node| node.get());
        let weight: Option<Option<FactId>> = fields.optional("weight").map(|node| node.get());
        let empty = [("keep", WhenEmpty::Keep), ("release", WhenEmpty::Release)];
        let when_empty = fields.optional("when_empty").map(|node| node.choice(&empty));
        let bands = fields.required("bands").and_then(|node| read_bands(&node));
        let weight = match weight {
            Some(read) => Some(read?),
            None => None,
        };
        let when_empty = when_empty.unwrap_or(Some(WhenEmpty::Keep))?;
        let (bands, bounds) = bands?.into_iter().unzip();
        Some(Self { spec: BudgetSpec { tier: tier?, weight, when_empty, bands }, bounds })
    }
}

fn read_bands(node: &Node<'_>) -> Option<Vec<(BudgetBandSpec, Bounds)>> {
    let items = node.items()?;
    if items.is_empty() || items.len() > MAX_BUDGET_BANDS {
        node.report("not_allowed", format!("{} bands", items.len()), "1 to 64 bands");
        return None;
    }
    let (mut ids, mut tiers) = (BTreeSet::new(), BTreeSet::new());
    let read: Vec<_> = items.iter().map(|item| read_band(item, &mut ids, &mut tiers)).collect();
    read.into_iter().collect()
}

fn read_band(
    item: &Node<'_>,
    ids: &mut BTreeSet<super::id::BudgetBandId>,
    taken: &mut BTreeSet<TierId>,
) -> Option<(BudgetBandSpec, Bounds)> {
    let fields = item.fields(&["id", "tiers", "from", "to", "aim", "divide_by"]);
    let id: Option<super::id::BudgetBandId> = fields.required("id").and_then(|node| node.get());
    let mut sound = true;
    if let Some(id) = &id
        && !ids.insert(id.clone())
    {
        item.report("duplicate", format!("id `{id}`"), "each band has an id of its own");
        sound = false;
    }
    let tiers = fields.required("tiers").and_then(|node| read_tiers(&node, taken));
    let (from, to, aim) =
        (share(&fields, "from", true), share(&fields, "to", true), share(&fields, "aim", false));
    let ways = [("weight", DivideBy::Weight), ("customers", DivideBy::Customers)];
    let divide_by = fields.optional("divide_by").map(|node| node.choice(&ways));
    let divide_by = divide_by.unwrap_or(Some(DivideBy::Weight));
    let ((from, low), (to, high)) = (from??, to??);
    if low > high {
        item.report("not_allowed", format!("from {from} to {to}"), "from at most to");
        return None;
    }
    let (aim, start) = match aim? {
        None => (None, u64::midpoint(low, high)),
        Some((aim, start)) => (Some(aim), start),
    };
    if start < low || start > high {
        item.report(
            "not_allowed",
            format!("aim {start}", start = aim.unwrap_or(Share::NONE)),
            format!("an aim from {from} to {to}"),
        );
        return None;
    }
    let band = BudgetBandSpec { id: id?, tiers: tiers?, from, to, aim, divide_by: divide_by? };
    sound.then_some((band, Bounds { from: low, start, to: high }))
}

fn read_tiers(node: &Node<'_>, taken: &mut BTreeSet<TierId>) -> Option<Vec<TierId>> {
    let items = node.items()?;
    if items.is_empty() {
        node.refuse("not_allowed", "at least one tier");
        return None;
    }
    let read: Vec<Option<TierId>> = items
        .iter()
        .map(|item| {
            let tier: TierId = item.get()?;
            if !taken.insert(tier.clone()) {
                item.refuse("duplicate", "each tier in one band");
                return None;
            }
            Some(tier)
        })
        .collect();
    read.into_iter().collect()
}

/// A share with its parts of one; `None` where it is ill, `Some(None)` where it may be left out and is.
#[allow(clippy::option_option)]
fn share(fields: &Fields<'_>, name: &'static str, required: bool) -> Option<Option<(Share, u64)>> {
    let node = if required { Some(fields.required(name)?) } else { fields.optional(name) };
    let Some(node) = node else { return Some(None) };
    let share: Share = node.get()?;
    let Some(units) = units(share) else {
        node.refuse("not_allowed", "a share of at most nine decimal places");
        return None;
    };
    Some(Some((share, units)))
}
