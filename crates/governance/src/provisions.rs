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
