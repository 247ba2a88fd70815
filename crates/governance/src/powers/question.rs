//! The question who may decide what for a body on a day.

use crate::bodies::{BodyKind, Life, body};
use crate::committees::{
    CommitteeKind, CommitteeState, Delegation, DelegationState, JointLaw, committees_of, delegations_from,
    delegations_to,
};
use crate::constitutions::{SchemeHolder, governing_rules};
use crate::directions::{Imposed, imposed_on};
use crate::partnerships::partnerships_of;
use crate::words::words;
use crate::{BodyId, Record, View};
use minutebook_log::Position;

/// How far somebody's word reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It decides for the body.
    Decides,
    /// It decides about the body, over its head.
    DecidesAbout,
    /// It recommends: the body's own decision is needed.
    Recommends,
    /// It decides nothing in law.
    Nothing,
    /// It is not known who decides.
    NotKnown,
}

words!(
    Reach:
    Decides = "decides",
    DecidesAbout = "decides_about",
    Recommends = "recommends",
    Nothing = "nothing",
    NotKnown = "not_known",
);

/// Somebody who may, or may not, decide for a body.
#[derive(Debug, Clone)]
pub struct Decider {
    /// Who: a subject, or the words for an organ of the body.
    pub who: String,
    /// How far their word reaches.
    pub reach: Reach,
    /// On what, in words.
    pub what: Vec<String>,
    /// Up to how many pounds.
    pub limit_pounds: Option<u64>,
    /// Why, with the provision.
    pub because: String,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

/// Who may decide what for a body on the view's day.
#[derive(Debug, Clone)]
pub struct Powers {
    /// The body.
    pub body: BodyId,
    /// Whether it is open then.
    pub life: Life,
    /// Everybody of whom the book says something, those who decide first.
    pub deciders: Vec<Decider>,
    /// The entries that it rests on, in order.
    pub why: Vec<Position>,
}

/// Who may decide what for the body, on the view's day; nothing where the body is not known.
pub fn who_may_decide(record: &Record, id: &BodyId, view: View) -> Option<Powers> {
    let known = body(record, id, view)?;
    let life = known.life(view);
    let mut deciders = Vec::new();
    if life == Life::Open {
        deciders.extend(own_organs(record, id, view, known.kind(), &known.why));
        deciders.extend(of_committees(record, id, view, known.kind()));
        deciders.extend(delegations_from(record, id, view).into_iter().filter_map(of_delegation));
        deciders.extend(of_delegations_to(record, id, view));
        deciders.extend(known.kind().into_iter().flat_map(by_law));
        let standing = imposed_on(record, id, view).into_iter().filter(|imposed| imposed.lifted.is_none());
        deciders.extend(standing.map(under_directions));
    } else {
        deciders.push(nobody(life, &known.why));
    }
    deciders.extend(of_partnerships(record, id, view));
    deciders.sort_by_key(|decider| decider.reach);
    let mut why: Vec<_> = deciders.iter().flat_map(|decider| decider.why.clone()).collect();
    why.sort_unstable();
    why.dedup();
    Some(Powers { body: id.clone(), life, deciders, why })
}

/// The governing body, and what a scheme keeps for others within the body.
fn own_organs(
    record: &Record,
    id: &BodyId,
    view: View,
    kind: Option<BodyKind>,
    why: &[Position],
) -> Vec<Decider> {
    let organ = match kind {
        Some(BodyKind::Ccg) => (
            "the governing body",
            "NHS Act 2006, section 14L",
            "everything that is not reserved to its members or delegated without it",
        ),
        // A board has no members: everybody on it decides.
        Some(BodyKind::Icb) => (
            "the board",
            "NHS Act 2006, Schedule 1B, paragraph 11",
            "everything that is not delegated without it",
        ),
        _ => ("the body itself", "its own constitution", "everything that is not delegated without it"),
    };
    let scheme = governing_rules(record, id, view).scheme;
    let mut all = vec![Decider {
        who: organ.0.to_owned(),
        reach: Reach::Decides,
        what: vec![organ.2.to_owned()],
        limit_pounds: None,
        because: organ.1.to_owned(),
        why: why.to_vec(),
    }];
    for entry in scheme.iter().flat_map(|scheme| &scheme.value.entries) {
        let who = match &entry.holder {
            SchemeHolder::Members => "the members".to_owned(),
            SchemeHolder::GoverningBody => organ.0.to_owned(),
            SchemeHolder::Committee(slug) => format!("committee/{slug}"),
            SchemeHolder::Office(office) => format!("the {}", office.as_str().replace('_', " ")),
        };
        all.push(Decider {
            who,
            reach: Reach::Decides,
            what: vec![entry.function.clone()],
            limit_pounds: entry.limit_pounds,
            because: "the scheme of reservation and delegation".to_owned(),
            why: scheme.iter().map(|scheme| scheme.position).collect(),
        });
    }
    all
}

/// By what a committee of a body decides for it.
fn of_its_own(kind: Option<BodyKind>) -> &'static str {
    match kind {
        Some(BodyKind::Ccg) => "a committee of the body (NHS Act 2006, Schedule 1A)",
        Some(BodyKind::Icb) => "a committee of the board (NHS Act 2006, Schedule 1B, paragraph 11)",
        _ => "a committee of the body",
    }
}

fn of_committees(record: &Record, id: &BodyId, view: View, kind: Option<BodyKind>) -> Vec<Decider> {
    let all = committees_of(record, id, view).into_iter();
    let live = all.filter(|it| it.state == CommitteeState::Live && it.parents.contains(id));
    live.map(|committee| {
        let (reach, because) = match committee.established.kind {
            CommitteeKind::Joint if committee.is_binding() => {
                let law = JointLaw::on(view.as_at);
                (Reach::Decides, law.map_or("a joint committee", |law| law.source))
            }
            CommitteeKind::Joint => (Reach::Recommends, "a joint committee that does not bind its bodies"),
            CommitteeKind::InCommon => (
                Reach::Recommends,
                "committees in common: what the body's own committee decides is its own decision",
            ),
            CommitteeKind::Advisory => (Reach::Recommends, "an advisory committee"),
            _ if committee.is_binding() => (Reach::Decides, of_its_own(kind)),
            _ => (Reach::Recommends, "its terms of reference"),
        };
        Decider {
            who: committee.id.to_string(),
            reach,
            what: committee.functions,
            limit_pounds: None,
            because: because.to_owned(),
            why: committee.why,
        }
    })
    .collect()
}

fn of_delegation(held: Delegation) -> Option<Decider> {
    let (reach, because) = match held.state {
        DelegationState::InForce => (Reach::Decides, format!("{}, in force", held.id)),
        DelegationState::NoEffect => {
            (Reach::Nothing, format!("{}: a partnership cannot hold statutory functions", held.id))
        }
        _ => return None,
    };
    Some(Decider {
        who: held.delegate.to_string(),
        reach,
        what: held.granted.functions,
        limit_pounds: held.granted.limit_pounds,
        because,
        why: held.why,
    })
}

/// What others let the body decide for them.
fn of_delegations_to(record: &Record, id: &BodyId, view: View) -> Vec<Decider> {
    let all = delegations_to(record, id.subject(), view).into_iter();
    let in_force = all.filter(|held| held.state == DelegationState::InForce && held.grantor != *id);
    in_force
        .map(|held| Decider {
            who: id.to_string(),
            reach: Reach::Decides,
            what: held.granted.functions.iter().map(|it| format!("{it}, for {}", held.grantor)).collect(),
            limit_pounds: held.granted.limit_pounds,
            because: format!("{}, in force", held.id),
            why: held.why,
        })
        .collect()
}

/// What others than the governing body decide of a body by law: who leads it, what it is, whether it is at all.
fn by_law(kind: BodyKind) -> Vec<Decider> {
    let england = "NHS England";
    let rows: &[(&str, Reach, &str, &str)] = match kind {
        BodyKind::Ccg => &[(
            england,
            Reach::DecidesAbout,
            "its accountable officer; mergers, dissolution, variation of its constitution and area; directions",
            "NHS Act 2006, sections 14E to 14H and 14Z21; Schedule 1A, paragraph 12",
        )],
        BodyKind::Icb => &[
            (
                "its chair",
                Reach::Decides,
                "who is its chief executive, with NHS England's approval; approval of every other member, and of who sits on \
                 committees that commission",
                "NHS Act 2006, Schedule 1B, paragraphs 7, 8 and 11(4)",
            ),
            (
                england,
                Reach::DecidesAbout,
                "its establishment, area, merger and end, by order, with schemes for what passes",
                "NHS Act 2006, sections 14Z25 and 14Z28",
            ),
            (
                england,
                Reach::DecidesAbout,
                "its chair and the chair's removal, with the Secretary of State's approval; approval of its chief executive",
                "NHS Act 2006, Schedule 1B, paragraphs 5 to 7",
            ),
            (
                england,
                Reach::DecidesAbout,
                "approval of its constitution and of every variation, and variations of its own motion",
                "NHS Act 2006, Schedule 1B, paragraph 15",
            ),
            (
                england,
                Reach::DecidesAbout,
                "directions, where it fails or may fail",
                "NHS Act 2006, section 14Z61",
            ),
            (
                "the Secretary of State",
                Reach::DecidesAbout,
                "approval of its chair's appointment and removal",
                "NHS Act 2006, Schedule 1B, paragraphs 5 and 6",
            ),
        ],
        _ => &[],
    };
    let decider = |(who, reach, what, because): &(&str, Reach, &str, &str)| Decider {
        who: (*who).to_owned(),
        reach: *reach,
        what: vec![(*what).to_owned()],
        limit_pounds: None,
        because: (*because).to_owned(),
        why: Vec::new(),
    };
    rows.iter().map(decider).collect()
}

/// What NHS England has taken a say in for now.
fn under_directions(imposed: Imposed) -> Decider {
    let said = imposed.said;
    let words = said.scope.unwrap_or_else(|| "what they say".to_owned());
    let basis = said.basis.map_or_else(String::new, |basis| format!(", {basis}"));
    Decider {
        who: "NHS England".to_owned(),
        reach: Reach::DecidesAbout,
        what: vec![words],
        limit_pounds: None,
        because: format!("{} {} of {}{basis}", said.kind.as_str().replace('_', " "), said.id, said.effective),
        why: imposed.why,
    }
}

fn nobody(life: Life, why: &[Position]) -> Decider {
    let because = match life {
        Life::Closed => "it is no more: its successor minutes its closing business",
        Life::NotYetOpen => "it is not open yet: designates prepare",
        Life::Open | Life::Unknown => {
            "whether it is open is not known: its dates are imprecise, or contradict"
        }
    };
    let (who, reach) = match life {
        Life::Closed | Life::NotYetOpen => ("nobody", Reach::Nothing),
        Life::Open | Life::Unknown => ("not known", Reach::NotKnown),
    };
    Decider {
        who: who.to_owned(),
        reach,
        what: Vec::new(),
        limit_pounds: None,
        because: because.to_owned(),
        why: why.to_vec(),
    }
}

fn of_partnerships(record: &Record, id: &BodyId, view: View) -> Vec<Decider> {
    let all = partnerships_of(record, id, view).into_iter();
    all.map(|partnership| Decider {
        who: partnership.id.to_string(),
        reach: Reach::Nothing,
        what: Vec::new(),
        limit_pounds: None,
        because: "a partnership agrees and recommends; it decides nothing in law".to_owned(),
        why: partnership.why,
    })
    .collect()
}
