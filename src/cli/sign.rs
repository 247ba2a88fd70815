use super::context::Context;
use super::draft_file::{SigningDraft, describe};
use super::exit::RefusedHere;
use super::judged::{self, Judgement};
use super::read_out::Called;
use super::writing::{Showing, ToBeSigned, confirm, events, keep};
use super::written::Places;
use crate::client::{Client, KnownLedger};
use minutebook_log::PublicKey;
use std::path::PathBuf;

/// Adds a signature to a draft: shows exactly what would be signed, checks that its author saw this ledger
/// as it is and that the ledger would take it, asks, signs. What would be refused nobody signs.
///
/// A draft of several events is shown whole and signed with one answer. The draft file is changed in place, whole or not at
/// all. An old `seen` is fine.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook sign dissolution.draft.json --key chair.pem
  minutebook sign july.draft.json --key secretary-04L.pem --bytes")]
pub(crate) struct Args {
    /// The draft, made with --draft.
    draft: PathBuf,
    /// Your key file; several, if you sign as several.
    #[arg(long, required = true, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Drafts that are to be recorded before this one, in their order: it is judged as it would be after them.
    #[arg(long, value_name = "FILE")]
    after: Vec<PathBuf>,
    /// Shows the exact bytes that are signed too.
    #[arg(long)]
    bytes: bool,
    /// Signs without asking.
    #[arg(long, short)]
    yes: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let mut drafts = SigningDraft::read_all(&self.draft)?;
        let keys = self.key.iter().map(|path| context.key(path)).collect::<Result<Vec<_>, _>>()?;
        keys.iter().try_for_each(|key| check_signs_any(&drafts, key.public()))?;
        let (mut client, known) = context.connect().await?;
        for draft in &drafts {
            check_bound(draft, &mut client, &known).await?;
        }
        let nowhere = Places::default();
        let asked: Vec<_> = drafts.iter().map(|draft| (&draft.event, &nowhere)).collect();
        let foreseen =
            Judgement::ask(&mut client, &judged::events_of(&self.after)?, &asked).await?.taken()?;
        if !(context.json && self.yes) {
            let events: Vec<_> = drafts.iter().map(|draft| &draft.event).collect();
            let called = Called::ask(context, (&mut client, &known), &events).await;
            let showing = if self.bytes { Showing::Bytes } else { Showing::ReadOut };
            let drafts = drafts.iter().map(|draft| (draft, &[][..])).collect();
            ToBeSigned { drafts, called: &called, showing }.say(&known.ledger);
            judged::say_findings(&foreseen);
        }
        let question =
            if drafts.len() == 1 { "Sign?".to_owned() } else { format!("Sign {}?", events(drafts.len())) };
        confirm(&question, self.yes)?;
        for key in &keys {
            for draft in drafts.iter_mut().filter(|draft| draft.check_may_sign(key.public()).is_ok()) {
                draft.add(key.public(), key.sign(draft.event.bytes()))?;
            }
        }
        keep(context, &drafts, &self.draft)
    }
}

/// Whether a signature by this key is asked for in any of the drafts and still missing.
///
/// # Errors
/// That it has signed all that it is to sign; or who is to sign instead, and which of the events.
fn check_signs_any(drafts: &[SigningDraft], key: PublicKey) -> Result<(), RefusedHere> {
    let refused = drafts.iter().map(|draft| draft.check_may_sign(key).err()).collect::<Option<Vec<_>>>();
    let Some(refused) = refused else { return Ok(()) };
    let is_listed = |draft: &SigningDraft| draft.signatories.iter().any(|signatory| signatory.key == key);
    let signed = drafts.iter().zip(refused).find(|(draft, _refused)| is_listed(draft));
    match (signed, drafts) {
        // Whoever is listed and may not sign has signed.
        (Some((_draft, refused)), _) => Err(refused.into()),
        (None, [one]) => Ok(one.check_may_sign(key)?),
        (None, several) => Err(RefusedHere(format!(
            "key {key} is not among those who are to sign these {} events:\n  {}\n\
             Who signs is part of what is signed: another signatory needs a new draft",
            several.len(),
            signers_of(several).join("\n  ")
        ))),
    }
}

/// Who signs, each with the numbers of the events.
fn signers_of(drafts: &[SigningDraft]) -> Vec<String> {
    let mut signers: Vec<(String, Vec<String>)> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        for signatory in draft.signatories.iter().map(describe) {
            let number = (index + 1).to_string();
            match signers.iter_mut().find(|(known, _numbers)| *known == signatory) {
                Some((_known, numbers)) => numbers.push(number),
                None => signers.push((signatory, vec![number])),
            }
        }
    }
    let noun = |numbers: &[String]| if numbers.len() == 1 { "event" } else { "events" };
    signers
        .into_iter()
        .map(|(signatory, numbers)| format!("{signatory}: {} {}", noun(&numbers), numbers.join(", ")))
        .collect()
}

/// Whether a draft is for this ledger, and its author saw an entry that stands in it.
///
/// # Errors
/// What differs: a draft that saw another history may be the proof of a fork.
pub(super) async fn check_bound(
    draft: &SigningDraft,
    client: &mut Client,
    known: &KnownLedger,
) -> anyhow::Result<()> {
    let event = &draft.event;
    if event.source != known.reference.origin || event.ledger != Some(known.reference.id) {
        let theirs = event.ledger.map_or_else(|| "no entry".to_owned(), |ledger| ledger.to_string());
        let ours = &known.reference;
        return Err(RefusedHere(format!(
            "the draft is for another ledger:\n  draft   {} (opens with {theirs})\n  server  {} (opens with {})",
            event.source, ours.origin, ours.id
        ))
        .into());
    }
    let Some(seen) = event.seen.filter(|seen| seen.position.0 < known.ledger.size) else {
        return Err(RefusedHere(format!(
            "the draft's author saw an entry that this server does not have: {}. It may be the proof of a fork, or of \
             entries cut off: keep the draft, and ask",
            event.seen.map_or_else(|| "none".to_owned(), |seen| seen.to_string())
        ))
        .into());
    };
    let there = client.entry(seen.position).await?;
    if there.hash == seen.hash {
        return Ok(());
    }
    Err(RefusedHere(format!(
        "the draft's author saw {seen}, and this server has {} there. It may be the proof of a fork: keep the draft, and ask",
        there.hash
    ))
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafts::tests::draft;
    use minutebook_log::SecretKey;
    use serde_json::json;

    #[test]
    fn of_several_events_every_one_says_who_signs() {
        let [secretary, chair, other] = [1, 2, 3].map(|seed| SecretKey::from_seed(&[seed; 32]));
        let listed = |capacity: &str, key: &SecretKey| json!({"capacity": capacity, "body": "body/04K", "key": key.public()});
        let by = listed("secretary", &secretary);
        let mut drafts = [draft(&json!([by])), draft(&json!([by, listed("chair", &chair)]))];
        assert!(check_signs_any(&drafts, chair.public()).is_ok());
        let signature = chair.sign(drafts[1].event.bytes());
        drafts[1].add(chair.public(), signature).unwrap();
        let said = |key: &SecretKey| check_signs_any(&drafts, key.public()).unwrap_err().to_string();
        assert!(said(&chair).contains("has signed this draft already"), "{}", said(&chair));
        assert!(check_signs_any(&drafts, secretary.public()).is_ok());
        let who = format!("chair of body/04K, key {}: event 2\n", chair.public());
        assert!(said(&other).contains(&who), "{}", said(&other));
        assert!(said(&other).contains(&format!("{}: events 1, 2\n", secretary.public())), "{}", said(&other));
    }
}
