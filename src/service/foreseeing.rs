//! The dry run of an append: everything that speaks against each event, before anybody signs it.

use crate::doors::Share;
use crate::ledger::{Reader, in_turns};
use crate::proto::{self, ForeseenEvent, SignedEvent};
use crate::service::{convert, status};
use minutebook_governance::{Foreseen, Objection, Step, foresee};
use minutebook_log::{Event, Malformed, Timestamp};
use minutebook_store::Engine;
use std::convert::Infallible;
use std::sync::Arc;
use tonic::Status;

/// How many bytes of events are parsed in one turn: about a millisecond of one processor.
pub(super) const TURN_BYTES: usize = 64 * 1024;

/// What would become of each event. Its signatures are not looked at.
pub(super) async fn foresee_all<E: Engine>(
    reader: &Arc<Reader<E>>,
    events: Vec<SignedEvent>,
    share: &Share,
) -> Result<Vec<ForeseenEvent>, Status> {
    let parse = |_index, event: SignedEvent| Ok::<_, Infallible>(Event::parse(&event.event));
    let parsed = in_turns(events, share, (TURN_BYTES, |event: &SignedEvent| event.event.len()), parse).await;
    let Ok(parsed) = parsed.map_err(status::internal)?;
    // Judging takes as long as a question does; whoever asks for much waits for turns of his own.
    let _turn = share.turn().await.ok_or_else(status::closing)?;
    let clock = if reader.is_re_enactment() { Timestamp::EPOCH } else { reader.now() };
    let foreseen = reader.ask(move |known| {
        let well_formed: Vec<_> = parsed.iter().filter_map(|event| event.as_ref().ok().cloned()).collect();
        let foreseen = foresee(known.book(), &well_formed, clock)?;
        Ok(beside_the_malformed(parsed, foreseen))
    });
    let foreseen = foreseen.await.map_err(status::internal)?.map_err(|unread| status::unread(&unread))?;
    Ok((0..).zip(foreseen).map(|(index, foreseen)| convert_one(index, foreseen)).collect())
}

/// What was foreseen of the events that could be read, each in its place among those that could not.
fn beside_the_malformed(parsed: Vec<Result<Event, Malformed>>, foreseen: Vec<Foreseen>) -> Vec<Foreseen> {
    let mut foreseen = foreseen.into_iter();
    let each = parsed.into_iter().map(|event| match event {
        Ok(_event) => foreseen.next().unwrap_or_default(),
        Err(malformed) => Foreseen { objections: vec![malformed.into()], ..Foreseen::default() },
    });
    each.collect()
}

fn convert_one(event_index: u32, foreseen: Foreseen) -> ForeseenEvent {
    let Foreseen { position, again, objections, findings } = foreseen;
    ForeseenEvent {
        event_index,
        position: position.map(|position| position.0),
        again,
        objections: objections.into_iter().map(objection).collect(),
        findings: findings.iter().map(convert::raised).collect(),
    }
}

fn objection(objection: Objection) -> proto::Objection {
    let Objection { step, rule, source, found, needed, members } = objection;
    let reason = match step {
        Step::Form => "MALFORMED",
        Step::Authority => "UNAUTHORISED",
        Step::Id => "ID_TAKEN",
        Step::Ledger => "OTHER_LEDGER",
        Step::Seen => "SEEN_NOT_IN_CHAIN",
        Step::Rules => "RULE_BROKEN",
    };
    let of_rule =
        |text: fn(&'static minutebook_governance::Rule) -> &'static str| rule.map_or("", text).to_owned();
    proto::Objection {
        reason: reason.to_owned(),
        rule: of_rule(|rule| rule.id),
        says: of_rule(|rule| rule.says),
        source: source.into_owned(),
        found,
        needed,
        members,
    }
}
