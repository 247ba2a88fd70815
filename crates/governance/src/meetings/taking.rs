//! What holds of a sitting holds for every act of it, whichever type of event records it and in whatever order: quorum, who
//! may vote, how many can have voted, what is taken in private.

use super::binding::unbound_findings;
use super::convening::Part;
use super::decided::{is_minuted_as_unlawful, is_refused_by, judge_day};
use super::minutes::MinutesApproved;
use super::motions::{NamedVotes, VoteTaken};
use super::quorum::{conflicted, quorum, voters};
use super::seats::{seatless_findings, seats_known};
use super::state::Meeting;
use crate::act::Case;
use crate::bodies::{BodyKind, body, enacted, judge_past_softly};
use crate::decisions::{DecisionRatified, DecisionRecorded, Effect, Outcome, Votes, decisions};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Finding, PersonId, Record, Rule, Verdict, View};
use minutebook_log::Position;

rules! {
    QUORATE: HardIfCertain =
        "vote.quorate",
        "A body votes and decides only while it is quorate for the item; an item can always be deferred.",
        "standing orders; principle: good minutes";
    TOTALS: HardIfCertain =
        "vote.totals",
        "No more votes are counted than voting members are there, and no more conflicts than were declared; where nobody noted who came, no more votes than there are members.",
        "principle: good minutes; principle: hard and soft";
    CONFLICTED: Hard =
        "vote.conflicted",
        "Nobody votes whom a conflict of interest keeps from it.",
        concat!(provisions!(interests), "; principle: good minutes");
    NAMED: Hard =
        "vote.named",
        "Named votes are those of voting members who are there for the item, and add up to what was counted.",
        "principle: good minutes";
    EXCLUDED: HardIfCertain =
        "meeting.public-excluded",
        "An item is taken in private only after the body has resolved, with its reason, to exclude the public; of another body than an ICB it is found.",
        concat!(provisions!(meetings_in_public), "; section 1(2) of the Act of 1960 asks for the resolution");
    RESTS: Hard =
        "meeting.what-rests-on-it",
        "Who was there and what they declared is revised only so that every act of the sitting could still be taken.",
        "principle: a sitting is one";
}

/// A condition of a sitting, and what was found and needed where it is broken.
struct Broken {
    rule: &'static Rule,
    told: Option<(String, String)>,
}

/// Something that a body did at a sitting.
pub(super) struct Taken {
    body: BodyId,
    item: Option<String>,
    /// What it is, in a word.
    what: &'static str,
    /// Whether a body needs a quorum for it: it does for all but putting off.
    needs_quorum: bool,
    /// Whether it is what sends the public out.
    excludes: bool,
    votes: Option<Votes>,
    /// Who voted, in the clear.
    voted: Vec<PersonId>,
    adds_up: bool,
    position: Position,
}

impl Taken {
    fn new(body: &BodyId, item: Option<&str>, what: &'static str, position: Position) -> Self {
        Self {
            body: body.clone(),
            item: item.map(ToOwned::to_owned),
            what,
            needs_quorum: true,
            excludes: false,
            votes: None,
            voted: Vec::new(),
            adds_up: true,
            position,
        }
    }

    pub(super) fn vote(said: &VoteTaken, position: Position) -> Self {
        let named = said.named.as_ref().map_or(&[][..], NamedVotes::clear);
        Self {
            votes: said.votes,
            voted: named.iter().map(|vote| vote.person.clone()).collect(),
            adds_up: said.adds_up(),
            ..Self::new(&said.body, Some(&said.item), "the vote", position)
        }
    }

    pub(super) fn decision(said: &DecisionRecorded, body: &BodyId, position: Position) -> Self {
        let item = said.item.as_ref().map(|item| item.reference.as_str());
        Self {
            needs_quorum: said.outcome != Outcome::Deferred && !is_minuted_as_unlawful(said),
            excludes: excludes_public(said) || is_minuted_as_unlawful(said),
            votes: said.votes.filter(|_votes| !is_refused_by(said, &TOTALS)),
            ..Self::new(body, item, "the decision", position)
        }
    }

    pub(super) fn ratification(said: &DecisionRatified, body: &BodyId, position: Position) -> Self {
        Self::new(body, said.item.as_deref(), "the ratification", position)
    }

    fn approval(said: &MinutesApproved, position: Position) -> Self {
        Self::new(&said.body, None, "the approval of minutes", position)
    }

    /// Under which item, in words.
    fn under(&self) -> String {
        self.item.as_ref().map_or_else(String::new, |item| format!(" on {item}"))
    }

    /// What it breaks of the quorum, where that is certain.
    fn lacks_quorum(&self, record: &Record, meeting: &Meeting, view: View) -> Option<(String, String)> {
        let quorate = quorum(record, meeting, &self.body, self.item.as_deref(), view);
        (self.needs_quorum && quorate.holds == Certainty::No).then(|| {
            let found = format!("{}{}: {}", self.body, self.under(), quorate.reasons.join("; "));
            (found, "a quorum for this item (AttendanceRecorded), or an item that is deferred".to_owned())
        })
    }

    /// Whether more votes are counted than people are there to cast, where somebody noted who came.
    fn is_overcounted(&self, meeting: &Meeting) -> Option<(String, String)> {
        let votes = self.votes.filter(|_votes| !meeting.attendees.is_empty())?;
        let (there, kept) = voters(meeting, &self.body, self.item.as_deref());
        let cast = votes.cast();
        let conflicts = votes.conflicted.unwrap_or(0);
        let fits = cast as usize <= there.len() && conflicts as usize <= kept.len();
        (!fits).then(|| {
            let needed =
                format!("at most {} and {} (AttendanceRecorded, InterestDeclared)", there.len(), kept.len());
            (format!("{cast} votes and {conflicts} conflicts"), needed)
        })
    }

    /// Whether more votes are counted than the book knows members, where nobody noted who came: there may be members whom
    /// it does not know.
    fn exceeds_members(&self, record: &Record, meeting: &Meeting, view: View) -> Option<(String, String)> {
        let votes = self.votes.filter(|_votes| meeting.attendees.is_empty())?;
        let members = seats_known(record, meeting, &self.body, view)?;
        (votes.cast() > members).then(|| {
            let found =
                format!("{} votes; {} has {members} voting members by the book", votes.cast(), self.body);
            (found, "who was there (AttendanceRecorded), or a count of those who are members".to_owned())
        })
    }

    /// Who voted in spite of a conflict.
    fn votes_despite(&self, meeting: &Meeting) -> Option<(String, String)> {
        let kept = conflicted(meeting, &self.body, self.item.as_deref());
        let person = self.voted.iter().find(|person| kept.contains(person))?;
        let needed = "the votes of those without a conflict; what was declared otherwise is corrected (RecordCorrected)";
        Some((format!("{person} votes{}", self.under()), needed.to_owned()))
    }

    /// Who voted and was not there to vote, or that the names do not add up.
    fn is_misnamed(&self, meeting: &Meeting) -> Option<(String, String)> {
        let (there, _kept) = voters(meeting, &self.body, self.item.as_deref());
        let kept = conflicted(meeting, &self.body, self.item.as_deref());
        let is_there =
            |person: &&PersonId| there.iter().any(|it| it.person == **person) || kept.contains(*person);
        let noted = !meeting.attendees.is_empty();
        let absent = self.voted.iter().find(|person| noted && !is_there(person));
        (absent.is_some() || !self.adds_up).then(|| {
            let found = absent.map_or_else(
                || "named votes that do not add up to the count".to_owned(),
                |person| format!("{person}, who is no voting member there"),
            );
            (found, "one vote of each voting member who voted, as counted".to_owned())
        })
    }

    /// Whether it was taken in private before the public was sent out.
    fn is_wrongly_private(&self, record: &Record, meeting: &Meeting, view: View) -> Option<(String, String)> {
        let item = self.item.as_deref().filter(|_item| !self.excludes)?;
        let wrongly = !may_be_taken(record, meeting, item, &self.body, view);
        wrongly.then(|| excluded_needed(meeting, item, &self.body))
    }

    /// Every condition of the sitting that it breaks for certain, as the meeting stands.
    fn broken(&self, record: &Record, meeting: &Meeting, view: View) -> Vec<Broken> {
        let asked = [
            Broken { rule: &QUORATE, told: self.lacks_quorum(record, meeting, view) },
            Broken { rule: &TOTALS, told: self.is_overcounted(meeting) },
            Broken { rule: &CONFLICTED, told: self.votes_despite(meeting) },
            Broken { rule: &NAMED, told: self.is_misnamed(meeting) },
            Broken { rule: &EXCLUDED, told: self.is_wrongly_private(record, meeting, view) },
        ];
        asked.into_iter().filter(|asked| asked.told.is_some()).collect()
    }
}

/// Whether an item may be taken: it is public, or the public was sent out.
fn may_be_taken(record: &Record, meeting: &Meeting, item: &str, body: &BodyId, view: View) -> bool {
    let is_private = meeting.part_of(item) == Part::Private;
    if !is_private || !meeting.convened.parts.contains(&Part::Public) {
        return true;
    }
    decisions(record, meeting.id.subject(), view).iter().any(|decision| {
        decision.is_of(body)
            && decision.recorded.is_carried()
            && decision.recorded.meeting.as_ref() == Some(&meeting.id)
            && excludes_public(&decision.recorded)
    })
}

fn excludes_public(decision: &DecisionRecorded) -> bool {
    decision.effects().any(|effect| matches!(effect, Effect::ExcludePublic { .. }))
}

fn excluded_needed(meeting: &Meeting, item: &str, body: &BodyId) -> (String, String) {
    let needed =
        format!("a DecisionRecorded of {body} at {} with the effect exclude_public first", meeting.id);
    (format!("\"{item}\" in private, with the public not excluded"), needed)
}

/// Asks that the public was excluded before a private item is taken.
pub(super) fn judge_excluded(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    item: &str,
    body: &BodyId,
) {
    let view = enacted(case.record, Date::LAST);
    let may = may_be_taken(case.record, known, item, body, view);
    ask_excluded(case, verdict, known, body, (may, || excluded_needed(known, item, body)));
}

/// Asks whether the public was excluded: the Act binds the board of an ICB; other bodies, and committees, their
/// constitutions.
fn ask_excluded(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    id: &BodyId,
    (holds, explain): (bool, impl FnOnce() -> (String, String)),
) {
    let day = known.day().map_or(Date::LAST, |day| case.last_day_of(&day));
    let kind = body(case.record, id, enacted(case.record, day)).and_then(|body| body.kind());
    if kind == Some(BodyKind::Icb) && known.convened.committee.is_none() {
        judge_past_softly(case, verdict, holds, &EXCLUDED, explain);
    } else {
        verdict.soft(holds, &EXCLUDED, &case.act.subject, explain);
    }
}

/// Asks that the conditions of the sitting hold for something that a body did at it. Of a record of the past most are
/// asked softly, since the minutes may not have said.
pub(super) fn judge_taken(case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, taken: &Taken) {
    let view = enacted(case.record, Date::LAST);
    let broken = taken.broken(case.record, known, view);
    let asked = [
        (&QUORATE, taken.needs_quorum),
        (&TOTALS, taken.votes.is_some()),
        (&CONFLICTED, !taken.voted.is_empty()),
        (&NAMED, taken.what == "the vote"),
        (&EXCLUDED, taken.item.is_some() && !taken.excludes),
    ];
    for (rule, _asked) in asked.into_iter().filter(|(_rule, asked)| *asked) {
        let told = broken.iter().find(|broken| broken.rule == rule).and_then(|broken| broken.told.as_ref());
        let explain = || told.cloned().unwrap_or_default();
        if rule == &TOTALS && known.attendees.is_empty() {
            let told = taken.exceeds_members(case.record, known, view);
            verdict.soft(told.is_none(), rule, &case.act.subject, || told.unwrap_or_default());
        } else if rule == &EXCLUDED {
            ask_excluded(case, verdict, known, &taken.body, (told.is_none(), explain));
        } else if rule == &CONFLICTED {
            verdict.hard(told.is_none(), rule, &case.act.subject, explain);
        } else {
            judge_past_softly(case, verdict, told.is_none(), rule, explain);
        }
    }
}

/// Finds of a vote or a decision that the book does not tell whether the body was quorate for it.
pub(super) fn judge_quorum_known(case: &Case<'_>, verdict: &mut Verdict, holds: Certainty) {
    if holds == Certainty::Unknown {
        verdict.soft(false, &QUORATE, &case.act.subject, || {
            let found = "the rule, the members or the attendance are not in the book";
            (
                found.to_owned(),
                "GoverningRulesSet, or quorum in MeetingConvened; AttendanceRecorded".to_owned(),
            )
        });
    }
}

/// Asks that a body could approve minutes at the sitting at which it is said to have done so.
pub(super) fn judge_approval(case: &Case<'_>, verdict: &mut Verdict, said: &MinutesApproved) {
    let Some(at) = super::calling::known_meeting(case, &said.at_meeting) else { return };
    judge_day(case, verdict, &at, &said.approved_on);
    judge_taken(case, verdict, &at, &Taken::approval(said, case.place.position));
}

/// Everything that was done at a sitting, by whatever event.
fn taken_at(record: &Record, meeting: &Meeting, view: View) -> Vec<Taken> {
    let votes = meeting.votes.iter().map(|(position, vote)| Taken::vote(vote, *position));
    let decided = decisions(record, meeting.id.subject(), view).into_iter();
    let decided = decided.filter(|it| it.recorded.meeting.as_ref() == Some(&meeting.id));
    let decided = decided.map(|it| Taken::decision(&it.recorded, &it.body, it.source.position));
    let ratified = record.saying::<DecisionRatified>(meeting.id.subject(), view).filter_map(|told| {
        let said = told.says::<DecisionRatified>()?;
        Some(Taken::ratification(said, &BodyId::of(&told.subject)?, told.position))
    });
    let approved = record.saying::<MinutesApproved>(meeting.id.subject(), view).filter_map(|told| {
        let said = told.says::<MinutesApproved>().filter(|said| said.at_meeting == meeting.id)?;
        Some(Taken::approval(said, told.position))
    });
    votes.chain(decided).chain(ratified).chain(approved).collect()
}

/// Asks that what is now said of a sitting leaves everything done at it as it could be done: `before` is what was known.
pub(super) fn judge_resting(case: &Case<'_>, verdict: &mut Verdict, before: &Meeting, after: &Meeting) {
    let view = enacted(case.record, Date::LAST);
    let taken = taken_at(case.record, after, view);
    let newly_broken = taken.iter().find_map(|taken| {
        let was = taken.broken(case.record, before, view);
        let now = taken.broken(case.record, after, view).into_iter();
        let mut newly = now.filter(|now| was.iter().all(|was| was.rule != now.rule));
        newly.next().map(|broken| (taken, broken.rule, broken.told.unwrap_or_default().0))
    });
    judge_past_softly(case, verdict, newly_broken.is_none(), &RESTS, || {
        let Some((taken, rule, found)) = newly_broken else { return Default::default() };
        let found = format!("{} (entry {}) would break {}: {found}", taken.what, taken.position, rule.id);
        (found, format!("entry {} corrected or withdrawn first (RecordCorrected)", taken.position))
    });
}

/// What is found of a sitting as a whole, as far as it was not found when each act of it was recorded: what was revised or
/// corrected since, and who voted without a seat that the book knows.
pub fn sitting_findings(record: &Record, meeting: &Meeting, view: View) -> Vec<Finding> {
    let taken = taken_at(record, meeting, view);
    let broken = taken.iter().flat_map(|taken| {
        let known = record.findings_at(taken.position, view);
        let told = taken.broken(record, meeting, view).into_iter();
        let told = told.filter(|broken| known.iter().all(|finding| finding.rule != broken.rule));
        told.map(|Broken { rule, told }| {
            let (found, needed) = told.unwrap_or_default();
            Finding {
                rule,
                subject: meeting.id.subject().clone(),
                found: format!("{}: {found}", taken.what),
                needed,
                why: vec![taken.position],
            }
        })
    });
    let unbound = unbound_findings(record, meeting, view);
    broken.chain(seatless_findings(record, meeting, view)).chain(unbound).collect()
}
