//! Bodies by what they are called: by words of a name, where somebody names none by a code or an id.

use minutebook_governance::View;
use minutebook_governance::bodies::{Body, BodyKind, Life};

/// How many are named at most where several are meant.
pub(super) const NAMED_MAX: usize = 8;

/// Whether these words, in small letters, are in what a body is, or was, called by.
pub(super) fn has_words(body: &Body, words: &str) -> bool {
    let codes = body.codes.iter().map(|held| held.code.value.to_lowercase());
    let mut called = names(body).chain(codes).chain([body.id.to_string().to_lowercase()]);
    words.is_empty() || called.any(|called| called.contains(words))
}

fn names(body: &Body) -> impl Iterator<Item = String> {
    body.names.iter().chain(&body.short_names).map(|held| held.name.to_lowercase())
}

/// Of several bodies that have words in a name the one that is meant: the one that is called so and no more; else the only one that
/// is open on the view's day, where a register's places and practices stand back for the others.
pub(super) fn meant<'a>(found: &'a [Body], words: &str, view: View) -> Option<&'a Body> {
    let only = |bodies: Vec<&'a Body>| match bodies.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let exact = found.iter().filter(|body| names(body).any(|name| name == words));
    let open: Vec<_> =
        found.iter().filter(|body| matches!(body.life(view), Life::Open | Life::Unknown)).collect();
    let stands_back = |body: &&Body| matches!(body.kind(), Some(BodyKind::Location | BodyKind::Practice));
    let first = open.iter().copied().filter(|body| !stands_back(body));
    only(exact.collect()).or_else(|| only(open.clone())).or_else(|| only(first.collect())).or_else(|| {
        // Of those that are no more, or to come, one may be the only one.
        open.is_empty().then(|| only(found.iter().collect())).flatten()
    })
}

/// Bodies by their codes and names, for whoever has to choose.
pub(super) fn listed(found: &[Body], view: View) -> String {
    let named = found.iter().take(NAMED_MAX).map(|body| {
        let name = body.called(view).map_or_else(String::new, |name| format!(" ({name})"));
        format!("{}{name}", body.id)
    });
    let named: Vec<_> = named.collect();
    let more = found.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
