//! What is shown before anybody signs.

use crate::cli::columns::labelled;
use crate::cli::draft_file::DraftFile;
use crate::cli::sealed_texts::Disclosure;
use crate::cli::{outline, show};
use crate::proto::{self, Purpose};
use minutebook_log::{Event, Hash, Seen, Timestamp};

/// How much of each event is shown before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Showing {
    /// Its outline, with the length and the hash of its bytes.
    Outline,
    /// Its very bytes too.
    Bytes,
}

/// So many events, in words.
pub(crate) fn events(count: usize) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

/// Shows exactly what would be signed: for people, then the very bytes.
pub(crate) fn show_before_signing(draft: &DraftFile, ledger: &proto::Ledger) {
    let event = &draft.event;
    show::say(show::title("To be signed"));
    show::say(outline::outline(event));
    show_binding(event, ledger);
    show_signed_already(draft);
    show::say(format!(
        "{} ({} bytes, BLAKE3 {})",
        show::title("The exact bytes"),
        event.bytes().len(),
        Hash::of(event.bytes())
    ));
    show::say(event.text());
    show::say("");
}

/// Shows several that are signed together, with what is said of each draft's keys: what all of them are bound to, and each
/// in its order.
pub(crate) fn show_together_before_signing(
    drafts: &[(&DraftFile, &[String])],
    ledger: &proto::Ledger,
    showing: Showing,
) {
    show::say(show::title(format!("To be signed: {}", events(drafts.len()))));
    drafts.first().into_iter().for_each(|(first, _by)| show_binding(&first.event, ledger));
    for (index, (draft, by)) in drafts.iter().enumerate() {
        let (event, bytes) = (&draft.event, draft.event.bytes());
        show::say("");
        show::say(show::title(format!("{} of {}", index + 1, drafts.len())));
        show::say(outline::outline(event));
        by.iter().for_each(|by| show::say(labelled(1, "signed with", by)));
        show_signed_already(draft);
        show::say(labelled(1, "exact bytes", &format!("{}, BLAKE3 {}", bytes.len(), Hash::of(bytes))));
        if showing == Showing::Bytes {
            show::say(event.text());
        }
    }
    show::say("");
}

/// Shows what stands behind the digests of texts that are sealed: it is not sent, and not in the book.
pub(crate) fn show_sealed(disclosures: &[Disclosure]) {
    for disclosure in disclosures {
        let says = disclosure.value().as_str().map_or_else(|| disclosure.value().to_string(), str::to_owned);
        let digest: String = disclosure.digest().chars().take(8).collect();
        show::say(labelled(1, "sealed", &format!("{says} ({}, {digest}…)", disclosure.pointer())));
    }
}

fn show_signed_already(draft: &DraftFile) {
    for (key, _signature) in &draft.signatures {
        show::say(labelled(1, "signed already", &key.to_string()));
    }
}

/// Shows to which ledger an event is bound, and which entry its author saw.
pub(crate) fn show_binding(event: &Event, ledger: &proto::Ledger) {
    let purpose = if ledger.purpose() == Purpose::ReEnactment { " (a re-enactment)" } else { "" };
    let field = |name: &str, value: String| show::say(labelled(1, name, &value));
    field("ledger", format!("{}{purpose}", ledger.origin));
    field("", format!("opens with {}", ledger.id));
    let last = Timestamp::parse_event_time(&ledger.last_recorded).ok();
    if let Some(last) = last.filter(|last| event.time < *last && ledger.purpose() == Purpose::ReEnactment) {
        field("recorded", format!("with the last entry, {last}: the past is told in its order"));
    }
    if let Some(Seen { position, hash }) = event.seen {
        field("seen", format!("entry {position}, {hash} (checked)"));
    }
}
