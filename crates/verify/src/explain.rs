//! One entry, taken apart: what went into the verdict on it, so that somebody else can come to it again.

use crate::again::BundlePlaces;
use crate::ahead::in_order;
use crate::replay::{Replay, Signatures, check_all, unknown_to_the_rules};
use crate::tiles::{Bundle, read_bundle};
use crate::{Published, PublishedError, Report, Review};
use minutebook_governance::authority::{grants_of, key_state, now};
use minutebook_governance::{
    Admission, Asked, Book, Certainty, Finding, Force, RULES_VERSION, Refusal, Rule, Violation, catalogue,
    rulebook,
};
use minutebook_log::{Entry, Hash, Place, Position, PublicKey, TreeHash, TreeSize};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An entry, and how the verdict on it comes about.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// Where it stands.
    pub position: Position,
    /// What goes into the verdict.
    pub inputs: Inputs,
    /// The version of the rules that the ledger is under, and whether this program knows it.
    pub rules_version: u64,
    /// The earlier entries that the verdict rests on, in order.
    pub why: Vec<RestsOn>,
    /// Every rule that was asked of it, in the order in which it was asked first.
    pub rules: Vec<RuleResult>,
    /// What it comes to.
    pub result: EntryResult,
}

/// The bytes, and what they say.
#[derive(Debug, Serialize)]
pub struct Inputs {
    /// How many bytes there are.
    pub bytes: usize,
    /// Their BLAKE3 hash, which the next entry holds.
    pub blake3: Hash,
    /// Their hash as a leaf of the tree.
    pub leaf: String,
    /// The bytes themselves.
    pub entry: String,
    /// The type of the event; nothing where the bytes are no entry, and so on.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    /// What the event is about.
    pub subject: Option<String>,
    /// When the ledger took it.
    pub recorded: Option<String>,
    /// What the event says.
    pub data: Option<Map<String, Value>>,
    /// Who signed.
    pub signatories: Vec<ExplainedSignature>,
    /// The documents that it names, as it names them.
    pub evidence: Value,
}

/// A signature, and the right to make it.
#[derive(Debug, Serialize)]
pub struct ExplainedSignature {
    /// The key.
    pub key: PublicKey,
    /// What people call its holder; nothing where the book does not know it.
    pub label: Option<String>,
    /// Whether the signature holds, by `verify_strict`.
    pub holds: bool,
    /// As what it signed.
    pub capacity: Option<&'static str>,
    /// For which body.
    pub body: Option<String>,
    /// Where it was enrolled; nothing for a registrar, whom the opening entry names.
    pub enrolled: Option<Position>,
    /// The grants in force for it at this place.
    pub grants: Vec<String>,
}

/// An earlier entry, and what it is to this one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RestsOn {
    /// Where it stands.
    pub position: Position,
    /// What it is to this one.
    pub what: String,
}

/// A rule that was asked, and the answer.
#[derive(Debug, Serialize)]
pub struct RuleResult {
    /// Its id.
    pub id: &'static str,
    /// What happens where it is broken.
    pub force: &'static str,
    /// `holds`, `broken`, or `cannot be told` where a date is too imprecise.
    pub result: &'static str,
    /// Of how many things it was asked.
    pub times: usize,
    /// What was found and what was needed, where it does not hold.
    pub found: Vec<String>,
    /// What it asks.
    pub says: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// What the verdict on an entry is.
#[derive(Debug, Serialize)]
pub struct EntryResult {
    /// In a word.
    pub state: EntryState,
    /// In a sentence.
    pub what: String,
}

/// What the verdict on an entry is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// The rules admit it.
    Admitted,
    /// The rules, or what authority there is, refuse it.
    Refused,
    /// The bytes are no entry.
    NotAnEntry,
    /// It does not continue the chain.
    NotInTheChain,
    /// A signature does not hold.
    NotSigned,
    /// It is under rules that this program does not know.
    RulesUnknown,
}

/// Explains the entry at `position` of the log that was reviewed; nothing where it was not read.
///
/// # Errors
/// [`PublishedError`].
pub fn explain(
    published: &Published,
    review: &Review,
    position: Position,
) -> Result<Option<Explanation>, PublishedError> {
    let Some((mut before, bytes)) = read_up_to(published, review.audit.tree.size, position)? else {
        return Ok(None);
    };
    let rules_version = before.chain().opening().map_or(RULES_VERSION, |opening| opening.rules);
    let mut explanation = Explanation {
        position,
        inputs: Inputs::of(&bytes),
        rules_version,
        why: Vec::new(),
        rules: Vec::new(),
        result: EntryResult { state: EntryState::NotAnEntry, what: String::new() },
    };
    match Entry::parse(&bytes) {
        Err(malformed) => explanation.result.what = malformed.to_string(),
        Ok(entry) => explanation.judge(review, &mut before, &entry),
    }
    before.book.fault()?;
    Ok(Some(explanation))
}

/// What comes before an entry, and the entry's bytes.
fn read_up_to(
    published: &Published,
    size: TreeSize,
    position: Position,
) -> Result<Option<(Report, Vec<u8>)>, PublishedError> {
    let places = Arc::new(BundlePlaces::of(published));
    let mut replay = Replay::rereading(Arc::clone(&places) as _);
    let (mut next, mut found, mut is_reached) = (Position::FIRST, None, false);
    let bundles = || {
        if found.is_some() || !size.holds(next) || !size.holds(position) {
            return Ok(None);
        }
        let Some(bundle) = read_bundle(published, next, size)? else { return Ok(None) };
        places.push(&bundle);
        let (entries, first) = (bundle.entries(), next);
        let at = usize::try_from(position.0.saturating_sub(first.0)).unwrap_or(usize::MAX);
        found = entries.get(at).map(|entry| entry.to_vec());
        next = Position(first.0.saturating_add(entries.len() as u64));
        Ok::<_, PublishedError>((next > first).then_some((bundle, at, found.is_some())))
    };
    let check = |(bundle, at, is_last): (Bundle, usize, bool)| {
        let entries = bundle.entries();
        (check_all(entries.get(..at).unwrap_or(&entries), Signatures::KnownToHold), is_last)
    };
    in_order(bundles, check, |(checked, is_last)| {
        replay.take_checked(checked);
        is_reached |= is_last;
        replay.unread().map_or(Ok(replay.more()), |unread| Err(unread.into()))
    })?;
    Ok(found.filter(|_entry| is_reached).map(|entry| (replay.report(), entry)))
}

impl Inputs {
    fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len(),
            blake3: Hash::of(bytes),
            leaf: TreeHash::leaf(bytes).to_string(),
            entry: String::from_utf8_lossy(bytes).into_owned(),
            event_type: None,
            subject: None,
            recorded: None,
            data: None,
            signatories: Vec::new(),
            evidence: Value::Array(Vec::new()),
        }
    }

    fn read(&mut self, review: &Review, before: &Report, entry: &Entry) {
        let event = entry.event();
        self.event_type = Some(event.event_type.to_string());
        self.subject = Some(event.subject.to_string());
        self.recorded = Some(entry.recorded.to_string());
        self.signatories = signatories(review, before, entry);
        self.evidence = event.data.get("evidence").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
        self.data = Some(event.data.clone());
    }
}

impl Explanation {
    fn judge(&mut self, review: &Review, before: &mut Report, entry: &Entry) {
        self.inputs.read(review, before, entry);
        self.why = seen(before, entry).into_iter().collect();
        let result = |state, what: String| EntryResult { state, what };
        if let Err(error) = before.chain().check(entry) {
            self.result = result(EntryState::NotInTheChain, error.to_string());
        } else if let Err(error) = entry.signed.verify() {
            self.result = result(EntryState::NotSigned, error.to_string());
        } else if before.replayed < entry.position.0 {
            let what = "an earlier entry is under rules that this program does not know";
            self.result = result(EntryState::RulesUnknown, what.to_owned());
        } else if let Some(what) = unknown_to_the_rules(&before.book, entry) {
            self.result = result(EntryState::RulesUnknown, what);
        } else {
            self.ask_the_rules(&mut before.book, entry);
        }
    }

    fn ask_the_rules(&mut self, before: &mut Book, entry: &Entry) {
        let Entry { position, stream_number, recorded, .. } = *entry;
        let place = Place { position, stream_number, recorded };
        let (answer, grounds) = before.admit_with_grounds(&entry.signed, place);
        self.why.extend(grounds.read.iter().map(|read| rests_on(before, *read)));
        self.why.sort();
        self.why.dedup();
        let admitted = format!("Admitted under rule set {RULES_VERSION}.");
        let (state, what, broken) = match answer {
            Ok(Admission::New(admission)) => {
                (EntryState::Admitted, admitted, admission.findings().iter().map(of_finding).collect())
            }
            Ok(Admission::Again(first)) => {
                (EntryState::Refused, format!("The same event stands at {first} already."), Vec::new())
            }
            Err(refusal) => {
                let what = format!("Refused by rule set {RULES_VERSION}: {refusal}");
                (EntryState::Refused, what, of_refusal(&refusal))
            }
        };
        self.rules = results(&grounds.asked, &broken);
        self.result = EntryResult { state, what };
    }
}

/// A rule that is not kept, with what was found and needed.
type NotKept = (&'static Rule, String);

fn of_finding(finding: &Finding) -> NotKept {
    (finding.rule, format!("{}: found {}; needed {}", finding.subject, finding.found, finding.needed))
}

fn of_refusal(refusal: &Refusal) -> Vec<NotKept> {
    let of_violation = |broken: &Violation| {
        (broken.rule, format!("{}: found {}; needed {}", broken.subject, broken.found, broken.needed))
    };
    match refusal {
        Refusal::Unauthorised(broken) | Refusal::RulesBroken(broken) => {
            broken.iter().map(of_violation).collect()
        }
        _ => Vec::new(),
    }
}

/// Each rule once, with the worst of its answers.
fn results(asked: &[Asked], not_kept: &[NotKept]) -> Vec<RuleResult> {
    let mut order = Vec::new();
    let mut by_id: BTreeMap<&'static str, (&'static Rule, Certainty, usize)> = BTreeMap::new();
    for Asked { rule, holds } in asked {
        let so_far = by_id.entry(rule.id).or_insert_with(|| {
            order.push(rule.id);
            (rule, Certainty::Yes, 0)
        });
        *so_far = (rule, so_far.1.and(*holds), so_far.2 + 1);
    }
    let result = |(rule, holds, times): &(&'static Rule, Certainty, usize)| RuleResult {
        id: rule.id,
        force: rulebook::force_of(rule.id).map_or("", Force::as_str),
        result: match holds {
            Certainty::Yes => "holds",
            Certainty::No => "broken",
            Certainty::Unknown => "cannot be told",
        },
        times: *times,
        found: not_kept.iter().filter(|(it, _found)| it.id == rule.id).map(|it| it.1.clone()).collect(),
        says: rule.says,
        source: rule.source,
    };
    order.iter().filter_map(|id| by_id.get(id)).map(result).collect()
}

fn signatories(review: &Review, before: &Report, entry: &Entry) -> Vec<ExplainedSignature> {
    let act = catalogue::read(&entry.signed).ok();
    let signature = |(key, signature): &(PublicKey, _)| {
        let listed = act.iter().flat_map(|act| &act.signatories).find(|signatory| signatory.key == *key);
        ExplainedSignature {
            key: *key,
            label: review.label(*key),
            holds: key.verify(entry.event().bytes(), signature).is_ok(),
            capacity: listed.map(|signatory| signatory.capacity.as_str()),
            body: listed.and_then(|signatory| signatory.body.as_ref()).map(ToString::to_string),
            enrolled: key_state(before.book.record(), *key, now(before.book.record()))
                .map(|state| state.enrolled),
            grants: grants_of(before.book.record(), *key, now(before.book.record()))
                .iter()
                .map(|(id, _grant)| id.to_string())
                .collect(),
        }
    };
    entry.signed.signatures().iter().map(signature).collect()
}

/// What its author had seen.
fn seen(before: &Report, entry: &Entry) -> Option<RestsOn> {
    let seen = entry.event().seen?;
    let is_there = before.chain().hash_at(seen.position) == Some(seen.hash);
    let verdict = if is_there { "stands in the chain" } else { "is not in the chain" };
    Some(RestsOn { position: seen.position, what: format!("what its author had seen; it {verdict}") })
}

fn rests_on(before: &Book, position: Position) -> RestsOn {
    let act = before.record().at(position).map(|recorded| recorded.act);
    let what = act.map_or_else(String::new, |act| format!("{} {}", act.name, act.subject));
    RestsOn { position, what }
}
