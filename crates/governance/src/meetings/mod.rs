//! Meetings as secretaries hold them: of one body or in common of several, with quorum, votes and minutes per item
//! and body.

mod alike;
pub use alike::is_same_item;
mod convening;
pub use convening::{
    ActionSought, AgendaItem, AgendaPublished, MeetingConvened, MeetingKind, MeetingRescheduled, Part,
    Rescheduling,
};
mod sitting;
pub use sitting::{
    AttendanceRecorded, Attendee, AttendingAs, Chairing, Handling, InterestDeclared, MeetingClosed,
    MeetingOpened, PublicQuestion, Stretch,
};
mod motions;
pub use motions::{Ballot, MotionMoved, NamedVote, NamedVotes, VoteTaken};
mod minutes;
pub use minutes::{Minuted, MinutesApproved, MinutesDrafted};
mod state;
pub use state::{Meeting, MeetingState, Rescheduled, meeting, meetings_of};
mod parts;
mod quorum;
pub use quorum::{Quorate, chair, conflicted, quorum, voters};
mod people;
pub use people::{
    Attendance, Declaration, PersonVote, attendance, attendees, declarations, meetings_of_person, told_of,
};
mod calling;
mod binding;
mod apart;
pub use apart::where_it_decides;
pub(crate) use apart::{ALIKE, judge_told_apart, said_since, were_done_together};
mod decided;
mod seats;
mod taking;
pub use taking::sitting_findings;
mod holding;
mod voting;
pub(crate) use voting::judge_decision;
mod approving;
pub use approving::{minutes_findings, minutes_findings_of};

pub(crate) static RULES: [crate::rules::RulePage; 9] = [
    calling::RULES,
    binding::RULES,
    apart::RULES,
    decided::RULES,
    seats::RULES,
    taking::RULES,
    holding::RULES,
    voting::RULES,
    approving::RULES,
];
