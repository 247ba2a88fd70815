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
