//! What the linter of buf asks of `proto/` under STANDARD, asked of the descriptions: https://buf.build/docs/lint/rules.

use super::{PACKAGE, POOL, argument, asked, shown};
use prost_reflect::prost_types::{EnumDescriptorProto, FileDescriptorProto};
use prost_reflect::{FileDescriptor, Kind, MessageDescriptor};
use std::collections::BTreeSet;

fn ours() -> Vec<FileDescriptor> {
    let files: Vec<_> = POOL.files().filter(|file| file.package_name() == PACKAGE).collect();
    assert!(files.len() > 10, "{} files", files.len());
    files
}

fn is_pascal(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|it| it.is_ascii_alphanumeric())
}

fn is_snake(name: &str, letter: fn(&char) -> bool) -> bool {
    name.chars().all(|it| it == '_' || it.is_ascii_digit() || letter(&it)) && !name.contains("__")
}

fn lower(name: &str) -> bool {
    is_snake(name, char::is_ascii_lowercase)
}

/// `MergerState` as MERGER_STATE.
fn upper_snake(name: &str) -> String {
    let parted = name.char_indices().map(|(at, letter)| match letter.is_ascii_uppercase() && at > 0 {
        true => format!("_{letter}"),
        false => letter.to_ascii_uppercase().to_string(),
    });
    parted.collect()
}

/// PACKAGE_DIRECTORY_MATCH, PACKAGE_VERSION_SUFFIX, FILE_LOWER_SNAKE_CASE, SYNTAX_SPECIFIED, IMPORT_NO_PUBLIC, IMPORT_NO_WEAK.
#[test]
fn files_are_where_their_package_says_and_import_openly() {
    assert!(PACKAGE.rsplit('.').next().is_some_and(|version| version == "v1"));
    for file in ours() {
        let of: &FileDescriptorProto = file.file_descriptor_proto();
        let name = file.name().strip_prefix("minutebook/v1/").and_then(|name| name.strip_suffix(".proto"));
        assert!(name.is_some_and(lower), "{}", file.name());
        assert_eq!(of.syntax(), "proto3", "{}", file.name());
        assert!(of.public_dependency.is_empty() && of.weak_dependency.is_empty(), "{}", file.name());
    }
}

/// IMPORT_USED.
#[test]
fn what_is_imported_is_used() {
    for file in ours() {
        let mut used = BTreeSet::new();
        for message in file.messages() {
            use_of(&message, &mut used);
        }
        for method in file.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            used.extend([method.input(), method.output()].map(|it| it.parent_file().name().to_owned()));
            used.extend(asked(&method).map(|_asked| SHOWN.to_owned()));
        }
        used.extend(file.extensions().map(|_extension| "google/protobuf/descriptor.proto".to_owned()));
        for imported in file.dependencies() {
            assert!(used.contains(imported.name()), "{} imports {} in vain", file.name(), imported.name());
        }
    }
}

/// Where the options are that say how things are asked and shown.
const SHOWN: &str = "minutebook/v1/shown.proto";

fn use_of(message: &MessageDescriptor, used: &mut BTreeSet<String>) {
    for field in message.fields() {
        match field.kind() {
            Kind::Message(of) => used.insert(of.parent_file().name().to_owned()),
            Kind::Enum(of) => used.insert(of.parent_file().name().to_owned()),
            _ => false,
        };
        if shown(&field).is_some() || argument(&field).is_some() {
            used.insert(SHOWN.to_owned());
        }
    }
    message.child_messages().for_each(|inner| use_of(&inner, used));
}

/// MESSAGE_PASCAL_CASE, FIELD_LOWER_SNAKE_CASE, ONEOF_LOWER_SNAKE_CASE, FIELD_NOT_REQUIRED.
#[test]
fn messages_and_their_members_have_names_of_their_kind() {
    for message in ours().iter().flat_map(|file| file.messages().collect::<Vec<_>>()) {
        assert!(is_pascal(message.name()), "{}", message.full_name());
        for field in message.fields() {
            assert!(lower(field.name()), "{}", field.full_name());
        }
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            assert!(lower(oneof.name()), "{}", oneof.full_name());
        }
    }
}

/// ENUM_PASCAL_CASE, ENUM_VALUE_PREFIX, ENUM_VALUE_UPPER_SNAKE_CASE, ENUM_ZERO_VALUE_SUFFIX, ENUM_FIRST_VALUE_ZERO, ENUM_NO_ALLOW_ALIAS.
#[test]
fn words_of_a_closed_list_begin_with_its_name_and_the_first_says_nothing() {
    for list in ours().iter().flat_map(|file| file.enums().collect::<Vec<_>>()) {
        assert!(is_pascal(list.name()), "{}", list.full_name());
        let of: &EnumDescriptorProto = list.enum_descriptor_proto();
        assert!(!of.options.as_ref().is_some_and(|options| options.allow_alias()), "{}", list.full_name());
        let prefix = format!("{}_", upper_snake(list.name()));
        let first = of.value.first().map(|value| (value.name().to_owned(), value.number()));
        assert_eq!(first, Some((format!("{prefix}UNSPECIFIED"), 0)), "{}", list.full_name());
        for value in list.values() {
            assert!(value.name().starts_with(&prefix), "{}", value.full_name());
            assert!(is_snake(value.name(), char::is_ascii_uppercase), "{}", value.full_name());
        }
    }
}

/// SERVICE_PASCAL_CASE, SERVICE_SUFFIX, RPC_PASCAL_CASE, RPC_REQUEST_STANDARD_NAME, RPC_RESPONSE_STANDARD_NAME,
/// RPC_REQUEST_RESPONSE_UNIQUE, RPC_NO_CLIENT_STREAMING is of no category and not asked.
#[test]
fn each_call_has_messages_of_its_own_by_its_name() {
    let mut seen = BTreeSet::new();
    for service in ours().iter().flat_map(|file| file.services().collect::<Vec<_>>()) {
        assert!(is_pascal(service.name()) && service.name().ends_with("Service"), "{}", service.full_name());
        for method in service.methods() {
            assert!(is_pascal(method.name()), "{}", method.full_name());
            let messages = [method.input(), method.output()].map(|message| message.name().to_owned());
            let named = ["Request", "Response"].map(|what| format!("{}{what}", method.name()));
            assert_eq!(messages, named, "{}", method.full_name());
            assert!(messages.into_iter().all(|message| seen.insert(message)), "{}", method.full_name());
        }
    }
    assert!(seen.len() > 50, "{} messages", seen.len());
}
