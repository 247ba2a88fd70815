//! The page that the demo prints, at most as wide as the terminal.

use super::ending;
use super::example::EXAMPLE;
use super::lines::{
    Commands, INDENT, bar, field, line, refer, section, short, still_serving, thousands, width, wrapped,
};
use super::outcome::{
    Commissioner, Count, Entry, Handover, LedgerPlace, Officer, OpenActions, Outcome, Plan, Played,
    Rushcliffe, Taken, Turn,
};
use crate::shown::dates::spoken;
use owo_colors::OwoColorize as _;
use std::io;

/// The most bars' length.
const BAR_MAX: usize = 60;

/// Prints the outcome for people.
pub(super) fn print(outcome: &Outcome) -> io::Result<()> {
    let page = Screen { width: width() };
    page.print_head(&outcome.played)?;
    page.print_commissioners(&outcome.commissioners)?;
    page.print_rushcliffe(&outcome.rushcliffe)?;
    page.print_officers(outcome)?;
    page.print_turn("Bracknell, as Frimley's board is split", &outcome.bracknell)?;
    page.print_handover(&outcome.handover)?;
    ending::print(&outcome.played, page.width)
}

/// Says what to try while the server runs.
pub(super) fn print_next_steps(outcome: &Outcome, is_at_the_usual_address: bool) -> io::Result<()> {
    let LedgerPlace { dir, keys, server, .. } = &outcome.played.ledger;
    let commands = Commands::of(server, is_at_the_usual_address);
    still_serving(server)?;
    for (command, why) in NEXT_STEPS {
        line(format!("  # {why}").dimmed())?;
        line(commands.asking(command))?;
    }
    let (dir, keys) = (dir.display(), keys.display());
    line("  # sign and record something yourself, as the secretary of today's ICB".dimmed())?;
    line(commands.asking(format!("record {keys}/{EXAMPLE} --key {keys}/secretary-QT1.pem")))?;
    line("  # serve it again, once this has stopped: its log's key is not in its folder".dimmed())?;
    line(commands.alone(format!("serve --dir {dir} --log-key {keys}/log.pem")))
}

/// Commands that work on the demo's ledger, and what they show.
const NEXT_STEPS: [(&str, &str); 6] = [
    ("body 52R --as-at 2023-04-01", "a code that means two things in turn"),
    ("commissioner 04N --as-at 2020-04-01 --known-at 2019-06-15", "what was known before it was decided"),
    ("merger merger/nottinghamshire-2019", "each body's own leg of the merger"),
    ("due 52R --as-at 2020-04-01", "what a new body finds to be done"),
    ("verify", "everything again: chain, signatures, authority, rules"),
    ("watch", "new entries as they come"),
];

struct Screen {
    width: usize,
}

impl Screen {
    fn print_head(&self, played: &Played) -> io::Result<()> {
        line("")?;
        line(format!(
            "{}  England's commissioners 2013 to 2026, Nottinghamshire's merger",
            "Minutebook".bold()
        ))?;
        line("The past played again: every \"known at\" here is a reconstructed moment.".yellow())?;
        line("")?;
        field("ledger", played.ledger.dir.display())?;
        field("keys", format!("{}  {}", played.ledger.keys.display(), "of roles, made just now".dimmed()))?;
        let seconds = format!("{}.{:01}", played.took_ms / 1000, played.took_ms % 1000 / 100);
        field("played", format!("{} entries over gRPC, in {seconds} s", thousands(played.entries)))
    }

    fn print_commissioners(&self, counts: &[Count]) -> io::Result<()> {
        section("Commissioners open in England")?;
        let most = counts.iter().map(|count| count.ccg.max(count.icb)).max().unwrap_or(1);
        let room = self.width.saturating_sub(34).min(BAR_MAX);
        for count in counts {
            let day = spoken(&count.as_at);
            let (number, kind) = if count.icb > 0 { (count.icb, "ICB") } else { (count.ccg, "CCG") };
            let bar = bar(number, most, room);
            let bar = if count.icb > 0 { bar.magenta().to_string() } else { bar.cyan().to_string() };
            line(format!("  {day:>14}  {:>4} {}  {bar}", number.bold(), kind.dimmed()))?;
        }
        Ok(())
    }

    fn print_rushcliffe(&self, rushcliffe: &Rushcliffe) -> io::Result<()> {
        section(&format!("Who commissions for Rushcliffe (unit {})?", rushcliffe.unit))?;
        self.print_commissioner(&rushcliffe.before, "")?;
        self.print_commissioner(&rushcliffe.after, "")?;
        let known = &rushcliffe.known_in_june_2019;
        let day = spoken(&known.commissioner.known_at);
        line(format!("\n  {}", format!("As known on {day}:").italic()))?;
        self.print_commissioner(&known.commissioner, " (nothing else was enacted)")?;
        for plan in &known.intentions {
            self.print_plan(plan)?;
        }
        let merger = &known.merger;
        let waits = format!(
            "{}: {} of {} bodies prefer it, {} decided to apply",
            merger.state.replace('_', " "),
            merger.prefer,
            merger.participants,
            merger.apply
        );
        field("merger", waits.yellow())?;
        field("", format!("consultation closes {}", merger.consultation_closes))?;
        field("", refer_to(&merger.why))
    }

    fn print_turn(&self, what: &str, turn: &Turn) -> io::Result<()> {
        section(&format!("Who commissions for {what} (unit {})?", turn.unit))?;
        self.print_commissioner(&turn.before, "")?;
        self.print_commissioner(&turn.after, "")
    }

    fn print_commissioner(&self, found: &Commissioner, note: &str) -> io::Result<()> {
        let slug = found.body.trim_start_matches("body/");
        line(format!(
            "  {:>14}  {} {}{}",
            spoken(&found.as_at),
            short(&found.name).bold(),
            slug.cyan(),
            note.dimmed()
        ))?;
        self.print_entries(&found.why)?;
        for why in &found.inferred {
            field("INFERRED", "no source states this of the unit:".yellow())?;
            wrapped(INDENT, why, self.width)?;
        }
        Ok(())
    }

    fn print_plan(&self, plan: &Plan) -> io::Result<()> {
        let when = spoken(&plan.when);
        field(
            "intention",
            format!("{} for {when}, {}  {}", plan.state, plan.mood, refer_to(&plan.why)).yellow(),
        )?;
        for (number, condition) in (1..).zip(&plan.conditions) {
            field("", format!("if {number}. {condition}"))?;
        }
        Ok(())
    }

    fn print_officers(&self, outcome: &Outcome) -> io::Result<()> {
        section("Who is the accountable officer there?")?;
        self.print_officer(&outcome.accountable_officer.before)?;
        self.print_officer(&outcome.accountable_officer.after)
    }

    fn print_officer(&self, found: &Officer) -> io::Result<()> {
        let how = if found.is_enacted {
            format!("appointed, {}", found.tenure).green().to_string()
        } else if found.is_perhaps {
            "perhaps: seen before; no act says so".yellow().to_string()
        } else {
            "reported; no act in this book says so".yellow().to_string()
        };
        let body = found.body.trim_start_matches("body/");
        line(format!("  {:>14}  {} of {}  {how}", spoken(&found.as_at), found.name.bold(), body.cyan()))?;
        self.print_entries(&found.why)
    }

    fn print_handover(&self, handover: &Handover) -> io::Result<()> {
        section("What crossed over from six bodies to the one that follows them?")?;
        for actions in &handover.actions {
            self.print_actions(actions)?;
        }
        let minutes = &handover.minutes;
        for then in [&minutes.before, &minutes.after] {
            let state = then.state.replace('_', " ");
            let minutes = format!("minutes of {}", spoken(&minutes.held_on));
            let said = state.replacen("minutes", &minutes, 1);
            let decided = Taken::states(&then.decisions);
            line(format!("  {:>14}  {said}; decisions: {decided}", spoken(&then.as_at)))?;
        }
        self.print_entries(&minutes.approved_by)?;
        for taken in &handover.first_meeting {
            let what = format!("{} {}: {}", taken.item, taken.outcome.replace('_', " "), taken.text);
            wrapped(INDENT, &what, self.width)?;
        }
        Ok(())
    }

    fn print_actions(&self, actions: &OpenActions) -> io::Result<()> {
        let of: Vec<_> = actions.of.iter().map(|body| body.trim_start_matches("body/")).collect();
        let (count, noun) = (actions.open.len(), if actions.open.len() == 1 { "action" } else { "actions" });
        let said = format!("{count} {noun} open with {}", of.join(", ").cyan());
        line(format!("  {:>14}  {said}", spoken(&actions.as_at)))?;
        for action in &actions.open {
            let what = format!("by {}: {}", spoken(&action.due_on), action.what);
            wrapped(INDENT, &what, self.width)?;
        }
        Ok(())
    }

    /// The entries that say so, one a line, with what they are about where that fits.
    fn print_entries(&self, entries: &[Entry]) -> io::Result<()> {
        for entry in entries {
            let day = entry.recorded.get(..10).unwrap_or_default();
            let standing = entry.standing.replace('_', " ");
            let said = format!("{:>4}  {day}  {standing:<12}  {}", entry.position, entry.type_name);
            let whole = format!("{said} of {}", entry.subject);
            let said = if whole.len() + 18 <= self.width { whole } else { said };
            line(format!("  {:>14}  {}", "", said.dimmed()))?;
        }
        Ok(())
    }
}

fn refer_to(entries: &[Entry]) -> String {
    refer(&entries.iter().map(|entry| entry.position).collect::<Vec<_>>())
}
