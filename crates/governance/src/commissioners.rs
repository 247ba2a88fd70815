//! What the law keeps for one kind of commissioner, asked of every event in one place: what is a group's alone and not asked
//! of a board, and what NHS England decides of either.

use crate::act::{Act, Capacity, Case, Need, SECRETARY};
use crate::bodies::{
    AreaVaried, BodyDissolved, BodyEstablished, BodyKind, DissolutionReason, SuccessionRecorded, body,
    enacted, groups_ended,
};
use crate::committees::{
    CommitteeDissolved, CommitteeEstablished, CommitteeMembershipChanged, DelegationGranted,
    DelegationRevoked,
};
use crate::constitutions::{ConstitutionAdopted, GoverningRulesSet, SchemeHolder};
use crate::decisions::{DecisionRecorded, Effect};
use crate::memberships::MembershipChanged;
use crate::mergers::{
    ApplicationKind, ApplicationSubmitted, MemberVoteDeclared, MemberVoteOpened, MembersVoted,
};
use crate::proposals::{MergerExplored, MergerProposed};
use crate::provisions::{Commissioner, cited};
use crate::reorganisation::{ReorganisationBasis, ReorganisationEffected};
use crate::rules::rules;
use crate::{BodyId, Date, Rule, Scope, Verdict, View};

rules! {
    OF_GROUPS: HardIfCertain =
        "merger.of-groups",
        "Only CCGs look into a merger, propose it, choose about it, and apply to merge, to vary or to be dissolved: boards change by NHS England's order; of a report it is found.",
        "NHS Act 2006, sections 14E, 14G and 14H, for CCGs until 30 June 2022; section 14Z25 and Schedule 1B, paragraph 15, for ICBs";
    OF_A_GROUP: HardIfCertain =
        "member-vote.of-a-group",
        "Members vote, and decide what is reserved to them, in a body that has members: a CCG's are its practices, a board has none; of a report it is found.",
        "NHS Act 2006, section 14A and Schedule 1A, paragraph 2, for CCGs until 30 June 2022; Schedule 1B, paragraph 3, for ICBs";
    OF_A_CCG: HardIfCertain =
        "membership.of-ccg",
        "A CCG has member practices, an ICB has none; of a report it is found.",
        "NHS Act 2006, section 14A(1) until 30 June 2022; section 14Z31 and Schedule 1B, paragraph 3, for ICBs";
    BY_ENGLAND: Hard =
        "commissioner.decided-by-nhs-england",
        "What NHS England decides of a commissioner it signs itself; a minister signs what a statute does.",
        "NHS Act 2006, sections 14D to 14H for CCGs, section 14Z25 and Schedule 1B, paragraph 15, for ICBs";
    BY_ITSELF: Hard =
        "commissioner.signs-for-itself",
        "A commissioner's own secretary signs for its committees, who sits on them, and what it delegates; NHS England and ministers sign there for themselves.",
        "NHS Act 2006, Schedule 1A for CCGs, Schedule 1B, paragraph 11, and section 65Z5 for ICBs; principle: each body for itself";
}

/// What an act would do that a group alone does: by which rule, of which bodies, and what a board does instead.
struct GroupsAlone {
    rule: &'static Rule,
    bodies: Vec<BodyId>,
    instead: &'static str,
}

const BY_ORDER: &str = "NHS England's order (ReorganisationEffected, basis order); what a board thinks of it is a decision with \
                        the effect none (DecisionRecorded) or an intention (IntentionRecorded)";
const VARIED: &str = "the varied constitution, which NHS England approves and signs (ConstitutionAdopted, basis variation), or a \
                      varied area by its order (AreaVaried)";
const NO_MEMBERS: &str = "a CCG, which has member practices; what a board decides is its own decision (DecisionRecorded), and \
                          whom it asks it consults (ConsultationOpened)";
const NO_RESERVE: &str =
    "rules without a ballot of members and a scheme without what is reserved to them: a board has none";
const NO_PRACTICES: &str = "a CCG: boards commission for people, and have no members";

/// Asks of every event what its kind of commissioner can do, and whether NHS England signed what it decides.
pub(crate) fn judge_kinds(case: &Case<'_>, verdict: &mut Verdict) {
    if let Some(GroupsAlone { rule, bodies, instead }) = groups_alone(case.act) {
        let boards: Vec<_> = bodies.iter().filter(|id| kind_of(case, id) == Some(BodyKind::Icb)).collect();
        let explain = || {
            let boards: Vec<_> = boards.iter().map(ToString::to_string).collect();
            (format!("{} of {}, an ICB", case.act.name, boards.join(", ")), instead.to_owned())
        };
        match case.act.standing.is_report() {
            true => verdict.soft(boards.is_empty(), rule, &case.act.subject, explain),
            false => verdict.hard(boards.is_empty(), rule, &case.act.subject, explain),
        }
    }
    if !case.act.standing.is_report() {
        judge_signed(case, verdict);
        judge_own_signature(case, verdict);
    }
}

/// Has what an act breaks cite the law of the kind of commissioner that it is of: its subject's, or else that for which all
/// of those sign who sign for one.
pub(crate) fn cite_by_kind(case: &Case<'_>, verdict: &mut Verdict) {
    if verdict.violations.is_empty() {
        return;
    }
    let opened = case.act.statement.downcast::<BodyEstablished>().map(|said| said.kind);
    let of_subject = || kind_of(case, &BodyId::of(&case.act.subject)?);
    let of_signers = || {
        let signed = case.act.signatories.iter().filter_map(|signatory| signatory.body.as_ref());
        let mut kinds: Vec<_> = signed.map(|body| kind_of(case, body)).collect();
        kinds.dedup();
        if kinds.len() == 1 { kinds.pop().flatten() } else { None }
    };
    let kind = match opened.or_else(of_subject).or_else(of_signers) {
        Some(BodyKind::Ccg) => Commissioner::Group,
        Some(BodyKind::Icb) => Commissioner::Board,
        _ => return,
    };
    for broken in &mut verdict.violations {
        broken.source = cited(broken.rule.source, kind);
    }
}

/// Of which kind a body is, on whatever day: as enacted for an act, as anybody says for a report.
fn kind_of(case: &Case<'_>, id: &BodyId) -> Option<BodyKind> {
    let scope = if case.act.standing.is_report() { Scope::Reported } else { Scope::Enacted };
    body(case.record, id, View { scope, ..enacted(case.record, Date::LAST) })?.kind()
}

fn groups_alone(act: &Act) -> Option<GroupsAlone> {
    let statement = &act.statement;
    let of_subject = || BodyId::of(&act.subject).into_iter().collect::<Vec<_>>();
    let (rule, bodies, instead) = if let Some(said) = statement.downcast::<MergerExplored>() {
        (&OF_GROUPS, said.participants.clone(), BY_ORDER)
    } else if let Some(said) = statement.downcast::<MergerProposed>() {
        (&OF_GROUPS, said.participants.clone(), BY_ORDER)
    } else if let Some(said) = statement.downcast::<ApplicationSubmitted>() {
        let varies = said.kind() == ApplicationKind::Variation;
        (&OF_GROUPS, said.applicants.clone(), if varies { VARIED } else { BY_ORDER })
    } else if let Some(said) = statement.downcast::<DecisionRecorded>() {
        let chooses = |effect: &Effect| matches!(effect, Effect::Merger { .. } | Effect::Apply { .. });
        if !said.effects().any(chooses) {
            return None;
        }
        let with = said.decided_with.iter().map(|with| with.body.clone());
        (&OF_GROUPS, of_subject().into_iter().chain(with).collect(), BY_ORDER)
    } else if let Some(said) = statement.downcast::<MemberVoteOpened>() {
        (&OF_A_GROUP, said.bodies.clone(), NO_MEMBERS)
    } else if let Some(said) = statement.downcast::<MemberVoteDeclared>() {
        (&OF_A_GROUP, said.bodies.clone(), NO_MEMBERS)
    } else if statement.downcast::<MembersVoted>().is_some() {
        (&OF_A_GROUP, of_subject(), NO_MEMBERS)
    } else if let Some(said) = statement.downcast::<GoverningRulesSet>() {
        let mut entries = said.scheme.iter().flat_map(|scheme| &scheme.entries);
        let reserves = entries.any(|entry| entry.holder == SchemeHolder::Members);
        let bodies = if reserves || said.merger_ballot.is_some() { of_subject() } else { Vec::new() };
        (&OF_A_GROUP, bodies, NO_RESERVE)
    } else if statement.downcast::<MembershipChanged>().is_some() {
        (&OF_A_CCG, of_subject(), NO_PRACTICES)
    } else {
        return None;
    };
    Some(GroupsAlone { rule, bodies, instead })
}

/// Asks that NHS England signs what it decides of a commissioner. For other bodies a minister may.
fn judge_signed(case: &Case<'_>, verdict: &mut Verdict) {
    let Some(bodies) = decided_of(case.act) else { return };
    let opens = case.act.statement.downcast::<ReorganisationEffected>().into_iter();
    let opened = opens.flat_map(|said| &said.opening).map(|opening| Some(opening.kind));
    let known = bodies.iter().map(|id| kind_of(case, id));
    let mut kinds = opened.chain(known).flatten();
    if !kinds.any(BodyKind::is_commissioner) {
        return;
    }
    let signed = case.act.signatories.iter().any(|it| it.capacity == Capacity::NhsEngland);
    verdict.hard(signed, &BY_ENGLAND, &case.act.subject, || {
        let found = format!("{} of a commissioner that NHS England does not sign", case.act.name);
        (found, "NHS England's signature; beside it others may sign".to_owned())
    });
}

/// Asks that each commissioner signs for what is its own.
fn judge_own_signature(case: &Case<'_>, verdict: &mut Verdict) {
    let theirs = arranged_by(case.act).into_iter();
    for id in theirs.filter(|id| kind_of(case, id).is_some_and(BodyKind::is_commissioner)) {
        let own = Need::of(SECRETARY, vec![id.clone()]);
        let signed = case.act.signatories.iter().any(|signatory| own.is_met_by(signatory));
        verdict.hard(signed, &BY_ITSELF, &case.act.subject, || {
            (format!("{} without a signature of {id}", case.act.name), own.to_string())
        });
    }
}

/// The bodies for which an act arranges who decides.
fn arranged_by(act: &Act) -> Vec<BodyId> {
    let statement = &act.statement;
    if let Some(said) = statement.downcast::<CommitteeEstablished>() {
        said.parents.clone()
    } else if let Some(said) = statement.downcast::<CommitteeDissolved>() {
        said.parents.clone()
    } else if let Some(said) = statement.downcast::<CommitteeMembershipChanged>() {
        vec![said.body.clone()]
    } else if let Some(said) = statement.downcast::<DelegationGranted>() {
        vec![said.from.clone()]
    } else if let Some(said) = statement.downcast::<DelegationRevoked>() {
        vec![said.by.clone()]
    } else {
        Vec::new()
    }
}

/// The bodies of which an act decides what NHS England decides, unless a statute does it.
fn decided_of(act: &Act) -> Option<Vec<BodyId>> {
    let statement = &act.statement;
    let of_subject = || BodyId::of(&act.subject).into_iter().collect();
    if statement.downcast::<AreaVaried>().is_some() || statement.downcast::<ConstitutionAdopted>().is_some() {
        Some(of_subject())
    } else if let Some(said) = statement.downcast::<SuccessionRecorded>() {
        (!groups_ended(&said.effective)).then(of_subject)
    } else if let Some(said) = statement.downcast::<BodyDissolved>() {
        (said.reason != DissolutionReason::Abolition).then(of_subject)
    } else if let Some(said) = statement.downcast::<ReorganisationEffected>() {
        let varied = said.varied.iter().map(|varied| varied.body.clone());
        let bodies = said.closing.iter().cloned().chain(varied).collect();
        (said.basis != ReorganisationBasis::Statute).then_some(bodies)
    } else {
        None
    }
}
