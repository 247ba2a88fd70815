//! The minutes of a meeting as they are printed: everything that the book has of one part, in the order of the agenda.

use crate::proto;
use crate::service::convert::{body_name, certainty, date, filled_in, finding, name_of, positions, text};
use crate::service::decisions::{counted, decision_state};
use crate::service::question::Question;
use crate::service::status;
use minutebook_governance::actions::{Action, ActionAssigned, Owner, action_log};
use minutebook_governance::decisions::{Decision, DecisionRecorded, decisions};
use minutebook_governance::meetings::{
    AgendaItem, Attendee, Handling, InterestDeclared, Meeting, MinutesApproved, MotionMoved, NamedVotes,
    Part, VoteTaken, chair, is_same_item, minutes_findings_of, quorum, sitting_findings,
};
use minutebook_governance::people::person_name;
use minutebook_governance::{
    BodyId, Document, Instant, MeetingId, PersonId, Record, Sealable, Told, View, Withdrawn,
};
use minutebook_log::Position;
use std::collections::BTreeSet;
use tonic::Status;

/// Why an entry was corrected that speaks of private items too, in the public minutes.
const TOLD_BY_ITSELF: &str = "why is told with the entry, which speaks of both parts";

/// The minutes of one part of a meeting.
pub(super) fn get_minutes(
    question: &Question<'_>,
    request: &proto::GetMinutesRequest,
) -> Result<proto::GetMinutesResponse, Status> {
    let part = part(&request.part)?;
    let look = question.look(request.view.as_ref(), None)?;
    let (record, view) = (question.record(), look.view);
    let found = question.the_meeting(&request.meeting, &look)?;
    let id = found.id.clone();
    let sitting = Sitting { record, view, part, meeting: &found };
    let (decided, assigned) = (sitting.decided(), sitting.assigned());
    let items: Vec<_> = found.agenda.iter().filter(|item| item.part == part).collect();
    let gone = sitting.gone();
    let mut items: Vec<_> =
        items.into_iter().map(|item| sitting.item(item, &decided, &assigned, &gone)).collect();
    items.extend(sitting.unlisted(&decided));
    let rests_on = decided.iter().map(|it| it.source.position);
    let rests_on = rests_on.chain(assigned.iter().flat_map(|action| action.why.iter().copied()));
    let of_part = found.why.iter().copied().filter(|position| sitting.is_told_here(*position));
    let why: Vec<Position> = of_part.chain(rests_on).collect();
    let moment = |at: Option<&Instant>| at.map_or_else(String::new, Instant::to_string);
    question.note_withdrawn(&look, [id.subject()], |told| sitting.would_tell(told));
    let findings = sitting.findings(&why);
    let mut answered = question.answered(&look, &[&positions(&why), &findings]);
    let corrections = answered.iter_mut().flat_map(|answered| &mut answered.corrections);
    corrections.for_each(|correction| sitting.keep_apart(correction));
    let closed = found.closed.iter().filter(|_| part == Part::Public);
    let questions = closed.flat_map(|(at, closed)| closed.questions.iter().map(move |asked| (at, asked)));
    let awaiting = found.awaiting_approval(record, view).into_iter().filter(|(of, _body)| *of == part);
    Ok(proto::GetMinutesResponse {
        answered,
        meeting: found.id.to_string(),
        title: found.convened.title.clone(),
        state: found.state.as_str().to_owned(),
        part: part.as_str().to_owned(),
        place: found.convened.place.as_ref().map(text),
        starts_at: moment(found.starts_at.as_ref()),
        started_at: moment(found.opened.as_ref().map(|opened| &opened.started_at)),
        ended_at: moment(found.closed.as_ref().map(|(_at, closed)| &closed.ended_at)),
        bodies: found.convened.bodies.iter().map(|body| sitting.body(body)).collect(),
        people: found.attendees.iter().map(|attendee| sitting.person(attendee)).collect(),
        public: found.public.filter(|_| part == Part::Public),
        interests: sitting.interests(),
        items,
        questions: questions
            .map(|(at, asked)| proto::MinutedQuestion {
                question: Some(text(&asked.question)),
                answer: asked.answer.as_ref().map(text),
                position: at.0,
            })
            .collect(),
        drafted_on: found.drafts.get(&part).map(|draft| date(&draft.drafted_on)),
        approvals: found
            .approvals
            .iter()
            .filter(|(_at, it)| it.part == part)
            .map(|(at, it)| sitting.approval(*at, it))
            .collect(),
        awaiting: awaiting.map(|(_part, body)| body.to_string()).collect(),
        why: positions(&why),
        is_perhaps: !found.is_sure,
        rescheduled: found.rescheduled.iter().map(rescheduled).collect(),
        other_actions: sitting.other_actions(&assigned),
        gaps: sitting.gaps(&why),
        findings,
    })
}

fn part(named: &str) -> Result<Part, Status> {
    match named {
        "" | "public" => Ok(Part::Public),
        "private" => Ok(Part::Private),
        other => Err(status::argument("part", other, "public or private")),
    }
}

mod beside;
use beside::item_told;
mod words;
use words::{excluded, rescheduled, stretch};

/// A part of a meeting, and from where it is looked at.
struct Sitting<'a> {
    record: &'a Record,
    view: View,
    part: Part,
    meeting: &'a Meeting,
}

impl Sitting<'_> {
    /// What was decided in this part of the meeting.
    fn decided(&self) -> Vec<Decision> {
        let mut decided = decisions(self.record, self.meeting.id.subject(), self.view);
        let is_here = |it: &Decision| {
            self.meeting.is_in(self.part, it.recorded.item.as_ref().map(|item| item.reference.as_str()))
        };
        decided.retain(|it| it.recorded.meeting.as_ref() == Some(&self.meeting.id) && is_here(it));
        decided
    }

    /// Whether an entry concerns a part: an entry that was withdrawn, as it was recorded.
    fn concerns(&self, part: Part, position: Position) -> bool {
        let known = self.record.act_as_known(position, self.view.known);
        let act = known.or_else(|| self.record.at(position).map(|entry| entry.act));
        act.is_some_and(|act| self.meeting.concerns(part, &*act.statement))
    }

    /// Whether the minutes of this part may name an entry: not where it concerns the other alone.
    fn is_told_here(&self, position: Position) -> bool {
        self.concerns(self.part, position)
    }

    /// Whether the minutes of this part would have told of something that was withdrawn.
    fn would_tell(&self, told: &Told) -> bool {
        let is_here = |meeting: Option<&MeetingId>| meeting == Some(&self.meeting.id);
        let decided = told.says::<DecisionRecorded>().is_some_and(|said| is_here(said.meeting.as_ref()));
        let assigned = told.says::<ActionAssigned>().is_some_and(|said| is_here(said.meeting.as_ref()));
        let is_of_it = decided || assigned || told.subject == *self.meeting.id.subject();
        is_of_it && self.meeting.concerns(self.part, &*told.statement)
    }

    /// What is found of this part, resting on entries of this part alone.
    fn findings(&self, why: &[Position]) -> Vec<proto::Finding> {
        let mut of_minutes = minutes_findings_of(self.record, self.meeting, self.part, self.view);
        for found in &mut of_minutes {
            found.why.retain(|position| why.contains(position));
        }
        let mut of_sitting = sitting_findings(self.record, self.meeting, self.view);
        of_sitting.retain(|found| found.why.iter().all(|position| self.is_told_here(*position)));
        of_minutes.iter().chain(&of_sitting).map(|it| finding(self.record, it, self.view)).collect()
    }

    /// Whether an entry names items of the private part, or did when it was recorded.
    fn names_private(&self, position: Position) -> bool {
        let first = self.record.at(position).map(|entry| entry.act);
        let acts = first.into_iter().chain(self.record.act_as_known(position, self.view.known));
        let mut said = acts.map(|act| std::sync::Arc::clone(&act.statement));
        let has_private = self.meeting.convened.parts.contains(&Part::Private);
        has_private && said.any(|said| self.meeting.names_items_of(Part::Private, &*said))
    }

    /// Which words of an entry were corrected is told by itself, and not in the minutes of one part: it may speak of both.
    /// Where it does, so is why.
    fn keep_apart(&self, correction: &mut proto::Correction) {
        correction.fields.clear();
        if self.part == Part::Public && self.names_private(Position(correction.position)) {
            correction.reason = Some(text(&Sealable::Clear(TOLD_BY_ITSELF.to_owned())));
        }
    }

    /// What somebody was given to do in this part.
    fn assigned(&self) -> Vec<Action> {
        let bodies = self.meeting.convened.bodies.iter();
        let mut all: Vec<_> = bodies.flat_map(|body| action_log(self.record, body, self.view)).collect();
        let is_here = |action: &Action| self.meeting.is_in(self.part, action.assigned.item.as_deref());
        all.retain(|action| action.assigned.meeting.as_ref() == Some(&self.meeting.id) && is_here(action));
        all.sort_by(|one, other| one.why.cmp(&other.why).then_with(|| one.id.cmp(&other.id)));
        all.dedup_by(|one, other| one.id == other.id);
        all
    }

    /// Those that belong to no item that is listed.
    fn other_actions(&self, assigned: &[Action]) -> Vec<proto::MinutedAction> {
        let is_listed = |action: &&Action| {
            action.assigned.item.as_deref().is_some_and(|item| self.meeting.item(item).is_some())
        };
        assigned.iter().filter(|action| !is_listed(action)).map(|action| self.action(action)).collect()
    }

    /// The entries that no source states.
    fn gaps(&self, why: &[Position]) -> Vec<proto::MinutedGap> {
        let gap = |position: &Position| {
            let why = filled_in(self.record, *position, self.view);
            let gap = proto::MinutedGap { position: position.0, why };
            (!gap.why.is_empty()).then_some(gap)
        };
        why.iter().collect::<BTreeSet<_>>().into_iter().filter_map(gap).collect()
    }

    /// The name, or the id where the book has none that is in the clear.
    fn who(&self, person: &PersonId) -> String {
        let name = name_of(self.record, person, self.view);
        if name.is_empty() { person.to_string() } else { name }
    }

    fn maybe(&self, person: Option<&PersonId>) -> String {
        person.map_or_else(String::new, |person| self.who(person))
    }

    fn body(&self, body: &BodyId) -> proto::MinutedBody {
        let chair = chair(self.meeting, body, None);
        let quorate = quorum(self.record, self.meeting, body, None, self.view).holds;
        proto::MinutedBody {
            body: body.to_string(),
            name: body_name(self.record, body, self.view),
            chair_name: chair.as_ref().map_or_else(String::new, |chair| self.who(chair)),
            chair: chair.as_ref().map_or_else(String::new, PersonId::to_string),
            quorate: certainty(quorate).into(),
        }
    }

    fn person(&self, attendee: &Attendee) -> proto::MinutedPerson {
        proto::MinutedPerson {
            person: attendee.person.to_string(),
            name: person_name(self.record, &attendee.person, self.view).as_ref().map(text),
            attending_as: attendee.attending_as.as_str().to_owned(),
            bodies: attendee.bodies.iter().map(BodyId::to_string).collect(),
            office: attendee.office.as_ref().map_or_else(String::new, |office| office.as_str().to_owned()),
            deputy_for: self.maybe(attendee.deputy_for.as_ref()),
            is_remote: attendee.remote == Some(true),
            reason: attendee.reason.as_ref().map(text),
            present: attendee.present.iter().map(stretch).collect(),
            why: self.told_of(&attendee.person),
        }
    }

    /// The entries that this part may name and that say of somebody whether they came.
    fn told_of(&self, person: &PersonId) -> Vec<u64> {
        let heard = self.meeting.heard_of.get(person).into_iter().flatten();
        heard.filter(|at| self.is_told_here(**at)).map(|at| at.0).collect()
    }

    /// Those that concern an item of this part.
    fn interests(&self) -> Vec<proto::MinutedInterest> {
        let is_here = |item: &&String| self.meeting.is_in(self.part, Some(item));
        let declared =
            self.meeting.declared.iter().filter(|(_at, said)| self.meeting.concerns(self.part, said));
        let one = |(at, said): &(Position, InterestDeclared)| proto::MinutedInterest {
            person: self.who(&said.person),
            items: said.items.iter().filter(is_here).cloned().collect(),
            kind: said.kind.as_str().to_owned(),
            nature: Some(text(&said.nature)),
            chair: self.maybe(said.chair.as_ref()),
            handling: said.handling.iter().map(|handling: &Handling| handling.as_str().to_owned()).collect(),
            position: at.0,
        };
        declared.map(one).collect()
    }

    fn item(
        &self,
        item: &AgendaItem,
        decided: &[Decision],
        assigned: &[Action],
        gone: &[Withdrawn],
    ) -> proto::MinutedItem {
        let is_of = |reference: &str| is_same_item(reference, &item.reference);
        let motions = self.meeting.motions.iter().filter(|(_at, motion)| is_of(&motion.item));
        let votes = self.meeting.votes.iter().filter(|(_at, vote)| is_of(&vote.item));
        let decided =
            decided.iter().filter(|it| it.recorded.item.as_ref().is_some_and(|of| is_of(&of.reference)));
        let assigned = assigned.iter().filter(|action| action.assigned.item.as_deref().is_some_and(is_of));
        let title = |paper: &Document| text(&paper.title);
        proto::MinutedItem {
            reference: item.reference.clone(),
            title: Some(text(&item.title)),
            presenter: item.presenter.as_ref().map(text),
            papers: item.papers.iter().map(title).collect(),
            added_because: item.added_because.as_ref().map(text),
            motions: motions.map(|(at, motion)| self.motion(*at, motion)).collect(),
            votes: votes.map(|(at, vote)| self.voted(*at, vote)).collect(),
            decisions: decided.map(|decision| self.decision(decision)).collect(),
            actions: assigned.map(|action| self.action(action)).collect(),
            withdrawn: gone
                .iter()
                .filter(|it| item_told(&it.told).is_some_and(is_of))
                .map(|it| it.told.position.0)
                .collect(),
            agenda_at: self.meeting.agenda_at.map(|at| at.0),
        }
    }

    fn approval(&self, at: Position, approved: &MinutesApproved) -> proto::MinutesApproval {
        proto::MinutesApproval {
            body: approved.body.to_string(),
            name: body_name(self.record, &approved.body, self.view),
            at_meeting: approved.at_meeting.to_string(),
            approved_on: Some(date(&approved.approved_on)),
            corrections: approved.corrections.iter().map(|correction: &Sealable| text(correction)).collect(),
            position: at.0,
        }
    }

    fn motion(&self, at: Position, motion: &MotionMoved) -> proto::MinutedMotion {
        proto::MinutedMotion {
            body: motion.body.to_string(),
            motion: motion.motion.clone(),
            text: Some(text(&motion.text)),
            proposer: self.maybe(motion.proposer.as_ref()),
            seconder: self.maybe(motion.seconder.as_ref()),
            amends: motion.amends.clone().unwrap_or_default(),
            withdrawn: motion.withdrawn.as_ref().map(text),
            position: at.0,
        }
    }

    fn decision(&self, decision: &Decision) -> proto::MinutedDecision {
        let recorded = &decision.recorded;
        let with = recorded.decided_with.iter().map(|with| &with.body);
        proto::MinutedDecision {
            bodies: [&decision.body].into_iter().chain(with).map(BodyId::to_string).collect(),
            outcome: recorded.outcome.as_str().to_owned(),
            text: Some(text(&recorded.text)),
            reasons: recorded.reasons.as_ref().map(text),
            conditions: recorded.conditions.iter().map(|condition| text(&condition.text)).collect(),
            votes: recorded.votes.as_ref().map(counted),
            state: decision_state(self.record, decision, Some(self.meeting), self.view).to_owned(),
            position: decision.source.position.0,
            dissent: recorded
                .dissent
                .iter()
                .map(|dissent| proto::Dissent {
                    person: self.who(&dissent.person),
                    words: dissent.words.as_ref().map(text),
                })
                .collect(),
            deferred_to: recorded.deferred_to.as_ref().map_or_else(String::new, MeetingId::to_string),
            excludes_public: recorded.effects().find_map(excluded),
        }
    }

    fn voted(&self, at: Position, vote: &VoteTaken) -> proto::MinutedVote {
        let named = vote.named.as_ref().map_or(&[][..], NamedVotes::clear);
        proto::MinutedVote {
            body: vote.body.to_string(),
            motion: vote.motion.clone().unwrap_or_default(),
            method: vote.method.as_str().to_owned(),
            votes: vote.votes.as_ref().map(counted),
            position: at.0,
            named: named
                .iter()
                .map(|it| proto::NamedVote {
                    person: self.who(&it.person),
                    vote: it.vote.as_str().to_owned(),
                })
                .collect(),
        }
    }

    fn action(&self, action: &Action) -> proto::MinutedAction {
        let owner = match &action.assigned.owner {
            Owner::Person(person) => self.who(person),
            Owner::Office(office) => office.as_str().replace('_', " "),
        };
        proto::MinutedAction {
            text: Some(text(&action.assigned.text)),
            owner,
            due: action.assigned.due.as_ref().map(date),
            position: action.why.first().map_or(0, |first| first.0),
        }
    }
}
