//! The minutes of a part of a meeting, as a page.

use super::phrases;
use super::said::in_words;
use crate::proto::text::Text as Said;
use crate::proto::{
    Certainty, GetMinutesResponse, MinutedAction, MinutedBody, MinutedDecision, MinutedInterest, MinutedItem,
    MinutedMotion, MinutedPerson, PDate, Text,
};
use minutebook_verify::page::{Block, ReportPage, Section, Tone};

/// The minutes as a page.
pub fn minutes_page(found: &GetMinutesResponse) -> ReportPage {
    let mut sections = vec![section("The meeting", vec![Block::Facts(facts(found))])];
    if !found.people.is_empty() {
        sections.push(section("Who was there", people(found)));
    }
    if !found.interests.is_empty() {
        let declared = found.interests.iter().map(interest).collect();
        sections.push(section("Declarations of interest", vec![Block::List(declared)]));
    }
    let one_body = found.bodies.len() == 1;
    sections.extend(found.items.iter().map(|item| self::item(item, found, one_body)));
    if found.items.is_empty() {
        let none = "No agenda with items of this part is in the book, as far as this view sees.".to_owned();
        sections.push(section("Items", vec![Block::Words(none)]));
    }
    if !found.other_actions.is_empty() {
        let actions = found.other_actions.iter().map(action).collect();
        sections.push(section("Actions under no item", vec![Block::List(actions)]));
    }
    let mut looked = Vec::new();
    for alike in found.gaps.chunk_by(|one, other| one.why == other.why) {
        let at: Vec<_> = alike.iter().map(|gap| gap.position).collect();
        let why = alike.first().map_or("", |gap| gap.why.as_str());
        looked.push(format!("FILLED IN ({}): {why}", entries(&at)));
    }
    looked.extend(found.findings.iter().map(|finding| {
        let answered = match finding.answered_by.as_slice() {
            [] => String::new(),
            by => format!("; answered by {}", entries(by)),
        };
        format!(
            "FOUND ({}, {}): {}; needed: {}{answered}",
            finding.rule, finding.subject, finding.found, finding.needed
        )
    }));
    looked.extend(found.answered.as_ref().map(in_words).unwrap_or_default());
    if !found.questions.is_empty() {
        let asked = found.questions.iter().map(|it| {
            let answer = it
                .answer
                .as_ref()
                .map_or_else(String::new, |answer| format!(" Answer: {}", words(Some(answer))));
            format!("{}{answer} [{}]", words(it.question.as_ref()), entries(&[it.position]))
        });
        sections.push(section("Questions of the public", vec![Block::List(asked.collect())]));
    }
    sections.push(section("What this is", looked.into_iter().map(Block::Words).collect()));
    ReportPage {
        title: format!("{} minutes: {}", phrases::capitalised(&found.part), found.title),
        lead: lead(found),
        tone: Tone::Plain,
        sections,
        foot: foot(found),
    }
}

/// What it is, and from where: on each printed sheet.
fn foot(found: &GetMinutesResponse) -> String {
    let status = match (found.approvals.is_empty(), found.awaiting.is_empty(), &found.drafted_on) {
        (false, true, _) => "approved",
        (false, false, _) => "approved in part",
        (true, _, Some(_)) => "draft",
        (true, _, None) => "not minuted yet",
    };
    let known = found.answered.as_ref().map_or(0, |answered| answered.known_entries);
    format!("{}, {} minutes, {status}; from the first {known} entries of the book", found.meeting, found.part)
}

fn section(title: impl Into<String>, blocks: Vec<Block>) -> Section {
    Section { title: title.into(), blocks }
}

/// Whether they are approved, and what they rest on.
fn lead(found: &GetMinutesResponse) -> Vec<String> {
    let mut lead = Vec::new();
    if !found.gaps.is_empty() {
        let gaps = "Not all of this stands in a source: what was filled in is told at the end.".to_owned();
        lead.push(gaps);
    }
    if found.is_perhaps {
        lead.push("Perhaps: a date on which this rests is not known to the day.".to_owned());
    }
    for approved in &found.approvals {
        let on = day(approved.approved_on.as_ref());
        let corrected = match approved.corrections.as_slice() {
            [] => String::new(),
            said => {
                let said: Vec<_> = said.iter().map(|one| words(Some(one))).collect();
                format!(", with corrections: {}", said.join("; "))
            }
        };
        let name = if approved.name.is_empty() { approved.body.clone() } else { approved.name.clone() };
        lead.push(format!(
            "Approved by {name} on {on} at {}{corrected} [{}].",
            approved.at_meeting,
            entries(&[approved.position])
        ));
    }
    let awaiting: Vec<_> = found.awaiting.iter().map(|body| named(found, body)).collect();
    if !awaiting.is_empty() {
        let drafted = day(found.drafted_on.as_ref());
        lead.push(format!("Drafted on {drafted}; not approved yet by {}.", awaiting.join(", ")));
    } else if found.approvals.is_empty() {
        let state = phrases::words(&found.state);
        lead.push(format!("No minutes of this part are drafted, as far as this view sees ({state})."));
    }
    if !found.why.is_empty() {
        lead.push(format!("What the book has: {} of it say so.", phrases::entries(found.why.len() as u64)));
    }
    lead
}

fn facts(found: &GetMinutesResponse) -> Vec<(String, String)> {
    let mut facts = vec![("starts".to_owned(), phrases::starts(&found.starts_at))];
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_owned(), value));
        }
    };
    for change in &found.rescheduled {
        fact("changed", change.clone());
    }
    fact("place", found.place.as_ref().map_or_else(String::new, |place| words(Some(place))));
    let moment = |at: &str| if at.is_empty() { String::new() } else { phrases::day_and_time(at) };
    fact("started", moment(&found.started_at));
    fact("ended", moment(&found.ended_at));
    for body in &found.bodies {
        fact("body", met(body));
    }
    fact(
        "public",
        found.public.map_or_else(String::new, |count| format!("{count} of the public were there")),
    );
    facts
}

/// A body with its chair, and whether it was quorate.
fn met(body: &MinutedBody) -> String {
    let name = if body.name.is_empty() {
        body.body.clone()
    } else {
        format!("{} ({})", body.name, short(&body.body))
    };
    let chair = if body.chair_name.is_empty() {
        String::new()
    } else {
        format!(", {} in the chair", body.chair_name)
    };
    let quorate = match body.quorate() {
        Certainty::Yes => ", quorate",
        Certainty::No => ", NOT QUORATE",
        Certainty::Unknown | Certainty::Unspecified => ", quorum not known",
    };
    format!("{name}{chair}{quorate}")
}

/// Who was there as what, and who was not.
fn people(found: &GetMinutesResponse) -> Vec<Block> {
    let kinds = [
        ("voting", "Voting members"),
        ("non_voting", "Without a vote"),
        ("in_attendance", "In attendance"),
        ("apologies", "Apologies"),
    ];
    let of_kind = |(kind, title): (&str, &str)| {
        let people = found.people.iter().filter(|person| person.attending_as == kind);
        let of_entries: Vec<_> = people.collect();
        let of_entries: Vec<_> = of_entries
            .chunk_by(|one, other| one.why == other.why)
            .map(|people| {
                let at = people.first().map_or(&[][..], |first| first.why.as_slice());
                let named: Vec<_> = people.iter().map(|person| self::person(person, found)).collect();
                format!("{}\n[{}]", named.join("\n"), entries(at))
            })
            .collect();
        (!of_entries.is_empty()).then(|| (title.to_owned(), of_entries.join("\n")))
    };
    vec![Block::Facts(kinds.into_iter().filter_map(of_kind).collect())]
}

fn person(person: &MinutedPerson, found: &GetMinutesResponse) -> String {
    let name = person.name.as_ref().map_or_else(|| person.person.clone(), |name| words(Some(name)));
    let mut beside = Vec::new();
    if !person.office.is_empty() {
        beside.push(phrases::words(&person.office));
    }
    if !person.bodies.is_empty() && found.bodies.len() > 1 {
        let bodies: Vec<_> = person.bodies.iter().map(|body| short(body).to_owned()).collect();
        beside.push(format!("for {}", bodies.join(", ")));
    }
    if !person.deputy_for.is_empty() {
        beside.push(format!("deputy for {}", person.deputy_for));
    }
    if person.is_remote {
        beside.push("from elsewhere".to_owned());
    }
    if !person.present.is_empty() {
        beside.push(format!("there {}", person.present.join(" and ")));
    }
    beside.extend(person.reason.as_ref().map(|reason| words(Some(reason))));
    if beside.is_empty() { name } else { format!("{name} ({})", beside.join("; ")) }
}

fn interest(declared: &MinutedInterest) -> String {
    let handling: Vec<_> = declared.handling.iter().map(|handling| phrases::words(handling)).collect();
    format!(
        "{}, in {}: {} ({}); handled: {}{}. [{}]",
        declared.person,
        declared.items.join(", "),
        words(declared.nature.as_ref()).trim_end_matches('.'),
        phrases::words(&declared.kind),
        handling.join(", "),
        if declared.chair.is_empty() { String::new() } else { format!(", to {}", declared.chair) },
        entries(&[declared.position])
    )
}

fn item(item: &MinutedItem, found: &GetMinutesResponse, one_body: bool) -> Section {
    let mut blocks = Vec::new();
    let mut says = |words: String| blocks.push(Block::Words(words));
    if let Some(presenter) = &item.presenter {
        says(format!("Presented by {}.", words(Some(presenter)).trim_end_matches('.')));
    }
    if let Some(because) = &item.added_because {
        says(format!("Taken although the agenda was published without it: {}", words(Some(because))));
    }
    if !item.papers.is_empty() {
        let papers: Vec<_> = item.papers.iter().map(|paper| words(Some(paper))).collect();
        says(format!("Papers: {}.", papers.join("; ")));
    }
    let of = |body: &str| if one_body { String::new() } else { format!("{}: ", named(found, body)) };
    for moved in &item.motions {
        says(motion(moved, &of(&moved.body)));
    }
    for vote in &item.votes {
        let counted = vote.votes.as_ref().map_or_else(|| "nobody counted".to_owned(), phrases::votes);
        let motion = if vote.motion.is_empty() { String::new() } else { format!(" on {}", vote.motion) };
        let named: Vec<_> =
            vote.named.iter().map(|it| format!("{} {}", it.person, phrases::words(&it.vote))).collect();
        let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
        let (of, at) = (of(&vote.body), entries(&[vote.position]));
        says(format!("{of}vote{motion}, {}: {counted}{named}. [{at}]", phrases::words(&vote.method)));
    }
    for alike in item.decisions.chunk_by(is_alike) {
        decision(alike, found, one_body, &mut blocks);
    }
    if !item.actions.is_empty() {
        blocks.push(Block::Words("Actions:".to_owned()));
        blocks.push(Block::List(item.actions.iter().map(action).collect()));
    }
    if !item.withdrawn.is_empty() {
        let entries: Vec<_> = item.withdrawn.iter().map(ToString::to_string).collect();
        blocks.push(Block::Words(format!("WITHDRAWN under this item: entry {}.", entries.join(", "))));
    } else if blocks.is_empty() {
        blocks.push(Block::Words("Nothing is recorded under this item.".to_owned()));
    }
    section(format!("{}  {}", item.reference, words(item.title.as_ref())), blocks)
}

/// What is to be done, by whom and when.
fn action(action: &MinutedAction) -> String {
    let due = action.due.as_ref().map_or_else(String::new, |due| format!(", by {}", due.written));
    format!("{} ({}{due}) [{}]", words(action.text.as_ref()), action.owner, entries(&[action.position]))
}

fn motion(moved: &MinutedMotion, of: &str) -> String {
    let by = |who: &str, did: &str| if who.is_empty() { String::new() } else { format!(", {did} by {who}") };
    let kind =
        if moved.amends.is_empty() { "motion".to_owned() } else { format!("amendment to {}", moved.amends) };
    let moved_by = format!("{}{}", by(&moved.proposer, "proposed"), by(&moved.seconder, "seconded"));
    let withdrawn = moved.withdrawn.as_ref();
    let withdrawn = withdrawn.map_or_else(String::new, |why| format!(" WITHDRAWN: {}", words(Some(why))));
    let at = entries(&[moved.position]);
    format!("{of}{kind} {}{moved_by}: {}{withdrawn} [{at}]", moved.motion, words(moved.text.as_ref()))
}

/// Whether two say the same, each for its bodies.
fn is_alike(one: &MinutedDecision, other: &MinutedDecision) -> bool {
    let alone = |of: &MinutedDecision| MinutedDecision { bodies: Vec::new(), position: 0, ..of.clone() };
    alone(one) == alone(other)
}

/// Decisions that say the same, once for all bodies.
fn decision(alike: &[MinutedDecision], found: &GetMinutesResponse, one_body: bool, blocks: &mut Vec<Block>) {
    let Some(decided) = alike.first() else { return };
    let bodies: Vec<_> = alike.iter().flat_map(|of| &of.bodies).map(|body| named(found, body)).collect();
    let bodies = if one_body { String::new() } else { format!("{}: ", bodies.join(", ")) };
    let counted =
        decided.votes.as_ref().map_or_else(String::new, |counted| format!(" ({})", phrases::votes(counted)));
    let state = match decided.state.as_str() {
        "stands" | "confirmed" => String::new(),
        other => format!(" Now: {}.", phrases::words(other)),
    };
    let outcome = phrases::words(&decided.outcome).to_uppercase();
    let said = words(decided.text.as_ref());
    let at: Vec<_> = alike.iter().map(|of| of.position).collect();
    blocks.push(Block::Words(format!("{bodies}{outcome}{counted}. {said}{state} [{}]", entries(&at))));
    if let Some(reason) = &decided.excludes_public {
        blocks.push(Block::Words(format!("The public is excluded: {}", words(Some(reason)))));
    }
    if !decided.deferred_to.is_empty() {
        blocks.push(Block::Words(format!("Put off to {}.", decided.deferred_to)));
    }
    if let Some(reasons) = &decided.reasons {
        blocks.push(Block::Words(format!("Reasons: {}", words(Some(reasons)))));
    }
    for dissent in &decided.dissent {
        let said = dissent.words.as_ref().map_or_else(String::new, |said| format!(": {}", words(Some(said))));
        blocks.push(Block::Words(format!("Dissent of {}{said}", dissent.person)));
    }
    if !decided.conditions.is_empty() {
        blocks.push(Block::Words("Conditions:".to_owned()));
        blocks.push(Block::List(decided.conditions.iter().map(|condition| words(Some(condition))).collect()));
    }
}

/// By which entries.
fn entries(at: &[u64]) -> String {
    let of = if at.len() == 1 { "entry" } else { "entries" };
    format!("{of} {}", phrases::positions(at))
}

/// A text, or that it is sealed and by which digest.
fn words(text: Option<&Text>) -> String {
    match text.and_then(|text| text.text.as_ref()) {
        Some(Said::Clear(text)) => text.clone(),
        Some(Said::Sealed(digest)) => format!("[sealed, digest {}...]", digest.get(..8).unwrap_or(digest)),
        None => String::new(),
    }
}

fn day(date: Option<&PDate>) -> String {
    date.map_or_else(|| "a day not known".to_owned(), |date| date.written.clone())
}

/// A body by its name, where it is one that met and has one.
fn named(found: &GetMinutesResponse, body: &str) -> String {
    let known = found.bodies.iter().find(|known| known.body == body && !known.name.is_empty());
    known.map_or_else(|| body.to_owned(), |known| known.name.clone())
}

fn short(body: &str) -> &str {
    body.trim_start_matches("body/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{
        Certainty, CountedVotes, Dissent, Finding, MinutedGap, MinutedQuestion, MinutedVote, MinutesApproval,
        NamedVote,
    };
    use minutebook_verify::to_text;

    fn clear(text: &str) -> Option<Text> {
        Some(Text { text: Some(Said::Clear(text.to_owned())) })
    }

    fn on(day: &str) -> Option<PDate> {
        Some(PDate { written: day.to_owned(), ..PDate::default() })
    }

    /// A meeting of one body under which everything happened once.
    fn everything() -> GetMinutesResponse {
        let votes = Some(CountedVotes { in_favour: 5, against: 1, abstained: Some(0), conflicted: None });
        let item = MinutedItem {
            reference: "GB/19/076".to_owned(),
            title: clear("The merger"),
            presenter: clear("Ann."),
            papers: clear("The case").into_iter().collect(),
            added_because: clear("It came late."),
            motions: vec![MinutedMotion {
                motion: "B".to_owned(),
                amends: "A".to_owned(),
                text: clear("Strike out 2020."),
                proposer: "Ann".to_owned(),
                seconder: "Bob".to_owned(),
                withdrawn: clear("It was met."),
                position: 14,
                ..MinutedMotion::default()
            }],
            votes: vec![MinutedVote {
                method: "named".to_owned(),
                votes,
                named: vec![NamedVote { person: "Bob".to_owned(), vote: "against".to_owned() }],
                position: 15,
                ..MinutedVote::default()
            }],
            decisions: vec![MinutedDecision {
                outcome: "approved".to_owned(),
                text: clear("RESOLVED to apply."),
                reasons: clear("It is cheaper."),
                conditions: clear("Members agree.").into_iter().collect(),
                state: "rescinded".to_owned(),
                position: 17,
                dissent: vec![Dissent { person: "Bob".to_owned(), words: clear("Too soon.") }],
                deferred_to: "meeting/later".to_owned(),
                excludes_public: clear("Personal."),
                bodies: vec!["body/04K".to_owned()],
                ..MinutedDecision::default()
            }],
            actions: vec![MinutedAction {
                text: clear("Write to members."),
                owner: "chair".to_owned(),
                due: on("2019-08-01"),
                position: 18,
            }],
            withdrawn: Vec::new(),
            agenda_at: Some(2),
        };
        GetMinutesResponse {
            meeting: "meeting/m".to_owned(),
            title: "Governing body".to_owned(),
            part: "public".to_owned(),
            place: clear("Town hall"),
            started_at: "2019-07-04T09:00:00Z".to_owned(),
            bodies: vec![MinutedBody {
                body: "body/04K".to_owned(),
                chair_name: "Ann".to_owned(),
                quorate: Certainty::No.into(),
                ..MinutedBody::default()
            }],
            people: vec![MinutedPerson {
                person: "person/b".to_owned(),
                name: Some(Text { text: Some(Said::Sealed("ab12cd34ef".to_owned())) }),
                attending_as: "apologies".to_owned(),
                reason: clear("On leave"),
                present: vec!["from the start until before GB/19/077".to_owned()],
                why: vec![9, 10],
                ..MinutedPerson::default()
            }],
            public: Some(3),
            interests: vec![MinutedInterest {
                person: "Bob".to_owned(),
                items: vec!["GB/19/076".to_owned()],
                kind: "financial".to_owned(),
                nature: clear("Partner in a practice."),
                handling: vec!["no_vote".to_owned(), "chair_hands_over".to_owned()],
                chair: "Cat".to_owned(),
                position: 12,
            }],
            items: vec![item],
            questions: vec![MinutedQuestion {
                question: clear("Why now?"),
                answer: clear("The law."),
                position: 19,
            }],
            drafted_on: on("2019-07-10"),
            approvals: vec![MinutesApproval {
                body: "body/04K".to_owned(),
                at_meeting: "meeting/n".to_owned(),
                approved_on: on("2019-09-05"),
                corrections: clear("Bob's name").into_iter().collect(),
                position: 21,
                ..MinutesApproval::default()
            }],
            why: vec![3, 4, 5],
            rescheduled: vec!["put off to 2019-07-11, said on 2019-07-01: Heat.".to_owned()],
            other_actions: vec![MinutedAction {
                text: clear("Book a room."),
                owner: "secretary".to_owned(),
                position: 23,
                ..MinutedAction::default()
            }],
            gaps: vec![MinutedGap { position: 4, why: "no source says who came".to_owned() }],
            findings: vec![Finding {
                rule: "attendance.members".to_owned(),
                found: "a guest".to_owned(),
                needed: "a member".to_owned(),
                answered_by: vec![22],
                ..Finding::default()
            }],
            ..GetMinutesResponse::default()
        }
    }

    #[test]
    fn minutes_have_everything_once() {
        let text = to_text(&minutes_page(&everything())).split_whitespace().collect::<Vec<_>>().join(" ");
        for needed in [
            "Public minutes: Governing body",
            "Approved by body/04K on 2019-09-05 at meeting/n, with corrections: Bob's name [entry 21].",
            "place Town hall",
            "body body/04K, Ann in the chair, NOT QUORATE",
            "public 3 of the public were there",
            "Apologies [sealed, digest ab12cd34...] (there from the start until before GB/19/077; On leave) [entries 9, 10]",
            "Bob, in GB/19/076: Partner in a practice (financial); handled: no vote, chair hands over, to Cat. [entry 12]",
            "GB/19/076 The merger",
            "Presented by Ann. ",
            "Taken although the agenda was published without it: It came late.",
            "Papers: The case.",
            "amendment to A B, proposed by Ann, seconded by Bob: Strike out 2020. WITHDRAWN: It was met. [entry 14]",
            "vote, named: 5 for, 1 against, 0 abstained (Bob against). [entry 15]",
            "The public is excluded: Personal.",
            "Put off to meeting/later.",
            "Dissent of Bob: Too soon.",
            "changed put off to 2019-07-11, said on 2019-07-01: Heat.",
            "Actions under no item",
            "- Book a room. (secretary) [entry 23]",
            "Not all of this stands in a source: what was filled in is told at the end.",
            "FILLED IN (entry 4): no source says who came",
            "FOUND (attendance.members, ): a guest; needed: a member; answered by entry 22",
            "APPROVED. RESOLVED to apply. Now: rescinded. [entry 17]",
            "Reasons: It is cheaper.",
            "Conditions: - Members agree.",
            "Actions: - Write to members. (chair, by 2019-08-01) [entry 18]",
            "Why now? Answer: The law. [entry 19]",
        ] {
            assert_eq!(text.matches(needed).count(), 1, "{needed}\n{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        let bare = GetMinutesResponse {
            part: "private".to_owned(),
            state: "convened".to_owned(),
            ..GetMinutesResponse::default()
        };
        let text = to_text(&minutes_page(&bare)).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains("No minutes of this part are drafted, as far as this view sees (convened)."),
            "{text}"
        );
        assert!(
            text.contains("starts not known") && text.contains("No agenda with items of this part"),
            "{text}"
        );
        let mut drafted = everything();
        (drafted.approvals, drafted.awaiting) = (Vec::new(), vec!["body/04K".to_owned()]);
        let text = to_text(&minutes_page(&drafted)).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("Drafted on 2019-07-10; not approved yet by body/04K."), "{text}");
        assert!(
            minutes_page(&drafted).foot.contains("public minutes, draft;"),
            "{}",
            minutes_page(&drafted).foot
        );
    }
}
