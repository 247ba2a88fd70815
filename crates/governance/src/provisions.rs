//! The provisions on which rules for both kinds of commissioner rest, each pair once. Those for CCGs held until 30 June 2022,
//! those for ICBs hold from 1 July 2022 on: a rule that is asked of both cites both, by kind.

/// The provisions on one matter, as rules cite them: a literal, so that `concat!` can add to it.
macro_rules! provisions {
    (areas) => {
        "NHS Act 2006, section 14A(2) for CCGs, section 14Z25(3) and (4) for ICBs"
    };
    (directions) => {
        "NHS Act 2006, section 14Z21 for CCGs, section 14Z61 for ICBs"
    };
    (interests) => {
        "NHS Act 2006, section 14O for CCGs, section 14Z30 for ICBs"
    };
    (involvement) => {
        "NHS Act 2006, section 14Z2 for CCGs, section 14Z45 for ICBs, where services are concerned"
    };
    // How a body arranges for its functions: committees, members, employees, other bodies.
    (functions) => {
        "NHS Act 2006, section 14Z3 and Schedule 1A for CCGs, section 65Z5 and Schedule 1B, paragraph 11, for ICBs"
    };
    // How several bodies act as one.
    (together) => {
        "NHS Act 2006, sections 14Z3 and 14Z9 for CCGs, sections 65Z5 and 65Z6 for ICBs"
    };
    // What a constitution has to say, and how it comes to be and changes.
    (constitution) => {
        "NHS Act 2006, Schedule 1A for CCGs, Schedule 1B, paragraphs 2, 11 to 13 and 15, for ICBs"
    };
    // Who leads a body, one person each.
    (leaders) => {
        "NHS Act 2006, Schedule 1A, paragraph 12, for the accountable officer of a CCG, Schedule 1B, paragraph 3(1), for the chair and chief executive of an ICB"
    };
    (meetings_in_public) => {
        "NHS Act 2006, Schedule 1A, paragraph 8, and the constitution for CCGs; Public Bodies (Admission to Meetings) Act 1960, section 1 and Schedule, paragraph 1(p), for ICBs"
    };
}
pub(crate) use provisions;

use std::borrow::Cow;

/// A commissioner's kind, as far as the law tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commissioner {
    /// A clinical commissioning group.
    Group,
    /// An integrated care board.
    Board,
}

/// What each of the provisions is for both kinds, for groups alone and for boards alone.
const BY_KIND: [(&str, &str, &str); 9] = [
    (provisions!(areas), "NHS Act 2006, section 14A(2)", "NHS Act 2006, section 14Z25(3) and (4)"),
    (provisions!(directions), "NHS Act 2006, section 14Z21", "NHS Act 2006, section 14Z61"),
    (provisions!(interests), "NHS Act 2006, section 14O", "NHS Act 2006, section 14Z30"),
    (
        provisions!(involvement),
        "NHS Act 2006, section 14Z2, where services are concerned",
        "NHS Act 2006, section 14Z45, where services are concerned",
    ),
    (
        provisions!(functions),
        "NHS Act 2006, section 14Z3 and Schedule 1A",
        "NHS Act 2006, section 65Z5 and Schedule 1B, paragraph 11",
    ),
    (provisions!(together), "NHS Act 2006, sections 14Z3 and 14Z9", "NHS Act 2006, sections 65Z5 and 65Z6"),
    (
        provisions!(constitution),
        "NHS Act 2006, Schedule 1A",
        "NHS Act 2006, Schedule 1B, paragraphs 2, 11 to 13 and 15",
    ),
    (
        provisions!(leaders),
        "NHS Act 2006, Schedule 1A, paragraph 12",
        "NHS Act 2006, Schedule 1B, paragraph 3(1)",
    ),
    (
        provisions!(meetings_in_public),
        "NHS Act 2006, Schedule 1A, paragraph 8, and the constitution",
        "Public Bodies (Admission to Meetings) Act 1960, section 1 and Schedule, paragraph 1(p)",
    ),
];

/// A rule's source as it holds for one kind of commissioner; what cites nothing by kind stays as it is.
pub(crate) fn cited(source: &'static str, kind: Commissioner) -> Cow<'static, str> {
    let of_it = BY_KIND.iter().find(|(both, _group, _board)| source.contains(both));
    let Some((both, group, board)) = of_it else { return Cow::Borrowed(source) };
    let holds = match kind {
        Commissioner::Group => group,
        Commissioner::Board => board,
    };
    Cow::Owned(source.replacen(both, holds, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_cites_what_holds_for_the_kind_and_no_more() {
        let source = concat!(provisions!(functions), "; principle: each body for itself");
        let group = "NHS Act 2006, section 14Z3 and Schedule 1A; principle: each body for itself";
        let board =
            "NHS Act 2006, section 65Z5 and Schedule 1B, paragraph 11; principle: each body for itself";
        assert_eq!(cited(source, Commissioner::Group), group);
        assert_eq!(cited(source, Commissioner::Board), board);
        let other = "principle: step by step";
        assert_eq!(cited(other, Commissioner::Board), other);
    }

    #[test]
    fn what_holds_for_a_kind_is_in_what_holds_for_both() {
        let words = |text: &'static str| text.split([' ', ',', ';']).filter(|word| !word.is_empty());
        for (both, group, board) in BY_KIND {
            for one in [group, board] {
                let plural = |word: &str| both.contains(word);
                let missing: Vec<_> = words(one).filter(|word| !plural(word)).collect();
                assert!(missing.is_empty(), "{missing:?} of {one} in {both}");
                assert!(!one.contains("for CCGs") && !one.contains("for ICBs"), "{one}");
            }
            assert_ne!(group, board);
        }
    }
}
