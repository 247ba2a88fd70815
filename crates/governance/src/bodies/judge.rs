//! What several types of statement are judged on: whether a body is known, new, open, rightly named; whether
//! its codes are free and the units that pass are held.

use super::area::holder;
use super::codes::bodies_of_code;
use super::events::{BodyEstablished, BodyKind, Code};
use super::passing::{AreaChange, AreaVaried, BodyDissolved, SuccessionRecorded};
use super::state::{Body, Life, body};
use super::walk::passes_elsewhere;
use crate::act::Case;
use crate::authority::now;
use crate::joined::Joined;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::view::Told;
use crate::{BodyId, Certainty, Date, PDate, Record, Rule, Scope, Standing, Unit, Verdict, View};
use minutebook_log::Subject;

rules! {
    BODY_NEW: Hard =
        "body.new",
        "A body is established once; an act may adopt what a register listed before.",
        "principle: one fact, several statements";
    BODY_NAME: HardIfCertain =
        "body.name",
        "A CCG's name starts with NHS and ends with Clinical Commissioning Group; an ICB's, which its constitution states, is so far always NHS, a place and Integrated Care Board: another is found.",
        "NHS (CCG) Regulations 2012 (SI 2012/1631), regulations 3 to 6; for ICBs usage: NHS Act 2006, Schedule 1B, paragraph 2, prescribes no form";
    BODY_KNOWN: Hard =
        "body.known",
        "An act names bodies that the book knows.",
        "principle: step by step";
    BODY_OPEN: HardIfCertain =
        "body.open",
        "A body acts, and is acted upon, between its first and its last day.",
        "principle: step by step";
    ENDS_ONCE: Hard =
        "body.ends-once",
        "A body ends once; what it gives and takes of its area is recorded before, and comes before.",
        concat!(provisions!(areas), "; principle: step by step");
    CODE_FREE: HardIfCertain =
        "identifier.free",
        "A code means one body at a time.",
        "ODS identifiers are never in use twice; principle: step by step";
    AREA_HELD: HardIfCertain =
        "area.held",
        "A unit passes only from the body that holds it.",
        concat!(provisions!(areas), ": areas cover England and do not overlap");
}

/// Everything enacted by now, on the day of an act.
pub(crate) fn enacted(record: &Record, as_at: Date) -> View {
    View { as_at, scope: Scope::Enacted, ..now(record) }
}

/// Asks a hard rule of what somebody witnessed: who attended, who voted. Of a record of the past it is asked softly,
/// since the minutes may not have said.
pub(crate) fn judge_past_softly(
    case: &Case<'_>,
    verdict: &mut Verdict,
    holds: bool,
    rule: &'static Rule,
    explain: impl FnOnce() -> (String, String),
) {
    match case.act.standing {
        Standing::OwnRecord => verdict.soft(holds, rule, &case.act.subject, explain),
        _ => verdict.hard(holds, rule, &case.act.subject, explain),
    }
}

/// Asks that the book knows a body, by an act or a register.
pub(crate) fn judge_known(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) -> Option<Body> {
    let known = body(case.record, id, enacted(case.record, Date::of(case.place.recorded)));
    verdict.hard(known.is_some(), &BODY_KNOWN, &case.act.subject, || {
        let needed = "a body that is in the book first (BodyEstablished, or BodyRegistered by a register)";
        (format!("{id}, which no act or register establishes"), needed.to_owned())
    });
    known
}

/// Asks that a body can act on `date`: it is open then, or named by then as the successor that opens later
/// (a *designate*). What is not certain passes with a finding.
pub(crate) fn judge_open(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId, date: &PDate) {
    let Some(body) = judge_known(case, verdict, id) else { return };
    verdict.hard_if_certain(is_open(case.record, &body, date), &BODY_OPEN, &case.act.subject, || {
        (format!("{id} is not open on {date}"), open_needed(&body))
    });
}

/// Asks that `date` is none before the body was there, or was named as a designate: whatever was unlawful then, nobody did it.
pub(crate) fn judge_begun(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId, date: &PDate) {
    let Some(body) = judge_known(case, verdict, id) else { return };
    let acts = |day: Date| match body.life(enacted(case.record, day)) {
        Life::NotYetOpen => is_designate(case.record, id, day),
        Life::Open | Life::Closed => Certainty::Yes,
        Life::Unknown => Certainty::Unknown,
    };
    let on = |day: Option<Date>| day.map_or(Certainty::Unknown, acts);
    let begun = match (on(date.earliest()), on(date.latest())) {
        (first, last) if first == last => first,
        _ => Certainty::Unknown,
    };
    verdict.hard_if_certain(begun, &BODY_OPEN, &case.act.subject, || {
        (format!("{id} is not there yet on {date}"), open_needed(&body))
    });
}

/// Asks that a body is there on `date`: a designate holds no area yet.
pub(crate) fn judge_there(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId, date: &PDate) {
    let Some(body) = judge_known(case, verdict, id) else { return };
    let there = is_there(case.record, &body, date);
    verdict.hard_if_certain(there, &BODY_OPEN, &case.act.subject, || {
        (format!("{id} is not there on {date}"), open_needed(&body))
    });
}

/// Asks that the body can end on `date`: no act ends it otherwise, or passes something to it or from it later.
pub(crate) fn judge_ends(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId, date: &PDate) {
    judge_not_ended(case, verdict, id);
    let view = View { scope: Scope::Enacted, ..now(case.record) };
    let types = [std::any::TypeId::of::<AreaVaried>(), std::any::TypeId::of::<SuccessionRecorded>()];
    let about = case.record.saying_any(types, id.subject(), view);
    let mut acts = about.filter(|told| !told.standing.is_report());
    // On its last day's morrow it passes on what it has; it takes nothing any more.
    let is_late = |told: &Told, passes: PDate| match told.says::<SuccessionRecorded>() {
        Some(_) if told.subject == *id.subject() => date.is_before(&passes) == Certainty::Yes,
        _ => passes.is_before(date) == Certainty::No,
    };
    let later = acts.find(|told| told.statement.act_date().is_some_and(|passes| is_late(told, passes)));
    verdict.hard(later.is_none(), &ENDS_ONCE, &case.act.subject, || {
        let position = later.map_or_else(String::new, |told| told.position.to_string());
        let found = format!(
            "{id} ends on {date}, and something passes to or from it then or later (entry {position})"
        );
        (found, "that entry withdrawn first (RecordCorrected), or a later end".to_owned())
    });
}

/// Asks that no act has ended the body, on whatever day: what is left of it is fixed then.
pub(crate) fn judge_not_ended(case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
    let view = View { scope: Scope::Enacted, ..now(case.record) };
    let mut ends = case.record.saying::<BodyDissolved>(id.subject(), view);
    let ended = ends.find(|told| told.subject == *id.subject() && !told.standing.is_report());
    verdict.hard(ended.is_none(), &ENDS_ONCE, &case.act.subject, || {
        let position = ended.map_or_else(String::new, |told| told.position.to_string());
        (
            format!("{id}, which entry {position} ends"),
            "a body that no act has ended; an end that is wrong is withdrawn (RecordCorrected)".to_owned(),
        )
    });
}

/// When a body can act; and where it is no more, who acts in its place, and on what.
fn open_needed(body: &Body) -> String {
    let day = |fact: &Option<Joined<PDate>>| fact.as_ref().and_then(|fact| fact.value.clone());
    let when = match (day(&body.opened), day(&body.closed)) {
        (Some(opens), Some(closes)) => format!("a date from {opens} on and before {closes}"),
        (Some(opens), None) => {
            format!("a date from {opens} on, or from the order on that names it (ordered_on)")
        }
        (None, Some(closes)) => format!("a date before {closes}"),
        (None, None) => "a date between its first and its last day".to_owned(),
    };
    let heirs: Vec<_> = body.successors.iter().map(|link| link.body.to_string()).collect();
    match heirs.as_slice() {
        [] => when,
        heirs => format!(
            "{when}; what it left is for {} to go on with (ActionUpdated, MinutesApproved), and is corrected by it \
             (RecordCorrected)",
            heirs.join(", ")
        ),
    }
}

/// Whether a body is open, or may act as a designate, on whatever day `date` means.
pub(crate) fn is_open(record: &Record, body: &Body, date: &PDate) -> Certainty {
    lasts(record, body, date, |day| is_designate(record, &body.id, day))
}

/// Whether a body is open on whatever day `date` means, designates apart.
pub(crate) fn is_there(record: &Record, body: &Body, date: &PDate) -> Certainty {
    lasts(record, body, date, |_day| Certainty::No)
}

/// Whether a body lives on whatever day `date` means; `early` says whether it acts on a day before it opens.
fn lasts(record: &Record, body: &Body, date: &PDate, early: impl Fn(Date) -> Certainty) -> Certainty {
    let life = |day: Option<Date>| day.map_or(Life::Unknown, |day| body.life(enacted(record, day)));
    let acts = |day: Option<Date>| match (life(day), day) {
        (Life::Open, _) => Certainty::Yes,
        (Life::NotYetOpen, Some(day)) => early(day),
        (Life::Closed, _) => Certainty::No,
        _ => Certainty::Unknown,
    };
    let (first, last) = (acts(date.earliest()), acts(date.latest()));
    let is_over = life(date.earliest()) == Life::Closed;
    let is_to_come = life(date.latest()) == Life::NotYetOpen && last == Certainty::No;
    match (first, last) {
        _ if is_over || is_to_come => Certainty::No,
        (Certainty::Yes, Certainty::Yes) => Certainty::Yes,
        _ => Certainty::Unknown,
    }
}

/// Whether an approval or an order has named the body by a day before it opens: from then on it acts as a designate. The
/// day of the order is what its act says, or else the day on which that was recorded.
fn is_designate(record: &Record, id: &BodyId, day: Date) -> Certainty {
    let Some(told) = established_by_act(record, id.subject()) else { return Certainty::No };
    let said = told.says::<BodyEstablished>().and_then(|said| said.ordered_on.clone());
    let recorded = record.at(told.position).map(|entry| PDate::day(Date::of(entry.recorded)));
    [said, recorded].iter().flatten().map(|named| named.is_by(day)).fold(Certainty::No, Certainty::or)
}

fn established_by_act(record: &Record, subject: &Subject) -> Option<Told> {
    let view = View { scope: Scope::Enacted, ..now(record) };
    let mut established = record.saying::<BodyEstablished>(subject, view);
    established.find(|told| told.subject == *subject && !told.standing.is_report())
}

/// Asks that no act has established the body before.
pub(crate) fn judge_new(case: &Case<'_>, verdict: &mut Verdict, subject: &Subject) {
    let earlier = established_by_act(case.record, subject);
    verdict.hard(earlier.is_none(), &BODY_NEW, subject, || {
        let position = earlier.map_or_else(String::new, |told| told.position.to_string());
        let needed =
            "another id; while a body is open it is changed by BodyRenamed, AreaVaried, BodyDissolved";
        (format!("entry {position} established it"), needed.to_owned())
    });
}

/// Asks that the full legal name has the form that the law gives it.
pub(crate) fn judge_name(case: &Case<'_>, verdict: &mut Verdict, kind: BodyKind, name: &str) {
    let ending = match kind {
        BodyKind::Ccg => "Clinical Commissioning Group",
        BodyKind::Icb => "Integrated Care Board",
        _ => return,
    };
    let place = name.strip_prefix("NHS ").and_then(|rest| rest.strip_suffix(ending)).map(str::trim);
    let fits = place.is_some_and(|place| !place.is_empty());
    let explain = || (format!("\"{name}\""), format!("\"NHS <place> {ending}\""));
    match kind {
        BodyKind::Ccg => verdict.hard(fits, &BODY_NAME, &case.act.subject, explain),
        _ => verdict.soft(fits, &BODY_NAME, &case.act.subject, explain),
    }
}

/// Asks that no other body has the codes of `owner` at that time. A code whose period is not stated starts
/// at `starts`. The bodies in `closing` give their codes free then.
pub(crate) fn judge_codes(
    case: &Case<'_>,
    verdict: &mut Verdict,
    owner: &Subject,
    codes: &[Code],
    starts: &PDate,
    closing: &[BodyId],
) {
    for code in codes {
        let from = code.from.as_ref().unwrap_or(starts);
        let view = enacted(case.record, case.last_day_of(from));
        let others = bodies_of_code(case.record, code.scheme, &code.value, view);
        for other in
            others.into_iter().filter(|body| body.id.subject() != owner && !closing.contains(&body.id))
        {
            let free = is_code_of(&other, code, from).negated();
            verdict.hard_if_certain(free, &CODE_FREE, &case.act.subject, || {
                let found =
                    format!("{} {} means {} from {from} on", code.scheme.as_str(), code.value, other.id);
                (
                    found,
                    "another code, or an end of it there first (IdentifierAssigned with until)".to_owned(),
                )
            });
        }
    }
}

/// Whether the body has the code on the day from which another is to have it, or gets it before that one's
/// stated end. An end that is not stated gives way to the next body's start.
pub(super) fn is_code_of(body: &Body, code: &Code, from: &PDate) -> Certainty {
    let held = body.codes.iter().map(|held| &held.code);
    let held = held.filter(|held| (held.scheme, &held.value) == (code.scheme, &code.value));
    held.map(|held| is_in_use(body, held, code, from)).reduce(Certainty::or).unwrap_or(Certainty::No)
}

fn is_in_use(body: &Body, held: &Code, code: &Code, from: &PDate) -> Certainty {
    let value = |fact: &Option<Joined<PDate>>| fact.as_ref().and_then(|fact| fact.value.clone());
    let Some(starts) = held.from.clone().or(value(&body.opened)) else { return Certainty::Unknown };
    let ends = held.until.clone().or(value(&body.closed));
    let is_before = |date: &PDate, end: &Option<PDate>, open: bool| {
        end.as_ref().map_or(Certainty::from(open), |end| date.is_before(end))
    };
    let has_it = from.is_before(&starts).negated().and(is_before(from, &ends, true));
    let gets_it = starts.is_before(from).negated().and(is_before(&starts, &code.until, false));
    has_it.or(gets_it)
}

/// Asks that each unit that passes to or from `id` is held by the body that gives it, the day before, and goes to nobody
/// else on that day.
pub(crate) fn judge_passing(
    case: &Case<'_>,
    verdict: &mut Verdict,
    id: &BodyId,
    (gains, losses): (&[AreaChange], &[AreaChange]),
    effective: &PDate,
) {
    let gains = gains.iter().map(|gain| (&gain.unit, &gain.body, id));
    let losses = losses.iter().map(|loss| (&loss.unit, id, &loss.body));
    for (unit, from, to) in gains.chain(losses) {
        let view = enacted(case.record, Date::LAST);
        let goes_elsewhere = passes_elsewhere(case.record, unit, (from, to), effective, view);
        let held = is_held_by(case.record, unit, effective, |holder| holder == Some(from));
        let gives = held.and(Certainty::from(!goes_elsewhere));
        verdict.hard_if_certain(gives, &AREA_HELD, &case.act.subject, || {
            let eve = enacted(case.record, case.last_day_of(effective).day_before());
            let holds = holder(case.record, unit, eve);
            let perhaps: Vec<_> = holds.perhaps.iter().map(ToString::to_string).collect();
            let holds = match (holds.body, perhaps.as_slice()) {
                (Some(body), _) if goes_elsewhere => format!("{}, and passes to another that day", body.id),
                (Some(body), _) => body.id.to_string(),
                (None, []) => "nobody".to_owned(),
                (None, perhaps) => format!("perhaps {}", perhaps.join(" or ")),
            };
            (
                format!("unit {unit} is held by {holds}"),
                format!("a unit that {from} holds the day before, and gives to nobody else"),
            )
        });
    }
}

/// Whether the holder of a unit on the day before `date` is as asked, on each day that it can mean.
pub(crate) fn is_held_by(
    record: &Record,
    unit: &Unit,
    date: &PDate,
    asked: impl Fn(Option<&BodyId>) -> bool,
) -> Certainty {
    let on = |day: Option<Date>| {
        let Some(day) = day else { return Certainty::Unknown };
        let holder = holder(record, unit, enacted(record, day.day_before()));
        let holds = asked(holder.body.as_ref().map(|body| &body.id));
        // Where it is not known who holds it, what is asked of all whom it can be is known all the same.
        if holder.perhaps.iter().all(|id| asked(Some(id)) == holds) {
            holds.into()
        } else {
            Certainty::Unknown
        }
    };
    match (on(date.earliest()), on(date.latest())) {
        (first, last) if first == last => first,
        _ => Certainty::Unknown,
    }
}
