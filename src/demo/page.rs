//! The page that the demo prints, at most as wide as the terminal.

use super::example::EXAMPLE;
use super::outcome::{Commissioner, Count, Entry, Officer, Outcome, Plan, Rushcliffe};
use anstream::stdout;
use comfy_table::Table;
use owo_colors::OwoColorize as _;
use std::fmt::Display;
use std::io::{self, Write as _};

/// How wide the page is where there is no terminal, and at most.
const WIDTH: usize = 80;
const WIDTH_MAX: usize = 120;
/// The most bars' length.
const BAR_MAX: usize = 60;

/// Prints what was found as one JSON object.
pub(super) fn print_as_json(outcome: &impl serde::Serialize) -> anyhow::Result<()> {
    Ok(writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(outcome)?)?)
}

/// Prints the outcome for people.
pub(super) fn print(outcome: &Outcome) -> io::Result<()> {
    let page = Page { width: width() };
    page.print_head(outcome)?;
    page.print_commissioners(&outcome.commissioners)?;
    page.print_rushcliffe(&outcome.rushcliffe)?;
    page.print_officers(outcome)?;
    page.print_findings(outcome)?;
    page.print_end(outcome)
}

/// Says what to try while the server runs.
pub(super) fn print_next_steps(outcome: &Outcome, is_at_the_usual_address: bool) -> io::Result<()> {
    let program = program();
    let server =
        if is_at_the_usual_address { String::new() } else { format!(" --server {}", outcome.ledger.server) };
    let url = &outcome.ledger.server;
    line(format!(
        "{} {}",
        "Still serving".bold(),
        format!("at {url} (Ctrl-C stops it). Elsewhere, try:").dimmed()
    ))?;
    line("")?;
    for (command, why) in NEXT_STEPS {
        line(format!("  {}", format!("# {why}").dimmed()))?;
        line(format!("  {program} {command}{server}").green())?;
    }
    let keys = outcome.ledger.keys.display();
    line("  # sign and record something yourself, as the secretary of today's ICB".dimmed())?;
    line(format!("  {program} record {keys}/{EXAMPLE} --key {keys}/secretary-QT1.pem{server}").green())?;
    line("  # serve it again, once this has stopped: its log's key is not in its folder".dimmed())?;
    let dir = outcome.ledger.dir.display();
    line(format!("  {program} serve --dir {dir} --log-key {keys}/log.pem").green())
}

/// Commands that work on the demo's ledger, and what they show.
const NEXT_STEPS: [(&str, &str); 5] = [
    ("body 52R --as-at 2023-04-01", "a code that means two things in turn"),
    ("commissioner 04N --as-at 2020-04-01 --known-at 2019-06-15", "what was known before it was decided"),
    ("merger merger/nottinghamshire-2019", "each body's own leg of the merger"),
    ("verify", "everything again: chain, signatures, authority, rules"),
    ("watch", "new entries as they come"),
];

struct Page {
    width: usize,
}

impl Page {
    fn print_head(&self, outcome: &Outcome) -> io::Result<()> {
        line("")?;
        line(format!(
            "{}  England's commissioners 2013 to 2025, Nottinghamshire's merger",
            "Minutebook".bold()
        ))?;
        line("The past played again: every \"known at\" here is a reconstructed moment.".yellow())?;
        line("")?;
        field("ledger", outcome.ledger.dir.display())?;
        field("keys", format!("{}  {}", outcome.ledger.keys.display(), "of roles, made just now".dimmed()))?;
        let seconds = format!("{}.{:01}", outcome.took_ms / 1000, outcome.took_ms % 1000 / 100);
        field("played", format!("{} entries over gRPC, in {seconds} s", thousands(outcome.entries)))
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
        fact("merger", waits.yellow())?;
        fact("", format!("consultation closes {}", merger.consultation_closes))?;
        fact("", refer(&merger.why))
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
        self.print_entries(&found.why)
    }

    fn print_plan(&self, plan: &Plan) -> io::Result<()> {
        let when = spoken(&plan.when);
        fact(
            "intention",
            format!("{} for {when}, {}  {}", plan.state, plan.mood, refer(&plan.why)).yellow(),
        )?;
        for (number, condition) in (1..).zip(&plan.conditions) {
            fact("", format!("if {number}. {condition}"))?;
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
        } else {
            "reported; no act in this book says so".yellow().to_string()
        };
        let body = found.body.trim_start_matches("body/");
        line(format!("  {:>14}  {} of {}  {how}", spoken(&found.as_at), found.name.bold(), body.cyan()))?;
        self.print_entries(&found.why)
    }

    fn print_findings(&self, outcome: &Outcome) -> io::Result<()> {
        let findings = &outcome.findings;
        section(&format!("Findings: {}", findings.total))?;
        for counted in &findings.by_rule {
            line(format!(
                "  {:>14}  {} {}",
                counted.count.yellow(),
                counted.says,
                format!("({})", counted.rule).dimmed()
            ))?;
            for one in &counted.first {
                let why = one.why.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                fact("", format!("{}: {}  {}", one.subject, one.found, format!("entry {why}").dimmed()))?;
            }
            let more = counted.count.saturating_sub(counted.first.len());
            if more > 0 {
                fact("", format!("and {more} more").dimmed())?;
            }
        }
        Ok(())
    }

    fn print_end(&self, outcome: &Outcome) -> io::Result<()> {
        section("Head of the chain")?;
        line(format!("  entry {}  {}", outcome.head.position, outcome.head.hash.bold()))?;
        let verified = format!("verified: {} entries", thousands(outcome.verified.entries));
        line(format!("  {} read back; chain, signatures and rules replayed", verified.green()))?;
        line("")
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

fn line(text: impl Display) -> io::Result<()> {
    writeln!(stdout().lock(), "{text}")
}

fn section(title: &str) -> io::Result<()> {
    line(format!("\n{}", title.bold()))
}

fn field(name: &str, value: impl Display) -> io::Result<()> {
    line(format!("  {:>14}  {value}", name.dimmed()))
}

fn fact(name: &str, value: impl Display) -> io::Result<()> {
    field(name, value)
}

/// The entries as ranges: `entries 358-364, 370`.
fn refer(entries: &[Entry]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for entry in entries {
        match ranges.last_mut() {
            Some((_first, last)) if *last + 1 == entry.position => *last = entry.position,
            _ => ranges.push((entry.position, entry.position)),
        }
    }
    let written: Vec<_> = ranges
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    let noun = if entries.len() == 1 { "entry" } else { "entries" };
    format!("{noun} {}", written.join(", ")).dimmed().to_string()
}

/// A bar in eighths of a character.
fn bar(number: u32, most: u32, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = usize::try_from(number).unwrap_or(0) * room * 8 / usize::try_from(most).unwrap_or(1).max(1);
    let rest = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    format!("{}{rest}", "█".repeat(eighths / 8))
}

/// `2020-04-01` as people say it; anything else as it is.
fn spoken(day: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parsed: Option<minutebook_governance::Date> = day.parse().ok();
    let Some((year, month, day_of_month)) = parsed.map(minutebook_governance::Date::parts) else {
        return day.to_owned();
    };
    let month =
        usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{day_of_month} {month} {year}")
}

/// A full legal name, shortened as registers do.
fn short(name: &str) -> String {
    name.replace("Clinical Commissioning Group", "CCG").replace("Integrated Care Board", "ICB")
}

fn thousands(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// How the program was called, so that the commands can be copied.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_default();
    if called.contains('/') { called } else { "minutebook".to_owned() }
}

fn width() -> usize {
    Table::new().width().map_or(WIDTH, usize::from).clamp(40, WIDTH_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(position: u64) -> Entry {
        let text = String::new;
        Entry {
            position,
            type_name: text(),
            subject: text(),
            standing: text(),
            recorded: text(),
            basis: text(),
        }
    }

    #[test]
    fn neighbours_are_one_range() {
        let entries: Vec<_> = [3, 4, 5, 9, 11, 12].map(entry).into();
        assert!(refer(&entries).contains("entries 3-5, 9, 11-12"));
        assert!(refer(&entries[..1]).contains("entry 3"));
    }

    #[test]
    fn a_bar_is_as_long_as_its_number() {
        assert_eq!(bar(211, 211, 10), "█".repeat(10));
        assert_eq!(bar(0, 211, 10), "");
        assert_eq!(bar(1, 16, 2), "▏");
    }

    #[test]
    fn days_are_spoken_and_words_stay() {
        assert_eq!(spoken("2020-04-01"), "1 April 2020");
        assert_eq!(spoken("April 2019"), "April 2019");
    }
}
