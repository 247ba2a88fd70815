//! docs/questions.md, made from the descriptions: every question of the register, what it takes, and what --json says.

use super::{argument, asked, comment_on_field, comment_on_message, comment_on_method, services};
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use std::collections::BTreeMap;
use std::path::Path;

const HEAD: &str = "\
# Questions

Every question that the register answers, what it takes, and what its answer has: over gRPC, and with `--json` on the command
line, whose members have the same names, numbers as numbers, enums by their names, and what is empty too. Written by the code from
`proto/`; a test holds it.

Each takes a `view`: on the command line `--as-at`, `--known-at` and `--reported`. Each answer says in `answered` from where it looked. What comes in
pages over gRPC (`page_size`, `page_token`, `next_page_token`) comes whole on the command line.
";

/// The members that every question or every page has.
const EVERYWHERE: [&str; 5] = ["view", "answered", "page_size", "page_token", "next_page_token"];

fn page() -> String {
    let mut text = HEAD.to_owned();
    let mut used = BTreeMap::new();
    let register = services().filter(|service| service.name() == "RegisterService");
    for method in register.flat_map(|service| service.methods().collect::<Vec<_>>()) {
        text.push_str(&question(&method, &mut used));
    }
    text.push_str("\n## What answers are made of\n");
    for message in used.values() {
        text.push_str(&format!("\n### {}\n\n{}\n\n", message.name(), comment_on_message(message)));
        text.push_str(&members(message.fields()));
    }
    text
}

fn question(method: &MethodDescriptor, used: &mut BTreeMap<String, MessageDescriptor>) -> String {
    let how = asked(method);
    let command = how.as_ref().map_or_else(String::new, |how| format!(" · `minutebook {}`", how.command));
    let mut text = format!("\n## {}{command}\n\n{}\n", method.name(), comment_on_method(method));
    let (input, output) = (method.input(), method.output());
    let takes: Vec<_> = own(&input).collect();
    if !takes.is_empty() {
        text.push_str(&format!("\nIt takes:\n\n{}", members(takes.into_iter())));
    }
    text.push_str(&format!("\nIts answer has:\n\n{}", members(own(&output))));
    if let Some(how) = how {
        let examples: Vec<_> = how.examples.iter().map(|example| format!("`minutebook {example}`")).collect();
        text.push_str(&format!("\nFor example: {}\n", examples.join(", ")));
    }
    use_messages(&output, used);
    text
}

/// The members that are a message's own.
fn own(message: &MessageDescriptor) -> impl Iterator<Item = FieldDescriptor> {
    message.fields().filter(|field| !EVERYWHERE.contains(&field.name())).collect::<Vec<_>>().into_iter()
}

fn members(fields: impl Iterator<Item = FieldDescriptor>) -> String {
    let mut text = "| member | is | |\n|---|---|---|\n".to_owned();
    for field in fields {
        let given = argument(&field).filter(|how| how.is_option).map_or("", |_how| " (by its name)");
        let comment = comment_on_field(&field).replace('|', "\\|");
        text.push_str(&format!("| `{}`{given} | {} | {comment} |\n", field.name(), kind(&field)));
    }
    text
}

fn kind(field: &FieldDescriptor) -> String {
    let kind = match field.kind() {
        Kind::Message(message) => format!("[{}](#{})", message.name(), message.name().to_lowercase()),
        Kind::Enum(of) => {
            let words: Vec<_> = of.values().map(|value| format!("`{}`", value.name())).collect();
            words.join(", ")
        }
        Kind::Bool => "yes or no".to_owned(),
        Kind::String => "text".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
        _ => "number".to_owned(),
    };
    let absent = field.supports_presence() && !matches!(field.kind(), Kind::Message(_));
    match (field.is_list(), absent) {
        (true, _) => format!("list of {kind}"),
        (_, true) => format!("{kind}, or absent"),
        _ => kind,
    }
}

/// Every message that this one is made of, by its name.
fn use_messages(message: &MessageDescriptor, used: &mut BTreeMap<String, MessageDescriptor>) {
    for field in message.fields() {
        if let Kind::Message(inner) = field.kind()
            && used.insert(inner.name().to_owned(), inner.clone()).is_none()
        {
            use_messages(&inner, used);
        }
    }
}

#[test]
fn the_page_of_questions_is_what_the_descriptions_make() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/questions.md");
    if std::env::var_os("MINUTEBOOK_REMAKE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    let again = "MINUTEBOOK_REMAKE_DOCS=1 cargo test --lib the_page_of_questions";
    assert!(written == page(), "docs/questions.md is not what the descriptions make: {again}");
}

#[test]
fn everything_that_people_read_of_a_question_is_said() {
    for method in services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        assert!(!comment_on_method(&method).is_empty(), "{} has no comment", method.name());
        let Some(how) = asked(&method) else { continue };
        assert!(!how.examples.is_empty(), "{} has no example", how.command);
        for example in &how.examples {
            assert!(example.split(' ').next() == Some(&how.command), "{example} is not of {}", how.command);
        }
        let title = how.title.split(['{', '}']).skip(1).step_by(2);
        for member in title {
            // Of the answer, or of the one thing that it is about.
            let answer = method.output();
            let things =
                answer.fields().filter(|field| !field.is_list()).filter_map(|field| match field.kind() {
                    Kind::Message(of) => Some(of),
                    _ => None,
                });
            let mut told = things.chain([answer.clone()]);
            let is_there = told.any(|of| of.get_field_by_name(member).is_some());
            assert!(is_there, "{}: no {member}", how.command);
        }
    }
}
