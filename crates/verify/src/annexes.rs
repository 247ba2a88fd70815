//! The annexes of every report: which rules were asked, and what no audit of this kind covers.

use crate::auditors_rules;
use crate::page::{Block, Section};
use minutebook_governance::{Force, RULES_VERSION, Rule, rulebook};
use serde_json::{Value, json};

/// What no audit of this kind covers.
pub(crate) const NOT_COVERED: [&str; 7] = [
    "Whether what was signed is true. A true signature can stand under a false statement.",
    "Whether an act is valid in law. The report says what was admitted under the rule set that it names, and no more.",
    "Registrars, as many as must sign, who conspire with whoever runs the log.",
    "The log and all of its witnesses conspiring; and, where no policy was given, the log alone showing others another history.",
    "Entries that were cut off the end, unless an earlier checkpoint, a receipt or a witness tells of them.",
    "What somebody has read of a private text before it was erased, and what sealed fields say.",
    "Whether every copy of the record is kept. Nothing can be verified of a record that is lost.",
];

/// All rules of the rule set, and those that an auditor asks beside them.
pub(crate) fn annex_a() -> Section {
    let says = |rule: &Rule| format!("{} ({})", rule.says, rule.source);
    let of_set = rule_set().map(|(rule, force)| vec![rule.id.to_owned(), force.to_owned(), says(rule)]);
    let beside =
        auditors_rules().map(|(rule, grade)| vec![rule.id.to_owned(), grade.as_str().to_owned(), says(rule)]);
    let blocks = vec![
        Block::words(format!(
            "All of rule set {RULES_VERSION}, as minutebook-verify {} has it. Every act was replayed against those of them that speak of its type. A rule that is hard refuses the act; one that is hard if certain refuses where it is broken for certain, and leaves a finding where a date is too imprecise to tell; one that is soft leaves a finding. What is a report (standing register, own_document or third_party) is judged for its form, its references and who signs it alone. Where a source is a \"principle\", the law is silent, and the rule rests on how a book has to be kept (docs/principles.md of Minutebook's source).",
            env!("CARGO_PKG_VERSION")
        )),
        Block::table(&["rule", "force", WHAT], of_set.collect(), "None."),
        Block::words("What an auditor asks beside, of the record as a whole:"),
        Block::table(&["rule", "grade", WHAT], beside.collect(), "None."),
    ];
    Section::new("Annex A: the rules", blocks)
}

const WHAT: &str = "what it asks, and where it comes from";

/// What is not covered.
pub(crate) fn annex_b() -> Section {
    let not_covered = NOT_COVERED.iter().map(|line| (*line).to_owned()).collect();
    Section::new("Annex B: not covered", vec![Block::List(not_covered)])
}

/// Both lists of rules as JSON.
pub(crate) fn rules_json() -> Value {
    let of_set = rule_set().map(
        |(rule, force)| json!({"id": rule.id, "force": force, "says": rule.says, "source": rule.source}),
    );
    let beside = auditors_rules().map(
        |(rule, grade)| json!({"id": rule.id, "grade": grade, "says": rule.says, "source": rule.source}),
    );
    json!({
        "version": RULES_VERSION,
        "rules": of_set.collect::<Vec<_>>(),
        "asked_beside": beside.collect::<Vec<_>>(),
    })
}

fn rule_set() -> impl Iterator<Item = (&'static Rule, &'static str)> {
    rulebook::rules().map(|rule| (rule, rulebook::force_of(rule.id).map_or("", Force::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_in_the_annex_once_with_its_force() {
        let Section { blocks, .. } = annex_a();
        let tables: Vec<_> = blocks
            .iter()
            .filter_map(|block| match block {
                Block::Table { rows, .. } => Some(rows),
                _ => None,
            })
            .collect();
        let ids: Vec<_> = tables[0].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(ids, rulebook::rules().map(|rule| rule.id).collect::<Vec<_>>());
        assert!(tables[0].iter().all(|row| ["hard", "hard if certain", "soft"].contains(&row[1].as_str())));
        assert_eq!(tables[1].len(), auditors_rules().count());
        let json = rules_json();
        assert_eq!(json["rules"].as_array().unwrap().len(), ids.len());
        assert_eq!(json["rules"][0]["id"], ids[0]);
        let beside = auditors_rules().map(|(rule, _grade)| rule);
        let found = rulebook::rules().chain(beside).find(|rule| {
            let word = ["law", "ful"].concat();
            rule.says.contains(&word) || rule.source.contains(&word)
        });
        assert_eq!(found, None, "no report says that");
    }
}
