//! How what minutes tell reads in words.

use crate::proto;
use crate::service::convert::text;
use minutebook_governance::Instant;
use minutebook_governance::decisions::Effect;
use minutebook_governance::meetings::{Rescheduled, Rescheduling, Stretch};

/// How a meeting came to another day, or to none.
pub(super) fn rescheduled(change: &Rescheduled) -> String {
    let to = match &change.said.change {
        Rescheduling::Postponed { to } => {
            format!(
                "put off to {}",
                to.as_ref().map_or_else(|| "a day not known yet".to_owned(), Instant::to_string)
            )
        }
        Rescheduling::Cancelled => "called off".to_owned(),
    };
    format!("{to}, said on {}: {}", change.said.said_on, change.said.reason.shown())
}

/// Why an effect excludes the public, where it does.
pub(super) fn excluded(effect: &Effect) -> Option<proto::Text> {
    let Effect::ExcludePublic { reason } = effect else { return None };
    Some(text(reason))
}

/// For which items somebody was there.
pub(super) fn stretch(stretch: &Stretch) -> String {
    let from =
        stretch.from.as_ref().map_or_else(|| "from the start".to_owned(), |item| format!("from {item}"));
    let until =
        stretch.until.as_ref().map_or_else(|| "to the end".to_owned(), |item| format!("until before {item}"));
    format!("{from} {until}")
}
