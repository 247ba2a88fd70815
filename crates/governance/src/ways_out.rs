//! What can be done where a hard rule refuses an event: for each rule, or for all of a family, the way out of that case.

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Unlawful things happen: it is minuted as a decision without effect, which this rule does not refuse.
    Minute,
    /// Something else, in words.
    Do(&'static str),
}

use Way::{Do, Minute};

const ENROL: Way = Do("have registrars enrol the key: minutebook key enrol --help");
const SEE_BODY: Way = Do(
    "see what the book knows of it: minutebook body CODE --as-at DAY; then mend what is said, or record before it what is missing",
);
const SEE_MEETING: Way = Do(
    "see the meeting as the book has it: minutebook meeting ID; then mend what is said, or record before it what is missing",
);
const SEE_MERGER: Way = Do(
    "see where it stands: minutebook merger ID; what is missing is recorded before, and what a source merely says is its report (standing own_document or third_party)",
);
const SEE_CONSULTATION: Way = Do(
    "see where it stands: minutebook consultation ID; what is missing is recorded before, and mistaken days are mended",
);
const SEE_PEOPLE: Way = Do(
    "look for the id: minutebook people WORDS; whoever is not in the book yet comes before (PersonRecorded)",
);
const SEE_KEY: Way = Do("see what the book knows of the key and its grants: minutebook key show KEY");
const SEE_ENTRY: Way =
    Do("see the entry as it stands, with every field: minutebook show POSITION; then say it anew");
const MEND_DAY: Way = Do(
    "mend the day, the kind or the provision that is said; of a paper that says so all the same it is a report (standing own_document)",
);
const STEPS_OF_COMMITTEE: Way = Do(
    "see where it stands: minutebook committee ID; then mend what is said, or record before it what is missing",
);

macro_rules! ways {
    ($($of:literal: $way:expr;)+) => {
        const WAYS: &[(&str, Way)] = &[$(($of, $way)),+];
    };
}

// What can be done by the id of the rule; of a name that ends in a point, for every other rule of that family. What is more
// telling stands first.
ways! {
    "authority.registrars": Do("let the other registrars sign too: keep a draft (--draft FILE), then each of them: minutebook sign FILE --key KEY.pem");
    "authority.key-enrolled": ENROL;
    "authority.grant": Do("have registrars grant what is needed: minutebook grant --help; what a key may sign: minutebook key show KEY");
    "authority.signatures-needed": Do("sign in that office, with --key and its key file; where somebody else holds the key, keep a draft for them: --draft FILE");
    "authority.two-people": Do("keep a draft for the second person: --draft FILE, then minutebook sign FILE --key THEIRS.pem");
    "registrars.": Do("name another registrar before this one goes: minutebook grant --capacity registrar --help");
    "key.known": ENROL;
    "key.possession": Do("let the new key sign its own enrolment beside the registrars: minutebook key enrol --help");
    "key.": SEE_KEY;
    "grant.": Do("see which grants there are: minutebook key list; a grant that is to be another is revoked, and given anew under an id of its own");
    "body.known": Do("look for its id: minutebook bodies WORDS; a body that is not in the book yet comes before (BodyEstablished; BodyRegistered, by a register)");
    "body.open": Do("see from when to when it was open: minutebook body CODE; then mend the day, or record it for the body that followed");
    "body.new": Do("see it: minutebook body CODE; what changes of a body that is there has events of its own (BodyRenamed, AreaVaried, BodyDissolved)");
    "body.law-of-its-day": MEND_DAY;
    "body.area-overlap": Do("see who holds the units: minutebook commissioner UNIT --as-at DAY; what passes between two bodies is an AreaVaried or a ReorganisationEffected");
    "body.": SEE_BODY;
    "succession.": SEE_BODY;
    "dissolution.law-of-its-day": MEND_DAY;
    "dissolution.": Do("say in the same event who takes over the functions (successors)");
    "identifier.": Do("see which body has the code: minutebook body CODE --as-at DAY; one that passes on ends there first (IdentifierAssigned with until)");
    "area.": Do("see who holds the unit: minutebook commissioner UNIT --as-at DAY");
    "office.one-holder": Do("see who holds it: minutebook officer BODY OFFICE --as-at DAY; whoever left is ended before (AppointmentEnded)");
    "office.seats": Do("see who sits there: minutebook governing-body BODY --as-at DAY; whoever left is ended before (AppointmentEnded), another seat is made by OfficeDefined");
    "office.board-chair-removed": Minute;
    "office.": Do("see who holds it, and since when: minutebook officer BODY OFFICE --as-at DAY");
    "person.": SEE_PEOPLE;
    "joint.covers-agreed": Minute;
    "joint.": Do("see what each body says to it: minutebook joint-appointment ID; a body that was not asked joins it first, by its own decision");
    "nomination.decided-by-body": Do("record the body's decision to nominate first (DecisionRecorded with the effect nominate)");
    "appointment.nominated": Do("see where it stands: minutebook appointment BODY OFFICE; the nomination comes first (OfficerNominated)");
    "appointment.refusal-reasons": Do("give the reasons of the refusal, in its own words");
    "appointment.": Minute;
    "action.signed-for": Do("sign for the body whose action it is, or for one that follows it: minutebook actions BODY");
    "action.": Do("see the action, and where it stands: minutebook actions BODY; it is assigned first (ActionAssigned), and one that is done is reopened before it goes on");
    "decision.at-meeting": Do("mend the day, or name the meeting of that day (minutebook meetings BODY); what was decided between meetings has the mode urgent or written, and no meeting");
    "decision.mode-stated": Do("say how it was decided (mode meeting, urgent or written); a paper that does not say is a report (standing own_document)");
    "decision.refused-by": Do("name a rule by its id, as a refusal or docs/rules.md has it, or leave refused_by out");
    "decision.urgent": Do("say under urgent who took it, on what grounds, and by when it is to be ratified: minutebook record --template DecisionRecorded");
    "decision.written-votes": Do("mend the count, or record first who else is a member (OfficerAppointed)");
    "decision.decided-with": Do("record one decision for each body (\"each\": \"all\"); together decides a joint committee, at a meeting of that kind");
    "decision.vote-fits": Do("see the vote: minutebook votes MEETING; mend the outcome or the count, or correct the vote first (minutebook correct)");
    "decision.delegation-covers": Do("see what is delegated, to whom and until when: minutebook delegation ID; a decision of the body's own leaves the delegation out");
    "decision.delegation-limit": Do("see the limit: minutebook delegation ID; what goes beyond it the body decides itself, without the delegation");
    "decision.binds-each": Do("record one decision for each body, signed for each; what a committee decides for both names the delegation of each");
    "decision.": Minute;
    "ratification.": Do("see the decision: minutebook decisions BODY; it is named by the id of its event (minutebook show POSITION)");
    "rescission.": Do("record the newer decision first (DecisionRecorded, carried), then name both by the ids of their events (minutebook decisions BODY --json)");
    "seal.": Do("record the decision first, then name it by the id of its event (minutebook decisions BODY --json)");
    "constitution.version-new": Do("see which versions there are: minutebook body CODE; another text has another version");
    "constitution.": Do("record the body's decision first, or have NHS England sign; the first constitution begins with the body");
    "governing-rules.": Do("record what it rests on first: the constitution (ConstitutionAdopted), and the decision that adopts the rules");
    "rule-set.": Do("have the server's software brought up to date, which knows these rules: minutebook --version");
    "committee.each-parent-decided": Do("record the decision of each body first (DecisionRecorded), and name them");
    "committee.step": STEPS_OF_COMMITTEE;
    "committee.belongs": STEPS_OF_COMMITTEE;
    "committee.parents": STEPS_OF_COMMITTEE;
    "committee.": Minute;
    "delegation.step": Do("see where it stands: minutebook delegation ID; what is to be another delegation has another id");
    "delegation.delegate": Do("see who there is: minutebook committees BODY, minutebook bodies WORDS; to whom it is delegated comes before");
    "delegation.": Minute;
    "consultation.known": Do("look for the id: minutebook consultations BODY; it is opened before (ConsultationOpened)");
    "consultation.gates-known-types": Do("name a type of event as docs/events.md has it, or leave gates out");
    "consultation.": SEE_CONSULTATION;
    "meeting.convened": Do("look for the id: minutebook meetings BODY; a meeting that is not in the book yet is convened before (MeetingConvened)");
    "meeting.step": Do("see where the meeting stands, and whether this is recorded already: minutebook meeting ID, minutebook log --subject MEETING; what is wrong there is corrected (minutebook correct)");
    "meeting.signed-for": Do("sign for a body that meets, or for one that follows it");
    "meeting.public-excluded": Do("record the resolution to exclude the public before it, where there was one; if there was none, minute the decision with the effect {\"none\":{\"refused_by\":\"meeting.public-excluded\"}}");
    "meeting.what-rests-on-it": Do("correct or withdraw first what rests on it: minutebook log --subject MEETING");
    "meeting.chair-eligible": Do("record first who was appointed (OfficerAppointed), or name who chaired");
    "meeting.": SEE_MEETING;
    "agenda.item": Do("see the agenda: minutebook meeting ID; an item that came later is published first (AgendaPublished, the whole agenda anew)");
    "agenda.": SEE_MEETING;
    "vote.once": Do("see what is recorded already: minutebook votes MEETING; a vote that was put again says why (put_again), and a count that is wrong is corrected (minutebook correct)");
    "vote.named": Do("mend the names or the count, or say first who was there: AttendanceRecorded, which is said again for those who were left out");
    "vote.conflicted": Do("mend who voted; what was declared or handled otherwise is corrected first (minutebook correct)");
    "vote.totals": Do("mend the count, or say first who else was there (AttendanceRecorded); a count that was so all the same stands in a decision with the effect {\"none\":{\"refused_by\":\"vote.totals\"}}");
    "vote.": Minute;
    "attendance.": SEE_MEETING;
    "declaration.": Do("say first that they were there, or sent apologies: AttendanceRecorded, for those who were left out");
    "motion.": Do("say first that they were there: AttendanceRecorded, for those who were left out; or mend who moved it");
    "minutes.changed": Do("say in the draft which later meeting changed them (changed_at)");
    "minutes.drafted": Do("see where the minutes stand: minutebook minutes MEETING; they are drafted before (MinutesDrafted), and approved once for each part and body");
    "minutes.": Do("name the later sitting at which they were approved: minutebook meetings BODY; it is convened before (MeetingConvened)");
    "merger.two-open-bodies": MEND_DAY;
    "merger.of-groups": MEND_DAY;
    "merger.": SEE_MERGER;
    "member-vote.of-a-group": MEND_DAY;
    "member-vote.": SEE_MERGER;
    "application.attachments": Do("say what the application names and brings: minutebook record --template ApplicationSubmitted");
    "application.each-applicant-decided": Do("see what each decided: minutebook merger ID; each applicant's decision comes before (DecisionRecorded with the effect merger)");
    "application.": SEE_MERGER;
    "regulator.conditions-listed": Do("list the conditions, or say another outcome");
    "regulator.": SEE_MERGER;
    "condition.": Do("see which conditions are open: minutebook conditions BODY");
    "reorganisation.": Do("see what was applied for and approved: minutebook merger ID; then mend what closes, opens and passes on");
    "target.": Do("set the target first (TargetSet), or mend its id: minutebook stated BODY");
    "partnership.": Do("see the partnership: minutebook partnership ID --as-at DAY; then mend what is said, or record before it what is missing");
    "interest.signed-for": Do("sign for the body in whose register it is, or for one that follows it");
    "interest.": Do("see the register: minutebook interests BODY; then mend the id or the day");
    "intention.known-type": Do("name a type of event as docs/events.md has it, or other with words");
    "intention.": Do("see which are open: minutebook intentions BODY");
    "membership.of-ccg": MEND_DAY;
    "membership.": Do("see of whom the practice is a member: minutebook practices BODY --as-at DAY; it departs there before it is admitted elsewhere");
    "commissioner.": Do("have it signed in the office that is named; whoever holds that key signs a draft: --draft FILE");
    "correction.by-whom": Do("sign in the office in which the entry was signed; a body that follows names itself: --body");
    "correction.target": Do("see the entry, and what became of it: minutebook show POSITION; of a correction the same entry is corrected once more");
    "correction.clerical": Do("correct it as factual, with the reason: --kind factual --reason TEXT");
    "correction.approved-minutes": Do("draft the minutes anew with the later meeting that changed them (changed_at), correct it then, and have them approved anew; a decision is undone by a newer one (DecisionRescinded)");
    "correction.": SEE_ENTRY;
    "own-record.": Do("name the signed minutes under evidence, with their digest, size and kind: minutebook record --template DecisionRecorded");
    "annotation.": Do("see the entry and its findings: minutebook show POSITION, minutebook findings");
    "audit.": Do("see how many entries there are: minutebook log --limit 1");
    "directions.": Do("see what stands: minutebook directions BODY; others have an id of their own");
    "act.": Do("mend the day; what is still to come is planned (IntentionRecorded), and is recorded once it has happened");
}

fn way(rule: &str) -> Option<Way> {
    let is_meant = |of: &str| of == rule || (of.ends_with('.') && rule.starts_with(of));
    WAYS.iter().find(|(of, _way)| is_meant(of)).map(|(_of, way)| *way)
}

/// What can be done where this rule refuses an event, in words that follow "what to do:"; nothing for a rule that is not known.
pub fn way_out(rule: &str) -> Option<String> {
    way(rule).map(|way| match way {
        Way::Do(this) => this.to_owned(),
        Way::Minute => format!(
            "if it was done all the same, minute it as a DecisionRecorded whose effect is {{\"none\":{{\"refused_by\":\"{rule}\"}}}}: \
             it changes nothing, and stays marked"
        ),
    })
}

/// What can be done where these rules refuse an event, each once, in their order.
pub fn ways_out<'r>(rules: impl IntoIterator<Item = &'r str>) -> Vec<String> {
    let mut ways = Vec::new();
    for way in rules.into_iter().filter_map(way_out) {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Force;
    use crate::rulebook::{force_of, rules};

    #[test]
    fn every_rule_that_refuses_has_a_way_out_and_every_way_a_rule() {
        let hard: Vec<_> =
            rules().map(|rule| rule.id).filter(|id| force_of(id) != Some(Force::Soft)).collect();
        let lacking: Vec<_> = hard.iter().filter(|id| way_out(id).is_none()).collect();
        assert!(lacking.is_empty(), "{lacking:?}");
        for (at, (of, _way)) in WAYS.iter().enumerate() {
            let taken = |id: &&&str| WAYS[..at].iter().all(|(before, _way)| before != *id);
            let is_of = |id: &&&str| **id == *of || (of.ends_with('.') && id.starts_with(of));
            assert!(hard.iter().filter(is_of).any(|id| taken(&id)), "no rule that refuses is {of}");
        }
    }

    #[test]
    fn a_way_is_said_once() {
        let ways = ways_out(["vote.quorate", "meeting.kind", "attendance.bodies", "no.rule"]);
        assert_eq!(ways.len(), 2, "{ways:?}");
        assert!(ways[0].contains("\"refused_by\":\"vote.quorate\""), "{ways:?}");
        assert!(!ways[1].contains("refused_by") && ways[1].contains("minutebook meeting ID"), "{ways:?}");
    }
}
