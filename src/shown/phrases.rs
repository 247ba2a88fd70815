//! How single values read: words of closed lists, states and standings, quantities, people, entries by their positions.

use super::dates::{date, date_or};
use crate::proto::{self, Intention, Lapse, Life, MergerCondition, MergerLeg, PlannedPost};
use minutebook_governance::Instant;
use owo_colors::OwoColorize as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A word of the record as people write it: `accountable_officer` as accountable officer.
pub fn words(word: &str) -> String {
    word.replace("nhs_england", "NHS England").replace("gp_", "GP ").replace('_', " ")
}

/// The text with a capital letter, as names of values and pages begin.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why nobody is named.
pub(crate) fn nobody(found: &proto::GetOfficeResponse) -> &'static str {
    let counts_reports =
        found.answered.as_ref().is_some_and(|answered| answered.scope() == proto::Scope::Reported);
    match found.life() {
        Life::Closed => "nobody: the body has ended",
        _ if found.is_vacant => "vacant",
        Life::NotYetOpen => "nobody is named: the body is not yet open",
        _ if counts_reports => "not known: no act, register or report says who",
        _ => "not known: no act or register says who",
    }
}

/// So many entries.
pub fn entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// So many checkpoints, as `extends` says it.
pub fn extended(count: usize) -> String {
    let checkpoints = if count == 1 { "1 checkpoint".to_owned() } else { format!("{count} checkpoints") };
    format!("{checkpoints}, those of receipts included")
}

/// Where something stands; of what is past the end of knowledge, up to when that reaches.
pub fn state(state: &str, known_to: &str) -> String {
    match (state, known_to) {
        ("due_passed", "") => "due date passed; nothing says what became of it".to_owned(),
        ("due_passed", day) => format!("due date passed; nothing is known after {day}"),
        ("intended", _) => "not known to have been formed: only intentions name it".to_owned(),
        ("bodies_ended", _) => "a body has ended; no act says that it took effect".to_owned(),
        (state, _) => words(state),
    }
}

/// Whose word something is: the sources that its entries name, and what was filled in.
pub fn by(sources: &[String]) -> String {
    if sources.is_empty() { String::new() } else { format!(", by {}", sources.join("; ")) }
}

/// A number as its source has it: the words of the source, or the number with its bounds.
pub fn quantity(quantity: &proto::Quantity) -> String {
    let about = if quantity.is_approximate { "about " } else { "" };
    let number = match (quantity.number, quantity.at_least, quantity.at_most) {
        (Some(number), _, _) => number.to_string(),
        (None, Some(least), Some(most)) => format!("{least} to {most}"),
        (None, Some(least), None) => format!("at least {least}"),
        (None, None, Some(most)) => format!("at most {most}"),
        (None, None, None) => quantity.written.clone(),
    };
    let written = if quantity.written.is_empty() || number == quantity.written {
        String::new()
    } else {
        format!(" (\"{}\")", quantity.written)
    };
    format!("{about}{number} {}{written}", quantity.unit)
}

/// That an entry is known otherwise, in a word or two.
pub fn corrected(it: &proto::Correction) -> String {
    let how = if it.is_withdrawn { "WITHDRAWN" } else { "CORRECTED" };
    format!("{how} by {}", it.corrected_at)
}

/// The offices in which somebody signed.
pub fn signed_as(offices: &[String]) -> String {
    let offices: Vec<_> = offices.iter().map(|office| words(office)).collect();
    if offices.is_empty() { "somebody".to_owned() } else { offices.join(" and ") }
}

/// Whether a body exists.
pub fn life(body: &proto::Body) -> String {
    match body.life() {
        Life::Open => "open".green().to_string(),
        Life::Closed => "closed".red().to_string(),
        Life::NotYetOpen => "not yet open".yellow().to_string(),
        Life::Unknown | Life::Unspecified => unknown_life(body).yellow().to_string(),
    }
}

/// Why it is not known whether a body exists.
fn unknown_life(body: &proto::Body) -> &'static str {
    match (&body.opened, &body.closed) {
        (None, None) => "not known: no entry says when it opened or ended",
        _ => "not known: the dates are imprecise or contradict",
    }
}

/// With what right something is said, visibly marked where it is a report of a paper or the press.
pub fn standing(standing: &str) -> String {
    match standing {
        "own_act" => "act".to_owned(),
        "own_record" => "own record".to_owned(),
        "own_document" => "reported: own document".yellow().to_string(),
        "third_party" => "reported: third party".yellow().to_string(),
        other => other.to_owned(),
    }
}

/// The mark that goes after a value that is only reported; nothing after others.
pub fn mark(said: &str) -> String {
    match said {
        "own_document" | "third_party" => format!("  [{}]", standing(said)),
        _ => String::new(),
    }
}

/// The entries that something rests on; many are shortened to a count and both ends.
pub fn why(positions: &[u64]) -> String {
    let text = match positions {
        [] => return String::new(),
        [one] => format!("entry {one}"),
        [first, .., last] if positions.len() > 8 => {
            format!("{} entries from {first} to {last}", positions.len())
        }
        several => {
            let several: Vec<_> = several.iter().map(ToString::to_string).collect();
            format!("entries {}", several.join(", "))
        }
    };
    format!("({text})").dimmed().to_string()
}

/// The positions of entries in a table: all, or of many the first and the last.
pub fn positions(positions: &[u64]) -> String {
    match positions {
        [first, .., last] if positions.len() > 4 => format!("{first} to {last}"),
        few => few.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Somebody in a table: the name, or the id where the name is sealed or not known.
pub fn person(name: &str, id: &str) -> String {
    if name.is_empty() { id } else { name }.to_owned()
}

/// An id in a column that says of which kind it is: `04K` for `body/04K`.
pub fn slug(id: &str) -> String {
    id.split_once('/').map_or(id, |(_kind, slug)| slug).to_owned()
}

/// The same of several.
pub fn slugs(ids: &[String]) -> String {
    ids.iter().map(|id| slug(id)).collect::<Vec<_>>().join(", ")
}

/// A text in which moments stand as people read them.
pub fn with_moments(text: &str) -> String {
    let one = |word: &str| {
        let (moment, after) = word.split_at(word.trim_end_matches([',', ';', '.', ')']).len());
        let is_moment = moment.parse::<Instant>().is_ok();
        if is_moment { format!("{}{after}", day_and_time(moment)) } else { word.to_owned() }
    };
    text.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

/// A moment for people: the day, then the time to the minute, or to the second where it is not a whole minute; without the decimals
/// that nobody reads.
pub fn day_and_time(rfc3339: &str) -> String {
    let Some((day, time)) = rfc3339.split_once('T') else { return rfc3339.to_owned() };
    let (clock, rest) = time.split_at_checked("00:00:00".len()).unwrap_or((time, ""));
    let decimals = |c: char| c == '.' || c.is_ascii_digit();
    let offset = if rest.starts_with('.') { rest.trim_start_matches(decimals) } else { rest };
    format!("{day} {}{offset}", clock.strip_suffix(":00").unwrap_or(clock))
}

/// When it starts; of one that was put off without a new day, that this is not known.
pub fn starts(starts_at: &str) -> String {
    if starts_at.is_empty() { "not known".to_owned() } else { day_and_time(starts_at) }
}

/// For, against, abstained, not voting through conflict: four numbers, of which the last two are left out where nobody
/// counted them.
pub fn votes(votes: &proto::CountedVotes) -> String {
    let counted = |count: Option<u32>, what| count.map(|count| format!(", {count} {what}"));
    let others = [counted(votes.abstained, "abstained"), counted(votes.conflicted, "conflicted")];
    let others: String = others.into_iter().flatten().collect();
    format!("{} for, {} against{others}", votes.in_favour, votes.against)
}

/// Why it can't be told who commissions for a unit.
pub fn doubt(doubt: &str) -> &'static str {
    match doubt {
        "units_not_said" => "no source says which units of the body that was split passed to whom",
        "passes_twice" => "sources say that it passed to several bodies",
        "held_twice" => "several bodies are said to have opened with it",
        "circle" => "it is said to pass in a circle",
        "holder_not_known" => "it passed to a body of which nothing else is said",
        _ => "a date is not precise enough, or sources contradict each other about it",
    }
}

/// Whether a text is a word of a closed list that [`words`] makes readable.
pub(crate) fn is_word(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A subject that fits into a table: of a key, the start; the entry has the rest.
pub fn shortened(subject: &str) -> String {
    match subject.strip_prefix("key/") {
        Some(key) => format!("key/{}…", key.chars().take(16).collect::<String>()),
        None => subject.to_owned(),
    }
}

/// What stands for a text that is sealed.
pub(super) const SEALED: &str = "(sealed)";

/// A text that may be sealed: of one that is, that it is; nothing of what nobody said.
pub fn text(text: Option<&proto::Text>) -> &str {
    match text.and_then(|text| text.text.as_ref()) {
        Some(proto::text::Text::Clear(text)) => text,
        Some(proto::text::Text::Sealed(_digest)) => SEALED,
        None => "",
    }
}

/// A text that may be sealed, where it is not.
pub fn clear(text: Option<&proto::Text>) -> Option<&str> {
    match text.and_then(|text| text.text.as_ref()) {
        Some(proto::text::Text::Clear(text)) => Some(text),
        Some(proto::text::Text::Sealed(_)) | None => None,
    }
}

/// A text that may be sealed, in quotation marks where it is not.
pub fn quoted(said: &proto::Text) -> String {
    clear(Some(said)).map_or_else(|| text(Some(said)).to_owned(), |words| format!("\"{words}\""))
}

/// Since when something has lapsed, and what it fell with: ` 2020-04-01: body/04N is no more`.
pub fn lapsed(lapse: &Lapse) -> String {
    let since = lapse
        .since
        .as_ref()
        .map_or_else(|| ", and nothing says since when".to_owned(), |day| format!(" {}", date(day)));
    let fell = match lapse.because.as_str() {
        "body_left" => "was the last to leave",
        "groundless" => "is no ground to stand on",
        "committee_ended" if lapse.since.is_none() => "does not meet",
        "delegation_ended" => "is in force no more",
        _ => "is no more",
    };
    format!("{since}: {} {fell}", lapse.about)
}

/// Posts that are planned: how many, what they are called, as what, of whom.
pub fn post(post: &PlannedPost) -> String {
    let of = if post.of.is_empty() { String::new() } else { format!(", of {}", post.of) };
    let office = if post.office.is_empty() { String::new() } else { format!(", as {}", words(&post.office)) };
    format!("{} {}{office}{of}", post.count, post.title)
}

/// When a source saw somebody, and as what.
pub fn observation(seen: &proto::Observation) -> String {
    let title = &seen.title_as_written;
    let title = if title.is_empty() { String::new() } else { format!(", as \"{title}\"") };
    format!("{}{title}", date_or(seen.observed_on.as_ref(), "not stated"))
}

/// What became of a gift, what it is worth, and who offered it: `declined, 45.05 pounds, from A supplier`.
pub fn gift(gift: &proto::Gift) -> String {
    let pounds = |pence: u64| format!(", {}.{:02} pounds", pence / 100, pence % 100);
    let value = gift.value_pence.map_or_else(String::new, pounds);
    format!("{}{value}, from {}", words(&gift.outcome), text(gift.from.as_ref()))
}

/// The participants of a merger by what each chose last: `apply: 04E, 04H; no decision: 04K`.
pub fn choices(legs: &[MergerLeg]) -> String {
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for leg in legs {
        let choice = leg.choices.last().map_or_else(|| "no decision".to_owned(), |last| words(&last.choice));
        chosen.entry(choice).or_default().push(slug(&leg.body));
    }
    let groups = chosen.into_iter().map(|(choice, bodies)| format!("{choice}: {}", bodies.join(", ")));
    groups.collect::<Vec<_>>().join("; ")
}

/// An intention, on a line.
pub fn intention(intention: &Intention) -> String {
    let state = state(&intention.state, &intention.known_to);
    let when = intention.when.as_ref().map(|when| format!(" for {}", date(when))).unwrap_or_default();
    let conditions = if intention.conditions.is_empty() {
        String::new()
    } else {
        format!(", if {}", intention.conditions.join(" and "))
    };
    let wording = intention.wording.as_ref().map(quoted).unwrap_or_default();
    let (mark, why) = (mark(&intention.standing), why(&intention.why));
    format!("{state}: {} {}{when}{conditions}. {wording}{mark}  {why}", intention.mood, intention.intends)
}

/// A condition of an approval: what it asks, by when, where it stands.
pub fn condition(condition: &MergerCondition) -> String {
    let due = if condition.is_due_before_effect { "before it takes effect" } else { "continuing" };
    let state = state(&condition.state, &condition.known_to);
    let by = condition.by.as_ref().map_or_else(String::new, |by| format!(", by {}", date(by)));
    format!(
        "{}: {} ({due}{by}; {state})  {}",
        condition.id,
        text(condition.text.as_ref()),
        why(&condition.why)
    )
}

/// The ids of these kinds (`person`, `body`) of which a value speaks, added to those in `ids`.
pub(crate) fn ids_in(value: &Value, kinds: &[&str], ids: &mut BTreeSet<String>) {
    let is_meant = |text: &str| text.split_once('/').is_some_and(|(kind, _name)| kinds.contains(&kind));
    texts_in(value, &is_meant, ids);
}

/// The texts in a value that are meant, each whole, added to those in `texts`.
pub(crate) fn texts_in(value: &Value, is_meant: &dyn Fn(&str) -> bool, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_meant(text) => {
            texts.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts_in(item, is_meant, texts)),
        Value::Object(members) => members.values().for_each(|inner| texts_in(inner, is_meant, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_far_as_somebody_reads_it() {
        for (moment, told) in [
            ("2019-07-04T13:00:00+01:00", "2019-07-04 13:00+01:00"),
            ("2019-06-17T09:00:01+01:00", "2019-06-17 09:00:01+01:00"),
            ("2026-11-30T16:40:12.118243Z", "2026-11-30 16:40:12Z"),
            ("2026-11-30T16:40:00.000001Z", "2026-11-30 16:40Z"),
            ("not known", "not known"),
        ] {
            assert_eq!(day_and_time(moment), told);
        }
    }
}
