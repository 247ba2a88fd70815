//! The order of modules: in every folder a module, with all beneath it, takes only from those that are listed before
//! it in the file that lists them. What that file itself defines is common ground.

use crate::source::{ARROWS, Crate, Path, show};
use std::collections::BTreeSet;

/// Modules that need each other, with the reason.
const MUTUAL: [(&str, &str, &str, &str); 1] = [(
    "crates/governance",
    "act",
    "record",
    "a rule is asked about an act with the record before it, and the record is made of acts",
)];

/// What each module of `house` takes from one that stands above it, told in words.
fn out_of_order(folder: &str, house: &Crate) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, taken) in house.taken() {
        let common = at.iter().zip(&taken.module).take_while(|(one, other)| one == other).count();
        let (Some(from), Some(of)) = (at.get(common), taken.module.get(common)) else { continue };
        let parent = &at[..common];
        let order = house.listed(parent);
        let place = |name: &String| order.iter().position(|listed| listed == name).unwrap();
        let mutual = MUTUAL.iter().any(|(mutual, one, other, _reason)| {
            (*mutual, *one, *other) == (folder, from, of) || (*mutual, *other, *one) == (folder, from, of)
        });
        if place(of) > place(from) && !mutual {
            let (at, path) = (show(&at), show(&taken.path));
            found.insert(format!("{folder}: {at} takes {path}, and {of} is listed after {from}"));
        }
    }
    found
}

fn house(files: &[(&str, &str)]) -> Crate {
    Crate::of(files.iter().map(|(module, source)| {
        let module: Path = module.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        (module, (*source).to_owned())
    }))
}

#[test]
fn a_module_takes_only_from_those_listed_before_it() {
    let found: Vec<_> =
        ARROWS.iter().flat_map(|(folder, _allowed)| out_of_order(folder, &Crate::read(folder))).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_is_mutual_is_so_and_says_why() {
    for (folder, one, other, reason) in MUTUAL {
        let house = Crate::read(folder);
        let takes = |from: &str, of: &str| {
            house.taken().any(|(at, taken)| {
                at.first().is_some_and(|at| at == from)
                    && taken.module.first().is_some_and(|module| module == of)
            })
        };
        assert!(
            takes(one, other) && takes(other, one),
            "{folder}: {one} and {other} need each other no more"
        );
        assert!(reason.len() > 20, "{one} and {other}");
    }
}

#[test]
fn an_order_that_is_broken_is_seen_however_it_is_written() {
    let low = ("a", "pub struct Low;");
    for (source, broken) in [
        ("use crate::b::High;", true),
        ("use super::b::High;", true),
        ("use super::{c, b::{High, Higher}};", true),
        ("use super::High;", true),
        ("pub(crate) use crate::{\n    b::High,\n};", true),
        ("fn f() -> crate::b::High { super::b::high() }", true),
        ("// use crate::b::High;", false),
        ("#[cfg(test)]\nmod tests {\n    use super::super::b::High;\n}", false),
        ("use crate::a::Low;", false),
        ("use self::inner::High;", false),
    ] {
        let root = "mod a;\nmod c;\nmod b;\npub use b::{High, Higher as Highest};";
        let source = format!("\n{source}");
        let house = house(&[("", root), low, ("b", "pub struct High;"), ("c", &source)]);
        assert_eq!(!out_of_order("", &house).is_empty(), broken, "{source}");
    }
}

#[test]
fn an_order_inside_a_folder_is_held_too() {
    let folder = |inner: &str| {
        house(&[
            ("", "mod folder;\nmod above;"),
            ("above", ""),
            ("folder", "mod one;\nmod two;\npub use two::Two;\npub struct Common;"),
            ("folder::one", inner),
            ("folder::two", "pub struct Two;"),
        ])
    };
    for broken in [
        "use super::Two;",
        "use super::two::Two;",
        "use crate::folder::Two;",
        "use super::super::above::It;",
        "fn f(_: super::two::Two) {}",
    ] {
        assert_eq!(out_of_order("", &folder(broken)).len(), 1, "{broken}");
    }
    assert!(out_of_order("", &folder("use super::Common;")).is_empty());
}
