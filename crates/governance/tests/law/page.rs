//! The page of rules is what the code makes.

#[path = "../../examples/rules.rs"]
mod rules;

use std::fs;

#[test]
fn the_page_of_rules_is_up_to_date() {
    let page = fs::read_to_string(rules::path()).unwrap_or_default();
    let again = "cargo run -p minutebook-governance --example rules";
    assert!(page == rules::page(), "docs/rules.md is not what the code makes: {again}");
    assert_eq!(page.matches("\n| `").count(), minutebook_governance::rulebook::rules().count());
}

#[test]
fn every_principle_that_a_rule_rests_on_is_explained() {
    let path = rules::path().with_file_name("principles.md");
    let page = fs::read_to_string(path).unwrap().to_lowercase();
    for rule in minutebook_governance::rulebook::rules() {
        for source in rule.source.split("; ") {
            let Some(principle) = source.strip_prefix("principle: ") else { continue };
            assert!(page.contains(&format!("\n## {principle}\n")), "{}: {principle}", rule.id);
        }
    }
}
