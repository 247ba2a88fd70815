//! The question about a governing body: who sits on it, and under which rules.

use crate::proto::{
    self, GetGoverningBodyRequest, GetGoverningBodyResponse, GoverningBodyMember, GoverningRule, MemberTerm,
};
use crate::service::convert::{clear, date, life, positions, text};
use crate::service::question::Question;
use crate::service::status;
use minutebook_governance::constitutions::{
    ConstitutionAdopted, ConstitutionHeld, GoverningRules, GoverningRulesSet, Majority, Requirement,
    RequirementMet, Ruled, ThresholdBasis, composition, constitutions, governing_rules,
};
use minutebook_governance::mergers::{MembersVoteHeld, MembersVoted, members_votes};
use minutebook_governance::people::{
    Holding, Office, OfficeDefined, office_held, person_name, says_who_holds,
};
use minutebook_governance::{BodyId, PersonId, View, bodies};
use std::collections::BTreeSet;
use tonic::Status;

/// A governing body as a view sees it.
pub(super) fn get_governing_body(
    question: &Question<'_>,
    request: &GetGoverningBodyRequest,
) -> Result<GetGoverningBodyResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let (record, view) = (question.record(), look.view);
    let id = question.the_body(&request.body, view)?;
    let sits = composition(record, &id, view).ok_or_else(|| status::not_found("body", &request.body))?;
    question.note_withdrawn(&look, [id.subject()], |told| {
        told.subject == *id.subject()
            && (says_who_holds(told)
                || told.says::<OfficeDefined>().is_some()
                || told.says::<ConstitutionAdopted>().is_some()
                || told.says::<GoverningRulesSet>().is_some()
                || told.says::<MembersVoted>().is_some())
    });
    let member = |(person, offices): (_, &Vec<Office>)| GoverningBodyMember {
        name: person_name(record, person, view).as_ref().map_or_else(String::new, clear),
        person: person.to_string(),
        offices: offices.iter().map(|office| office.as_str().to_owned()).collect(),
        terms: offices.iter().flat_map(|office| terms(question, &id, *office, person, view)).collect(),
    };
    let mut found = GetGoverningBodyResponse {
        answered: None,
        body: id.to_string(),
        members: sits.members.iter().map(member).collect(),
        perhaps: sits.perhaps.iter().map(member).collect(),
        life: bodies::body(record, &id, view)
            .map_or(proto::Life::Unspecified, |body| life(body.life(view)))
            .into(),
        seats_filled: sits.seats.filled,
        seats_vacant: sits.seats.vacant,
        is_known: !sits.members.is_empty() || !sits.perhaps.is_empty() || sits.seats.vacant > 0,
        law: sits.law.map_or_else(String::new, |law| law.source.to_owned()),
        requirements: sits.requirements.iter().map(requirement).collect(),
        constitutions: constitutions(record, &id, view).iter().map(constitution).collect(),
        rules: rules(&governing_rules(record, &id, view)),
        members_votes: members_votes(record, &id, view).iter().map(members_vote).collect(),
        why: positions(&sits.why),
    };
    found.answered = question.answered(
        &look,
        &[
            &found.members,
            &found.perhaps,
            &found.requirements,
            &found.constitutions,
            &found.rules,
            &found.members_votes,
            &found.why,
        ],
    );
    Ok(found)
}

/// For which term a member sits in an office, or perhaps does.
fn terms(
    question: &Question<'_>,
    id: &BodyId,
    office: Office,
    person: &PersonId,
    view: View,
) -> Vec<MemberTerm> {
    let held = office_held(question.record(), id, office, view);
    let holdings = held.holders.into_iter().chain(held.perhaps).filter(|holding| holding.person == *person);
    let term = |holding: Holding| {
        let why: BTreeSet<_> = holding.sources.iter().map(|source| source.position.0).collect();
        let highest = holding.sources.iter().map(|source| source.standing).max();
        MemberTerm {
            office: office.as_str().to_owned(),
            tenure: holding.tenure.map_or_else(String::new, |tenure| tenure.as_str().to_owned()),
            from: holding.from.as_ref().map(date),
            until: holding.until.as_ref().map(date),
            standing: highest.map_or_else(String::new, |standing| standing.as_str().to_owned()),
            why: why.into_iter().collect(),
        }
    };
    holdings.map(term).collect()
}

fn requirement(requirement: &Requirement) -> proto::CompositionRequirement {
    proto::CompositionRequirement {
        says: requirement.says.clone(),
        met: match requirement.met {
            RequirementMet::Met => proto::Certainty::Yes,
            RequirementMet::NotMet => proto::Certainty::No,
            RequirementMet::Unknown => proto::Certainty::Unknown,
        }
        .into(),
        people: requirement.people.iter().map(ToString::to_string).collect(),
        why: positions(&requirement.why),
    }
}

fn constitution(held: &ConstitutionHeld) -> proto::Constitution {
    let document = &held.adopted.document;
    proto::Constitution {
        version: held.adopted.version.clone(),
        title: Some(text(&document.title)),
        sha256: document.sha256.as_ref().map_or_else(String::new, ToString::to_string),
        effective: Some(date(&held.adopted.effective)),
        position: held.source.position.0,
        is_perhaps: !held.is_sure,
    }
}

fn members_vote(held: &MembersVoteHeld) -> proto::MembersVote {
    let said = &held.voted;
    proto::MembersVote {
        question: said.question.clone(),
        declared_on: Some(date(&said.declared_on)),
        figures: said.figures.to_string(),
        outcome: said.outcome.as_str().to_owned(),
        threshold: said.threshold.map_or_else(String::new, |threshold| threshold.to_string()),
        electorate: said.electorate.unwrap_or_default(),
        turnout_percent: said.turnout_percent,
        standing: held.source.standing.as_str().to_owned(),
        position: held.source.position.0,
    }
}

/// The rules that a body has given itself, in words.
fn rules(rules: &GoverningRules) -> Vec<GoverningRule> {
    let said = [
        rule("quorum", rules.quorum.as_ref(), |quorum| {
            let vacancies = if quorum.counts_vacancies { ", vacant seats counted" } else { "" };
            let among = quorum.must_include.iter().map(|one_of| {
                let offices: Vec<_> = one_of.iter().map(|office| office.as_str()).collect();
                format!("; among them {}", offices.join(" or "))
            });
            format!("{}{vacancies}{}", quorum.minimum, among.collect::<String>())
        }),
        rule("voting", rules.voting.as_ref(), |voting| {
            let majority = match voting.majority {
                Majority::Simple => "more for than against",
                Majority::TwoThirds => "two thirds of the votes cast",
                Majority::ThreeQuarters => "three quarters of the votes cast",
            };
            let casting =
                if voting.casting_vote { "the chair has a casting vote" } else { "no casting vote" };
            format!("{majority}; {casting}")
        }),
        rule("meets_in_public", rules.meets_in_public.as_ref(), |public| {
            if *public { "in public" } else { "in private" }.to_owned()
        }),
        rule("notice_days", rules.notice_days.as_ref(), |days| format!("{days} days")),
        rule("merger_ballot", rules.merger_ballot.as_ref(), |ballot| {
            let of = match ballot.basis {
                ThresholdBasis::VotesCast => "the votes cast",
                ThresholdBasis::AllMembers => "all members",
            };
            format!("{} % of {of}", ballot.percent)
        }),
        rule("scheme", rules.scheme.as_ref(), |scheme| scheme.document.title.shown().to_owned()),
        rule("financial_instructions", rules.financial_instructions.as_ref(), |document| {
            document.title.shown().to_owned()
        }),
    ];
    said.into_iter().flatten().collect()
}

fn rule<T>(name: &str, ruled: Option<&Ruled<T>>, says: impl Fn(&T) -> String) -> Option<GoverningRule> {
    ruled.map(|ruled| GoverningRule {
        rule: name.to_owned(),
        says: says(&ruled.value),
        from: Some(date(&ruled.from)),
        position: ruled.position.0,
        is_perhaps: !ruled.is_sure,
    })
}
