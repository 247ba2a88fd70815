//! The book: what a number of entries say, chain and record together. A ledger that writes, a server that answers and
//! an auditor who replays all hold one, and all come to the same state by the same calls.
//!
//! A book is a value. A clone shares what the two have in common, so that a reader keeps the one that he was given for as
//! long as his question takes, and a [`crate::Draft`] goes on from one without anybody seeing it.

use crate::act::{Act, Case};
use crate::authority::authorise;
use crate::catalogue::read;
use crate::commissioners::cite_by_kind;
use crate::correcting::{Corrected, correct};
use crate::documents::RecordCorrected;
use crate::judging::judge_act;
use crate::rulebook::rule_set;
use crate::rules::Asked;
use crate::unsettled::unsettled_by;
use crate::{
    Cost, Entries, Finding, Keeping, KnownUntil, Malformed, RULES_VERSION, Record, Refusal, Scope, Unread,
    Verdict, View, Violation,
};
use minutebook_log::{
    Chain, ChainError, Entry, Hash, Opening, Place, Position, Signed, Subject, Timestamp, Unbound,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What becomes of an event that is not refused.
#[derive(Debug)]
pub enum Admission {
    /// It is new, and may be appended.
    New(Admitted),
    /// The very same event stands in the book already.
    Again(Position),
}

/// An event that the rules admit at its place.
#[derive(Debug)]
pub struct Admitted {
    act: Arc<Act>,
    findings: Vec<Finding>,
    correction: Option<Corrected>,
}

impl Admitted {
    /// The soft rules that it breaks.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// Everything that speaks for or against an event at its place, at whatever step.
#[derive(Debug)]
pub(crate) struct Weighed {
    pub(crate) unauthorised: Vec<Violation>,
    pub(crate) broken: Vec<Violation>,
    /// Where its id stands already: the very same event, or another.
    pub(crate) stands: Option<Result<Position, Position>>,
    pub(crate) unbound: Option<Unbound>,
    pub(crate) malformed: Option<Malformed>,
    /// What it would be, were it admitted.
    pub(crate) admitted: Admitted,
}

/// What the rules say of an act at its place.
#[derive(Debug, Default)]
struct Judged {
    /// Of itself.
    verdict: Verdict,
    /// What it makes of another, where it corrects one.
    correction: Option<Corrected>,
    /// Of the acts from under which it takes something.
    unsettled: Vec<Finding>,
}

/// On what an answer to [`Book::admit`] rests.
#[derive(Debug, Default)]
pub struct Grounds {
    /// The rules that were asked, in order.
    pub asked: Vec<Asked>,
    /// The entries that they read.
    pub read: BTreeSet<Position>,
}

/// Why a stored entry is not taken into a book: it does not follow, or asks for what this software does not know.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApplyError {
    /// It does not continue the chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// It is not of a form that this software reads.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// What its findings would rest on could not be read.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// It puts the ledger under rules that this software does not carry. Acts could be refused wrongly, and be admitted
    /// under the wrong rules.
    #[error("the ledger is under rules version {found}, and this software knows {RULES_VERSION}")]
    UnknownRules {
        /// The version.
        found: u64,
    },
}

/// The chain, and the record of what its entries say.
#[derive(Debug, Clone, Default)]
pub struct Book {
    chain: Chain,
    record: Record,
}

impl Book {
    /// A book without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// A book without entries, of a ledger whose entries can be read again: they are not kept in memory but for what
    /// `keeping` says.
    pub fn kept_by(entries: Arc<dyn Entries>, keeping: Keeping) -> Self {
        Self { record: Record::kept_by(entries, keeping), ..Self::default() }
    }

    /// The same book for a question of its own. Once it is answered, [`Book::fault`] says whether that is an answer.
    #[must_use]
    pub fn for_question(&self) -> Self {
        Self { record: self.record.for_somebody(), ..self.clone() }
    }

    /// What could not be read again since the question began, if anything.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn fault(&self) -> Result<(), Unread> {
        self.record.fault().map_or(Ok(()), |unread| Err(unread.clone()))
    }

    /// Makes a segment of the newest entries' index, once there are enough of them: the same answers, in less memory.
    /// To be asked of entries that are stored, whose ids can be looked up there from now on.
    pub fn seal(&mut self) {
        if let Some(keeping) = self.record.keeping() {
            self.seal_from(keeping.segment_entries);
        }
    }

    /// The same, once there are so many, where the entries can be read again.
    pub fn seal_from(&mut self, entries: usize) {
        if self.record.keeping().is_some() && self.record.seal(entries) {
            self.chain.forget_ids();
        }
    }

    /// Whether [`Book::seal`] would make a segment.
    pub fn is_to_be_sealed(&self) -> bool {
        self.record.keeping().is_some_and(|keeping| self.record.is_to_be_sealed(keeping.segment_entries))
    }

    pub(crate) fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    /// Takes into the chain what a segment says of it.
    pub(crate) fn extend_chain(
        &mut self,
        hashes: &[Hash],
        times: &[Timestamp],
        streams: &BTreeMap<Subject, u64>,
    ) -> Result<(), Unread> {
        if self.chain.opening().is_none() {
            self.chain.open(self.record.read_opening()?);
        }
        self.chain.extend_by(hashes, times, streams);
        Ok(())
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The record, of which questions are asked.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The view of everything that is known, as at a day.
    pub fn view(&self, as_at: crate::Date, scope: Scope) -> View {
        View { as_at, known: self.record.len(), scope, until: KnownUntil::Onwards }
    }

    /// The version of the rules in force; that of this software before there is an opening.
    pub fn rules_version(&self) -> u64 {
        self.chain.opening().map_or(RULES_VERSION, |opening| opening.rules)
    }

    /// The place that the next event gets, by the ledger's clock.
    pub fn place(&self, signed: &Signed, clock: Timestamp) -> Place {
        self.chain.place(signed.event(), clock)
    }

    /// Asks whether an event may stand at `place`. Its signatures have been verified ([`Signed::verify`]).
    ///
    /// # Errors
    /// [`Refusal`], with everything that is wrong at the first step that fails: form, authority, id,
    /// binding, rules.
    pub fn admit(&self, signed: &Signed, place: Place) -> Result<Admission, Refusal> {
        self.admit_act(read(signed).map(Arc::new), signed, place)
    }

    /// Asks as [`Book::admit`] does, of an act that [`crate::catalogue::read`] has read: reading needs no order,
    /// so whoever has many can read them side by side.
    ///
    /// # Errors
    /// As [`Book::admit`].
    pub fn admit_act(
        &self,
        act: Result<Arc<Act>, Malformed>,
        signed: &Signed,
        place: Place,
    ) -> Result<Admission, Refusal> {
        self.ask(act, signed, place, &mut Vec::new())
    }

    /// Asks as [`Book::admit`] does, and says on what the answer rests.
    pub fn admit_with_grounds(
        &mut self,
        signed: &Signed,
        place: Place,
    ) -> (Result<Admission, Refusal>, Grounds) {
        let mut asked = Vec::new();
        self.record.begin_noting();
        let answer = self.ask(read(signed).map(Arc::new), signed, place, &mut asked);
        (answer, Grounds { asked, read: self.record.end_noting().entries })
    }

    /// Asks a question, and says how much of the record its answer took.
    pub fn cost_of<T>(&mut self, question: impl FnOnce(&Record) -> T) -> (T, Cost) {
        self.record.begin_noting();
        let answer = question(&self.record);
        (answer, self.record.end_noting().cost)
    }

    fn ask(
        &self,
        act: Result<Arc<Act>, Malformed>,
        signed: &Signed,
        place: Place,
        asked: &mut Vec<Asked>,
    ) -> Result<Admission, Refusal> {
        let answer = self.ask_what_is_read(act?, signed, place, asked);
        // What was answered without an entry that could not be read is no answer.
        self.fault()?;
        answer
    }

    fn ask_what_is_read(
        &self,
        act: Arc<Act>,
        signed: &Signed,
        place: Place,
        asked: &mut Vec<Asked>,
    ) -> Result<Admission, Refusal> {
        if place.position == Position::FIRST {
            Opening::parse(signed.event())?;
        }
        let authority = authorise(&self.record, &act, place);
        asked.extend(&authority.asked);
        if !authority.violations.is_empty() {
            return Err(Refusal::Unauthorised(authority.violations));
        }
        match self.stands(&act) {
            Some(Ok(first)) => return Ok(Admission::Again(first)),
            Some(Err(first)) => return Err(Refusal::IdTaken { first }),
            None => check_opens_once(&act, place)?,
        }
        self.chain.bind(signed.event())?;
        let judged = self.judge(&act, place);
        asked.extend(&judged.verdict.asked);
        if !judged.verdict.violations.is_empty() {
            return Err(Refusal::RulesBroken(judged.verdict.violations));
        }
        Ok(Admission::New(Admitted::new(act, place, judged, authority)))
    }

    /// Asks everything of an act at its place, whatever the steps before said.
    pub(crate) fn weigh(&self, act: Arc<Act>, signed: &Signed, place: Place) -> Weighed {
        let authority = authorise(&self.record, &act, place);
        let judged = self.judge(&act, place);
        let (unauthorised, broken) = (authority.violations.clone(), judged.verdict.violations.clone());
        let malformed = match place.position {
            Position::FIRST => Opening::parse(signed.event()).err(),
            _ => check_opens_once(&act, place).err(),
        };
        let stands = self.stands(&act);
        let unbound = self.chain.bind(signed.event()).err();
        let admitted = Admitted::new(act, place, judged, authority);
        Weighed { unauthorised, broken, stands, unbound, malformed, admitted }
    }

    /// Where the id of an act stands: with the same bytes, or with others.
    fn stands(&self, act: &Act) -> Option<Result<Position, Position>> {
        let first = self.record.find(act.id)?;
        let is_same = self.record.at(first).is_some_and(|known| known.act.event_hash == act.event_hash);
        Some(if is_same { Ok(first) } else { Err(first) })
    }

    /// Adds an entry that was admitted; `hash` is that of its bytes.
    ///
    /// # Errors
    /// [`ChainError`] if it does not continue the chain; the book is then as it was.
    pub fn append(&mut self, entry: &Entry, hash: Hash, admitted: Admitted) -> Result<(), ChainError> {
        self.chain.check(entry)?;
        self.chain.append(entry, hash)?;
        self.record.append(admitted.act, entry.recorded, admitted.findings);
        if let Some((target, now)) = admitted.correction {
            self.record.correct(target, entry.position, now);
        }
        Ok(())
    }

    /// Takes an entry that stands in a ledger: the one way forward for whoever reads what others have written. `hash`
    /// is that of its bytes, `act` what [`crate::catalogue::read`] makes of it.
    ///
    /// It was judged when it was appended, and is not judged again: what a rule refuses today stands where it was
    /// admitted. Its findings are worked out anew, by the rules in force at its position.
    ///
    /// # Errors
    /// [`ApplyError`]; the book is then as it was.
    pub fn apply(
        &mut self,
        entry: &Entry,
        hash: Hash,
        act: Result<Arc<Act>, Malformed>,
    ) -> Result<(), ApplyError> {
        self.chain.check(entry)?;
        let act = act?;
        let place = entry.place();
        if let Some(opening) = act.statement.downcast::<Opening>()
            && rule_set(opening.rules).is_none()
        {
            return Err(ApplyError::UnknownRules { found: opening.rules });
        }
        let authority = authorise(&self.record, &act, place);
        let judged = self.judge(&act, place);
        self.fault()?;
        let admitted = Admitted::new(act, place, judged, authority);
        Ok(self.append(entry, hash, admitted)?)
    }

    fn judge(&self, act: &Arc<Act>, place: Place) -> Judged {
        let mut verdict = Verdict::default();
        let Some(rules) = rule_set(self.rules_version()) else { return Judged::default() };
        let case = Case { record: &self.record, act, place, rules };
        judge_act(&case, &mut verdict);
        let correction = act.statement.downcast::<RecordCorrected>();
        let correction = correction.and_then(|correction| correct(correction, &case, &mut verdict));
        cite_by_kind(&case, &mut verdict);
        let is_taken = verdict.violations.is_empty();
        let unsettled = correction.as_ref().filter(|_correction| is_taken);
        let unsettled = unsettled.map_or_else(Vec::new, |correction| unsettled_by(&case, correction));
        Judged { verdict, correction, unsettled }
    }
}

impl Admitted {
    fn new(act: Arc<Act>, place: Place, judged: Judged, authority: Verdict) -> Self {
        let found = |broken: Violation| Finding {
            rule: broken.rule,
            subject: broken.subject,
            found: broken.found,
            needed: broken.needed,
            why: vec![place.position],
        };
        let Judged { verdict, correction, unsettled } = judged;
        let raised = verdict.findings.into_iter().chain(authority.findings).map(found);
        Self { act, findings: raised.chain(unsettled).collect(), correction }
    }
}

fn check_opens_once(act: &Act, place: Place) -> Result<(), Malformed> {
    if place.position == Position::FIRST || act.name != "LedgerOpened" {
        return Ok(());
    }
    let needed = "another type: a ledger is opened by its first entry alone";
    Err(Malformed::new("/type", "LedgerOpened", needed))
}
