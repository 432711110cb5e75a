//! What may be spent on the customers, and by which policy: `[budget]`.
use std::collections::BTreeMap;

use guanxi::core::{Currency, DecimalText, Money, Share};
use guanxi::policy::Node;
use guanxi::strategy::{BudgetBandId, budget_preset_ids};

use super::PolicyChoice;
use super::settings::text;

/// What the folder says of its budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BudgetChoice {
    /// What is divided.
    pub(crate) total: Money,
    /// By which policy; the preset `standard`, if left out.
    pub(crate) policy: Option<PolicyChoice>,
    /// The shares that bands must have.
    pub(crate) shares: BTreeMap<BudgetBandId, Share>,
}

impl BudgetChoice {
    /// Reads the table; the total is in the currency of the folder, unless it says another.
    pub(super) fn read(node: &Node<'_>, currency: Option<Currency>) -> Option<Self> {
        let fields = node.fields(&["total", "currency", "policy", "shares"]);
        let total: Option<DecimalText> = fields.required("total").and_then(|node| node.get());
        let own = fields.optional("currency").map(|node| node.get::<Currency>());
        let currency = own.unwrap_or(currency);
        if currency.is_none() && fields.optional("currency").is_none() {
            node.report("missing_field", "", "`currency`, here or at the top");
        }
        let policy = fields.optional("policy").map(|node| {
            let chosen = PolicyChoice::named(text(&node)?);
            match &chosen {
                PolicyChoice::Preset(id) if !budget_preset_ids().contains(&id.as_str()) => {
                    let presets = budget_preset_ids().join(", ");
                    node.refuse(
                        "unknown_name",
                        format!("{presets}, or a document of the folder: \"budget.toml\""),
                    );
                    None
                }
                _ => Some(chosen),
            }
        });
        let mut shares = BTreeMap::new();
        for (name, node) in fields.optional("shares").and_then(|node| node.entries()).unwrap_or_default() {
            let band = BudgetBandId::new(name)
                .map_err(|error| node.report("not_allowed", format!("`{name}`"), error.to_string()));
            shares.extend(band.ok().zip(node.get::<Share>()));
        }
        let policy = match policy {
            Some(read) => Some(read?),
            None => None,
        };
        Some(Self { total: Money::new(total?.0, currency?), policy, shares })
    }
}
