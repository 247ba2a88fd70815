//! Codes and units: under which names they are found, and whom a code means on a day.

use super::events::{Code, Scheme};
use super::state::{Body, Life, body};
use crate::{BodyId, Certainty, PDate, Record, Unit, View};
use minutebook_log::Subject;

/// The subject under which a code is found: `code/ods.52R`.
pub fn code_subject(scheme: Scheme, value: &str) -> Option<Subject> {
    format!("code/{}.{value}", scheme.as_str()).parse().ok()
}

/// The subject under which a unit of area is found: `unit/04N`, `unit/01Y.glossop`.
pub fn unit_subject(unit: &Unit) -> Option<Subject> {
    format!("unit/{}", unit.as_str().replace('/', ".")).parse().ok()
}

/// The unit that is found under a subject.
pub(crate) fn unit_of_subject(subject: &Subject) -> Option<Unit> {
    let name = subject.name().filter(|_name| subject.kind() == "unit")?;
    name.replacen('.', "/", 1).parse().ok()
}

/// Every body that a code has meant, is meaning or will mean, the one for the view's day first.
pub fn bodies_of_code(record: &Record, scheme: Scheme, value: &str, view: View) -> Vec<Body> {
    let Some(subject) = code_subject(scheme, value) else { return Vec::new() };
    let mut ids: Vec<_> = record.about(&subject, view).filter_map(|told| BodyId::of(&told.subject)).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut bodies: Vec<_> = ids.iter().filter_map(|id| body(record, id, view)).collect();
    bodies.sort_by_key(|body| std::cmp::Reverse(fit(body, scheme, value, view)));
    bodies
}

/// How well a body answers to a code on a day: open before closed, of the closed the latest, of those to
/// come the next.
fn fit(body: &Body, scheme: Scheme, value: &str, view: View) -> (u8, i64) {
    let codes = body.codes.iter().map(|held| &held.code);
    let codes = codes.filter(|code| code.scheme == scheme && code.value == value);
    let is_now = |code: &&Code| code.from.as_ref().is_none_or(|from| view.is_past(from));
    let code = codes.clone().rfind(is_now).or(codes.into_iter().next());
    let (from, until) = code.map_or((None, None), |code| (code.from.as_ref(), code.until.as_ref()));
    let opens = body.opened.as_ref().and_then(|opened| opened.value.as_ref()?.earliest());
    let starts = opens.or(from.and_then(PDate::earliest));
    let days_since = starts.map_or(i64::MIN + 1, |start| start.days_until(view.as_at));
    let is_over = until.is_some_and(|until| view.is_past(until));
    let has_begun = from.map(|from| from.is_by(view.as_at));
    match body.life(view) {
        Life::Closed => (2, -days_since),
        _ if is_over => (2, -days_since),
        Life::Open | Life::Unknown if has_begun == Some(Certainty::No) => (1, days_since),
        Life::Open => (5, -days_since),
        Life::Unknown => (4, -days_since),
        Life::NotYetOpen if has_begun == Some(Certainty::Yes) => (3, days_since),
        Life::NotYetOpen => (1, days_since),
    }
}
