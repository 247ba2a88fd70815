//! Which of the keys that are given signs what: of each event, for each signatory, one whose grant in force fits.

use crate::cli::columns::labelled;
use crate::cli::context::Context;
use crate::cli::draft_file::SigningDraft;
use crate::cli::exit::{RefusedHere, Usage};
use crate::cli::show;
use crate::cli::writing::{self, Signer, Words, WritingArgs};
use crate::client::{Client, ClientError, KnownLedger, RegisterClient};
use crate::proto::{self, GetKeyRequest, Purpose};
use minutebook_governance::authority::{AuthorityGranted, KeyEnrolled, describe_grant};
use minutebook_governance::catalogue::read_event;
use minutebook_governance::{Act, Capacity, Signatory};
use minutebook_log::{PublicKey, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The keys that are given, in their order, with what the ledger lets each sign.
pub(super) struct Ring<'a> {
    keys: Vec<Held>,
    known: &'a KnownLedger,
}

/// A key that is given.
struct Held {
    /// What it was given as: its file.
    name: String,
    key: PublicKey,
    is_enrolled: bool,
    is_registrar: bool,
    /// Its grants that are not revoked, with what each is called.
    grants: Vec<(String, AuthorityGranted)>,
}

/// An event as it is to be signed, and of each key that was chosen for it, which and why.
pub(super) struct Chosen {
    pub(super) draft: SigningDraft,
    pub(super) by: Vec<String>,
    words: Words,
}

/// The words of one event with several signatories, each of whom has one of the keys given, whose grant in force fits.
///
/// # Errors
/// As [`Ring::draft`]; or the ledger can't be asked.
pub(in crate::cli) async fn choose(
    context: &Context,
    writing: &WritingArgs,
    words: Words,
    (names, signers): (&[String], &[Signer]),
) -> anyhow::Result<Words> {
    let (mut client, known) = context.connect().await?;
    let chosen = Ring::ask(context, (&mut client, &known), names, signers).await?.draft(writing, words)?;
    chosen.by.iter().for_each(|by| show::say(labelled(1, "signed with", by)));
    Ok(chosen.words)
}

impl<'a> Ring<'a> {
    /// Asks the ledger what each of several keys may sign. One key alone signs everything, and the ledger says whether it may.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(super) async fn ask(
        context: &Context,
        (client, known): (&mut Client, &'a KnownLedger),
        names: &[String],
        signers: &[Signer],
    ) -> Result<Self, ClientError> {
        let mut keys = Vec::new();
        for (name, signer) in names.iter().zip(signers) {
            let key = signer.public();
            let mut held =
                Held { name: name.clone(), key, is_enrolled: true, is_registrar: false, grants: Vec::new() };
            if signers.len() > 1 {
                let request = GetKeyRequest { key: key.to_string(), view: None };
                let found = context.one(client, known, RegisterClient::get_key, request).await?.key;
                held.hear(found.unwrap_or_default())?;
            }
            keys.push(held);
        }
        Ok(Self { keys, known })
    }

    /// The event, bound to the ledger, with a key for each signatory that names none.
    ///
    /// # Errors
    /// What is wrong with the words; or no key that is given fits, and which grant would.
    pub(super) fn draft(&mut self, writing: &WritingArgs, mut words: Words) -> anyhow::Result<Chosen> {
        let (blank, named) = blanks(&words);
        let free: Vec<_> = self.keys.iter().map(|held| held.key).filter(|key| !named.contains(key)).collect();
        if !blank.is_empty() && self.keys.is_empty() {
            let what = "no key signs it: --key FILE, once for each signatory, or those of a context (minutebook context)";
            return Err(Usage(what.to_owned()).into());
        }
        if blank.len() > free.len() {
            let what = format!(
                "{} is signed by {}, and --key gives {} of their keys: give --key FILE once for each; with --draft FILE, the 64 digits of \
                 who signs later",
                words.type_name,
                blank.len() + named.len(),
                free.len()
            );
            return Err(Usage(what).into());
        }
        fill_in(&mut words, blank.iter().zip(&free));
        let draft = writing.draft(words.clone(), self.known)?;
        let act = read_event(&draft.event)?;
        if self.keys.len() < 2 {
            return Ok(Chosen { draft, by: Vec::new(), words });
        }
        let recorded = self.recorded(&draft)?;
        let fits = blank.iter().map(|index| self.fitting(&act, *index, &free, recorded));
        let fits = fits.collect::<Result<Vec<_>, _>>()?;
        let Some(chosen) = one_each(&fits) else {
            let what =
                "there are fewer keys that fit than signatories: each of them signs with a key of their own";
            return Err(RefusedHere(what.to_owned()).into());
        };
        let by = blank.iter().zip(&chosen).filter_map(|(index, key)| {
            let signatory = act.signatories.get(*index)?;
            let held = self.keys.iter().find(|held| held.key == *key)?;
            let grant = held.fits(&act, signatory, recorded).ok()?;
            let body = signatory.body.as_ref().map_or_else(String::new, |body| format!(" of {body}"));
            Some(format!("{} as {}{body}: {grant}", held.name, show::words(signatory.capacity.as_str())))
        });
        let by: Vec<_> = by.collect();
        fill_in(&mut words, blank.iter().zip(&chosen));
        let draft = writing.draft(words.clone(), self.known)?;
        self.learn(&act);
        Ok(Chosen { draft, by, words })
    }

    /// When the event is recorded: now, or in a re-enactment when it is played.
    fn recorded(&self, draft: &SigningDraft) -> anyhow::Result<Timestamp> {
        if self.known.ledger.purpose() != Purpose::ReEnactment {
            return writing::now();
        }
        let last = Timestamp::parse_event_time(&self.known.ledger.last_recorded);
        let last = last.map_err(|found| ClientError::lies("GetLedger", &found))?;
        Ok(draft.event.time.max(last))
    }

    /// Those of the free keys that may sign as the signatory.
    ///
    /// # Errors
    /// There is none: which grant is missing, and what each key has instead.
    fn fitting(
        &self,
        act: &Act,
        index: usize,
        free: &[PublicKey],
        recorded: Timestamp,
    ) -> Result<Vec<PublicKey>, RefusedHere> {
        let Some(signatory) = act.signatories.get(index) else { return Ok(Vec::new()) };
        let (mut fitting, mut lacks) = (Vec::new(), Vec::new());
        for held in self.keys.iter().filter(|held| free.contains(&held.key)) {
            match held.fits(act, signatory, recorded) {
                Ok(_grant) => fitting.push(held.key),
                Err(lack) => lacks.push(format!("\n  {}: {lack}", held.name)),
            }
        }
        if fitting.is_empty() {
            let needed = match signatory.capacity {
                Capacity::Registrar => "the key of a registrar in force".to_owned(),
                Capacity::Holder => "the key that is enrolled".to_owned(),
                _ => describe_grant(act, signatory),
            };
            return Err(RefusedHere(format!(
                "none of the keys given may sign it. Needed {needed}: give its key file too (--key), or let the registrars \
                 grant it (minutebook grant). Found{}",
                lacks.concat()
            )));
        }
        Ok(fitting)
    }

    /// What the event lets keys sign that comes after it in the same file.
    fn learn(&mut self, act: &Act) {
        let enrols = act.statement.downcast::<KeyEnrolled>().is_some();
        for held in self.keys.iter_mut().filter(|held| enrols && held.is_named_by(act)) {
            held.is_enrolled = true;
        }
        if let Some(granted) = act.statement.downcast::<AuthorityGranted>() {
            for held in self.keys.iter_mut().filter(|held| held.key == granted.key) {
                held.grants.push((format!("{}, in this file", act.subject), granted.clone()));
            }
        }
    }
}

impl Held {
    fn hear(&mut self, found: proto::Key) -> Result<(), ClientError> {
        (self.is_enrolled, self.is_registrar) = (found.is_enrolled && !found.is_revoked, found.is_registrar);
        for grant in found.grants.iter().filter(|grant| grant.state != "revoked") {
            let granted = granted(self.key, grant).map_err(|why| ClientError::lies("GetKey", &why))?;
            self.grants.push((format!("{}, {}", grant.id, show::why(&[grant.granted_at])), granted));
        }
        Ok(())
    }

    /// Whether it is the key that an event is about.
    fn is_named_by(&self, act: &Act) -> bool {
        act.subject.as_str().ends_with(&self.key.to_string())
    }

    /// By which right it may sign as the signatory.
    ///
    /// # Errors
    /// Why it may not.
    fn fits(&self, act: &Act, signatory: &Signatory, recorded: Timestamp) -> Result<String, String> {
        match signatory.capacity {
            Capacity::Holder if self.is_named_by(act) => {
                return Ok("the key that is enrolled".to_owned());
            }
            Capacity::Holder => return Err("is not the key that is enrolled".to_owned()),
            _ if !self.is_enrolled => return Err("is not enrolled, or revoked".to_owned()),
            Capacity::Registrar if self.is_registrar => return Ok("a registrar in force".to_owned()),
            Capacity::Registrar => return Err("is no registrar's that is in force".to_owned()),
            _ => {}
        }
        let mut lacks = Vec::new();
        for (named, granted) in &self.grants {
            match granted.lacks(act, recorded, signatory) {
                None => return Ok(named.clone()),
                Some(lack) => lacks.push(format!("{named}, {lack}")),
            }
        }
        Err(if lacks.is_empty() { "no grant in force".to_owned() } else { lacks.join("; ") })
    }
}

/// A grant as the ledger tells it.
fn granted(key: PublicKey, grant: &proto::Grant) -> Result<AuthorityGranted, serde_json::Error> {
    let extent = |listed: &[String]| if listed == ["any"] { json!("any") } else { json!(listed) };
    let mut members = json!({
        "key": key, "capacity": grant.capacity, "bodies": extent(&grant.bodies), "types": extent(&grant.types),
        "standings": grant.standings,
    });
    let bounds = [
        ("signs_from", &grant.signs_from),
        ("signs_until", &grant.signs_until),
        ("acts_from", &grant.acts_from),
        ("acts_until", &grant.acts_until),
    ];
    let bounds = bounds.into_iter().filter(|(_name, bound)| !bound.is_empty());
    let bounds = bounds.map(|(name, bound)| (name.to_owned(), json!(bound)));
    members.as_object_mut().into_iter().for_each(|members| members.extend(bounds.clone()));
    serde_json::from_value(members)
}

/// Which signatories name no key, by their place in the list, and the keys that others name.
fn blanks(words: &Words) -> (Vec<usize>, BTreeSet<PublicKey>) {
    let listed = words.data.get("signatories").and_then(Value::as_array);
    let listed = listed.map_or(&[][..], Vec::as_slice);
    let blank = listed.iter().enumerate().filter(|(_index, one)| one.is_object() && one.get("key").is_none());
    let named = listed.iter().filter_map(|one| one.get("key")?.as_str()?.parse().ok());
    (blank.map(|(index, _one)| index).collect(), named.collect())
}

fn fill_in<'a>(words: &mut Words, chosen: impl Iterator<Item = (&'a usize, &'a PublicKey)>) {
    let Some(Value::Array(listed)) = words.data.get_mut("signatories") else { return };
    for (index, key) in chosen {
        if let Some(Value::Object(members)) = listed.get_mut(*index) {
            members.insert("key".to_owned(), json!(key));
        }
    }
}

/// One for each, none twice, the first that are listed where that can be; nothing where it can't.
fn one_each<K: Copy + Ord>(fits: &[Vec<K>]) -> Option<Vec<K>> {
    let mut chosen = BTreeMap::new();
    let all = (0..fits.len()).all(|index| place(index, fits, &mut chosen, &mut BTreeSet::new()));
    let mut placed: Vec<_> = chosen.into_iter().map(|(key, index)| (index, key)).collect();
    placed.sort_unstable();
    all.then(|| placed.into_iter().map(|(_index, key)| key).collect())
}

/// Finds one for `index`: the first that nobody has, or else one whose holder can take another. `chosen` says to whom each is
/// given.
fn place<K: Copy + Ord>(
    index: usize,
    fits: &[Vec<K>],
    chosen: &mut BTreeMap<K, usize>,
    tried: &mut BTreeSet<K>,
) -> bool {
    let fitting = fits.get(index).map_or(&[][..], Vec::as_slice);
    if let Some(free) = fitting.iter().find(|key| !chosen.contains_key(key)) {
        chosen.insert(*free, index);
        return true;
    }
    for key in fitting {
        if !tried.insert(*key) {
            continue;
        }
        let holder = chosen.get(key).copied();
        if holder.is_none_or(|holder| place(holder, fits, chosen, tried)) {
            chosen.insert(*key, index);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signatory_gets_a_key_of_its_own_in_the_order_in_which_they_are_given() {
        assert_eq!(one_each(&[vec![0, 1], vec![0, 1]]), Some(vec![0, 1]));
        // Who can take another makes room for who can't.
        assert_eq!(one_each(&[vec![0, 1], vec![0]]), Some(vec![1, 0]));
        assert_eq!(one_each(&[vec![1], vec![0]]), Some(vec![1, 0]));
        assert_eq!(one_each(&[vec![0], vec![0]]), None);
        assert_eq!(one_each::<usize>(&[]), Some(Vec::new()));
    }
}
