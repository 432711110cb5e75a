//! What is legal in a lead policy, but suspicious.
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_policy::Warning;

use crate::policy::{LeadPolicy, LeadPolicyDocument};
use crate::spec::DecaySpec;

/// What is suspicious about a lead policy, in the order of its fields.
///
/// Codes: `part_without_weight`, `never_full`, `above_full`, `never_ages`, `cap_below_points`,
/// `cap_without_rules`, `nobody_known`, and those of conditions.
#[must_use]
pub fn lint(policy: &LeadPolicyDocument) -> Vec<Warning> {
    let body = policy.body();
    let mut warnings = Vec::new();
    let mut warn = |path: String, code, found: String, advice: &str| {
        warnings.push(Warning { path, code, found, advice: advice.to_string() });
    };
    for (name, weight) in [("fit", body.weights.fit), ("engagement", body.weights.engagement)] {
        if weight == 0 {
            let found = format!("{name} weighs nothing");
            warn(
                format!("body.weights.{name}"),
                "part_without_weight",
                found,
                "it moves the grade alone; leave it so only on purpose",
            );
        }
    }
    fit(body, &mut warn);
    rules(body, &mut warn);
    for (group, _) in &body.groups {
        let used = body.spec.engagement.rules.iter().any(|rule| rule.group.as_ref() == Some(group));
        if !used {
            let found = format!("no rule belongs to the group {group}");
            warn(
                format!("body.engagement.caps.groups.{group}"),
                "cap_without_rules",
                found,
                "this has no effect; leave it out",
            );
        }
    }
    for (name, keys) in [("organisation", &body.organisation_keys), ("person", &body.person_keys)] {
        if keys.is_empty() {
            let found =
                format!("no key tells that an {name} is known already").replace("an person", "a person");
            warn(
                format!("body.duplicates.{name}"),
                "nobody_known",
                found,
                "conversion creates everybody anew; name the keys that tell",
            );
        }
    }
    warnings.extend(conditions(body));
    warnings
}

/// What is suspicious about the conditions, each by itself.
fn conditions(body: &LeadPolicy) -> Vec<Warning> {
    let fit = body.fit.iter().enumerate().map(|(place, one)| (format!("fit.conditions[{place}]"), &one.when));
    let rules = body.rules.iter().enumerate();
    let rules =
        rules.filter_map(|(place, rule)| Some((format!("engagement.rules[{place}]"), rule.when.as_ref()?)));
    let disqualify =
        body.disqualify.iter().enumerate().map(|(place, (_, when))| (format!("disqualify[{place}]"), when));
    let flags = body.flags.iter().enumerate().map(|(place, (_, when))| (format!("flags[{place}]"), when));
    let all = fit.chain(rules).chain(disqualify).chain(flags);
    let within = |path: &str| if path.is_empty() { String::new() } else { format!(".{path}") };
    all.flat_map(|(place, when)| {
        when.lint().into_iter().map(move |warning| Warning {
            path: format!("body.{place}.when{}", within(&warning.path)),
            ..warning
        })
    })
    .collect()
}

fn fit(body: &LeadPolicy, warn: &mut impl FnMut(String, &'static str, String, &str)) {
    let most: i128 = body.fit.iter().map(|condition| condition.points.max(0)).sum();
    let path = || "body.fit.full".to_string();
    if most < body.fit_full {
        warn(
            path(),
            "never_full",
            "all conditions together bring less".to_string(),
            "no lead ever fits with 100.00",
        );
    }
    if most > body.fit_full {
        warn(
            path(),
            "above_full",
            "all conditions together bring more".to_string(),
            "what is above is cut off",
        );
    }
}

fn rules(body: &LeadPolicy, warn: &mut impl FnMut(String, &'static str, String, &str)) {
    for (place, rule) in body.rules.iter().enumerate() {
        let path = |field: &str| format!("body.engagement.rules[{place}].{field}");
        let DecaySpec { window, steps, linear, half_life } = rule.decay.spec();
        if window.is_none() && linear.is_none() && half_life.is_none() && steps.is_empty() {
            let found = format!("the events of {} count for ever", rule.id);
            warn(
                path("decay"),
                "never_ages",
                found,
                "give it a window or a decay, or a lead stays as good as it ever was",
            );
        }
        if rule.cap.is_some_and(|cap| cap < rule.points.unsigned_abs()) {
            let found = format!("one event of {} brings more", rule.id);
            warn(path("cap"), "cap_below_points", found, "give each event fewer points instead");
        }
    }
}
