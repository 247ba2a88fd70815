//! What is shown before anybody signs.

use crate::cli::columns::labelled;
use crate::cli::draft_file::SigningDraft;
use crate::cli::read_out::{Called, read_out};
use crate::cli::sealed_texts::Disclosure;
use crate::cli::show;
use crate::proto::{self, Purpose};
use minutebook_log::{Event, Hash, Seen, Timestamp};

/// How much of each event is shown before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Showing {
    /// What it says, for people.
    ReadOut,
    /// Its very bytes too.
    Bytes,
}

/// So many events, in words.
pub(crate) fn events(count: usize) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

/// What is shown of drafts that are signed together: the events, who is called what, and how much.
pub(crate) struct ToBeSigned<'a> {
    /// Each draft, with which key was chosen for it, and why.
    pub(crate) drafts: Vec<(&'a SigningDraft, &'a [String])>,
    /// People's names.
    pub(crate) called: &'a Called,
    /// Whether the bytes are shown too.
    pub(crate) showing: Showing,
}

impl ToBeSigned<'_> {
    /// Shows what would be signed: what all of it is bound to, and each event in its order, so that people can read it.
    pub(crate) fn say(&self, ledger: &proto::Ledger) {
        let all = self.drafts.len();
        show::say(show::title(format!("To be signed: {}", events(all))));
        self.drafts.first().into_iter().for_each(|(first, _by)| show_binding(&first.event, ledger));
        let mut above = None;
        for (index, (draft, by)) in self.drafts.iter().enumerate() {
            let event = &draft.event;
            show::say("");
            let number =
                if all == 1 { String::new() } else { show::title(format!("{} of {all}", index + 1)) };
            show::say(format!("{number}{}", read_out(event, above, self.called)));
            by.iter().for_each(|by| show::say(labelled(1, "signed with", by)));
            for (key, _signature) in &draft.signatures {
                show::say(labelled(1, "signed already", &key.to_string()));
            }
            if self.showing == Showing::Bytes {
                let bytes = event.bytes();
                show::say(labelled(
                    1,
                    "exact bytes",
                    &format!("{}, BLAKE3 {}", bytes.len(), Hash::of(bytes)),
                ));
                show::say_whole(event.text());
            }
            above = Some(event);
        }
        show::say("");
        if self.showing == Showing::ReadOut {
            self.say_digest();
        }
    }

    /// Says how the bytes that are signed are told from any other, and how they are read.
    fn say_digest(&self) {
        let bytes: Vec<u8> =
            self.drafts.iter().flat_map(|(draft, _by)| draft.event.bytes()).copied().collect();
        let which = format!("{} in all, BLAKE3 {}; --bytes shows them", bytes.len(), Hash::of(&bytes));
        show::say(labelled(1, "exact bytes", &which));
    }
}

/// Shows what stands behind the digests of texts that are sealed: it is not sent, and not in the book.
pub(crate) fn show_sealed(disclosures: &[Disclosure]) {
    for disclosure in disclosures {
        let says = disclosure.value().as_str().map_or_else(|| disclosure.value().to_string(), str::to_owned);
        let digest: String = disclosure.digest().chars().take(8).collect();
        show::say(labelled(1, "sealed", &format!("{says} ({}, {digest}…)", disclosure.pointer())));
    }
}

/// Shows to which ledger an event is bound, and which entry its author saw.
fn show_binding(event: &Event, ledger: &proto::Ledger) {
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
