//! A meeting's agenda as a matrix: an item in each row, a body in each column, what the body did in the cell.

use super::show;
use crate::proto::{Certainty, CountedVotes, GetMeetingResponse, MeetingCell, MeetingItem};
use owo_colors::OwoColorize as _;

/// Says that an item does not concern a body.
const NOT_CONCERNED: &str = "–";

/// Shows the matrix, and beneath it where a body is not quorate, or nobody can tell: once the meeting sat.
pub(super) fn show_matrix(found: &GetMeetingResponse) -> anyhow::Result<()> {
    if found.items.is_empty() {
        return Ok(show::field("agenda", "none that this view sees")?);
    }
    let meeting = found.meeting.as_ref();
    let has_sat = found.items.iter().flat_map(|item| &item.cells).any(has_happened)
        || meeting.is_some_and(|meeting| !COMES.contains(&meeting.state.as_str()));
    let bodies = meeting.map_or(&[][..], |meeting| &meeting.bodies);
    let titles = ["item", "part"].map(str::to_owned).into_iter().chain(bodies.iter().map(|body| short(body)));
    let rows = found.items.iter().map(|item| row(item, bodies, has_sat)).collect();
    show::line("")?;
    show::line(show::grid(titles.collect(), rows))?;
    show::line(
        format!("3:0 for and against   ✓ in approved minutes   {NOT_CONCERNED} does not concern it").dimmed(),
    )?;
    if has_sat { show_quorums(&found.items) } else { Ok(()) }
}

/// The states of a meeting of which nobody has yet said who was there.
const COMES: [&str; 4] = ["convened", "postponed", "cancelled", "agenda_published"];

fn has_happened(cell: &MeetingCell) -> bool {
    !cell.decisions.is_empty() || cell.votes.is_some()
}

/// The body's id without its kind, which all of them have.
fn short(body: &str) -> String {
    body.trim_start_matches("body/").to_owned()
}

fn row(item: &MeetingItem, bodies: &[String], has_sat: bool) -> Vec<String> {
    let head = [
        format!("{}\n{}", item.reference, show::text(item.title.as_ref())).trim_end().to_owned(),
        item.part.clone(),
    ];
    let cells = bodies.iter().map(|body| {
        let cell = item.cells.iter().find(|cell| cell.body == *body);
        cell.map_or_else(|| NOT_CONCERNED.to_owned(), |cell| cell_text(cell, has_sat))
    });
    head.into_iter().chain(cells).collect()
}

fn cell_text(cell: &MeetingCell, has_sat: bool) -> String {
    let outcomes: Vec<_> = cell.decisions.iter().map(|decision| show::words(&decision.outcome)).collect();
    let quorate = match cell.quorate() {
        Certainty::No if has_sat => "not quorate",
        Certainty::Unknown if has_sat => "quorum not known",
        _ => "",
    };
    let votes = cell.votes.as_ref().map_or_else(String::new, in_brief);
    let confirmed = if cell.is_confirmed { "✓" } else { "" };
    let mut marks = vec![votes, quorate.to_owned(), confirmed.to_owned()];
    marks.retain(|mark| !mark.is_empty());
    let lines = [outcomes.join(", "), marks.join(" ")];
    lines.join("\n").trim().to_owned()
}

/// Votes for and against, and those of the others that somebody counted.
fn in_brief(votes: &CountedVotes) -> String {
    let counted = |count: Option<u32>, what| count.filter(|it| *it > 0).map(|it| format!(", {it} {what}"));
    let others = [counted(votes.abstained, "abstained"), counted(votes.conflicted, "conflicted")];
    format!("{}:{}{}", votes.in_favour, votes.against, others.into_iter().flatten().collect::<String>())
}

/// Why a body is not quorate for an item, or why nobody can tell; for all items of which the same is true at once.
fn show_quorums(items: &[MeetingItem]) -> anyhow::Result<()> {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for item in items {
        for cell in item.cells.iter().filter(|cell| cell.quorate() != Certainty::Yes) {
            let why = format!("{}: {}", short(&cell.body), cell.reasons.join("; "));
            match told.iter_mut().find(|(known, _items)| *known == why) {
                Some((_why, of)) => of.push(&item.reference),
                None => told.push((why, vec![&item.reference])),
            }
        }
    }
    for (why, of) in told {
        show::field("quorum", format!("{why} ({})", of.join(", ")).yellow())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Decision;

    #[test]
    fn a_cell_says_what_the_body_did() {
        let votes =
            |abstained| Some(CountedVotes { in_favour: 3, against: 0, abstained, conflicted: Some(0) });
        let decision = Decision { outcome: "approved_with_conditions".to_owned(), ..Decision::default() };
        let cell = |quorate: Certainty, votes| MeetingCell {
            quorate: quorate.into(),
            votes,
            decisions: vec![decision.clone()],
            is_confirmed: true,
            ..MeetingCell::default()
        };
        assert_eq!(cell_text(&cell(Certainty::Yes, votes(None)), true), "approved with conditions\n3:0 ✓");
        assert_eq!(
            cell_text(&cell(Certainty::No, votes(Some(2))), true),
            "approved with conditions\n3:0, 2 abstained not quorate ✓"
        );
        assert_eq!(cell_text(&MeetingCell::default(), false), "");
    }

    #[test]
    fn a_row_has_a_cell_for_each_body_that_meets() {
        let item = MeetingItem {
            reference: "GB/1".to_owned(),
            part: "public".to_owned(),
            cells: vec![MeetingCell { body: "body/04L".to_owned(), ..MeetingCell::default() }],
            ..MeetingItem::default()
        };
        let bodies = ["body/04K", "body/04L"].map(str::to_owned);
        assert_eq!(row(&item, &bodies, false), ["GB/1", "public", NOT_CONCERNED, ""]);
    }
}
