//! What is known of a body: the fold of every statement about it that a view can see.

use super::events::{
    BodyDissolved, BodyEstablished, BodyKind, BodyRegistered, BodyRenamed, Code, IdentifierAssigned, Scheme,
    SuccessionKind, SuccessionRecorded,
};
use crate::joined::{Fact, Joined, Source, join};
use crate::{BodyId, Certainty, Finding, PDate, Record, Rule, Unit, View, record::Told};
use minutebook_log::{Position, Subject};

static JOINING: Rule = Rule {
    id: "joining.contradiction",
    says: "Statements of one fact agree; where they do not, the higher standing holds.",
    source: "domain 0, joining statements of one fact",
};

/// Whether a body exists on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It is known by name, and opens later.
    NotYetOpen,
    /// It is open.
    Open,
    /// It is no more.
    Closed,
    /// The dates are too imprecise, or contradict each other.
    Unknown,
}

impl Life {
    /// The word for it in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Life::NotYetOpen => "not_yet_open",
            Life::Open => "open",
            Life::Closed => "closed",
            Life::Unknown => "unknown",
        }
    }
}

/// A name from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameHeld {
    /// The name.
    pub name: String,
    /// The first day; absent: since it opened.
    pub from: Option<PDate>,
    /// Where it is said.
    pub source: Source,
}

/// A code with its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeHeld {
    /// The code.
    pub code: Code,
    /// Where it is said.
    pub source: Source,
}

/// One end of a succession.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The body at the other end.
    pub body: BodyId,
    /// How it follows, or was followed.
    pub kind: SuccessionKind,
    /// The successor's first day.
    pub effective: PDate,
    /// The units that pass, where they are named.
    pub units: Option<Vec<Unit>>,
    /// Where it is said; several where it is confirmed.
    pub sources: Vec<Source>,
}

/// A body as a view sees it.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its id.
    pub id: BodyId,
    /// Its kind.
    pub kind: Option<Joined<BodyKind>>,
    /// Its first day.
    pub opened: Option<Joined<PDate>>,
    /// The first day on which it is no more.
    pub closed: Option<Joined<PDate>>,
    /// Full legal names, oldest statement first.
    pub names: Vec<NameHeld>,
    /// Registers' short names, oldest statement first.
    pub short_names: Vec<NameHeld>,
    /// Codes, oldest statement first.
    pub codes: Vec<CodeHeld>,
    /// The units that it opened with.
    pub units: Vec<(Source, Unit)>,
    /// The body that it is a part of.
    pub part_of: Option<BodyId>,
    /// Who came before.
    pub predecessors: Vec<Link>,
    /// Who follows.
    pub successors: Vec<Link>,
    /// Every entry that says something about it, in order.
    pub why: Vec<Position>,
}

impl Fact for BodyKind {
    fn agrees_with(&self, other: &Self) -> bool {
        self == other
    }

    fn refines(&self, _other: &Self) -> bool {
        false
    }
}

/// The body as `view` sees it; nothing where no statement of its existence is known.
pub fn body(record: &Record, id: &BodyId, view: View) -> Option<Body> {
    let mut gathered = Gathered::default();
    let mut body = Body {
        id: id.clone(),
        kind: None,
        opened: None,
        closed: None,
        names: Vec::new(),
        short_names: Vec::new(),
        codes: Vec::new(),
        units: Vec::new(),
        part_of: None,
        predecessors: Vec::new(),
        successors: Vec::new(),
        why: Vec::new(),
    };
    for told in record.about(id.subject(), view) {
        body.hear(&told, &mut gathered);
    }
    body.kind = join(&gathered.kinds);
    body.opened = join(&gathered.opened);
    body.closed = join(&gathered.closed);
    body.why.dedup();
    body.kind.is_some().then_some(body)
}

/// Statements that are joined once all are heard.
#[derive(Default)]
struct Gathered {
    kinds: Vec<(Source, BodyKind)>,
    opened: Vec<(Source, PDate)>,
    closed: Vec<(Source, PDate)>,
}

impl Body {
    /// Whether it exists on the view's day.
    pub fn life(&self, view: View) -> Life {
        let opened = match self.opened.as_ref().and_then(|opened| opened.value.as_ref()) {
            Some(opened) => opened.is_by(view.as_at),
            None => Certainty::Unknown,
        };
        let closed = match &self.closed {
            None => Certainty::No,
            Some(closed) => closed.value.as_ref().map_or(Certainty::Unknown, |date| date.is_by(view.as_at)),
        };
        match (opened, closed) {
            (Certainty::No, _) => Life::NotYetOpen,
            (_, Certainty::Yes) => Life::Closed,
            (Certainty::Yes, Certainty::No) => Life::Open,
            _ => Life::Unknown,
        }
    }

    /// Its kind, where statements agree.
    pub fn kind(&self) -> Option<BodyKind> {
        self.kind.as_ref()?.value
    }

    /// Its name on the view's day: the full legal one, or the register's where that is not known. Before its
    /// first day, the name that it opens with.
    pub fn name(&self, view: View) -> Option<&NameHeld> {
        let short = || name_on(&self.short_names, view);
        name_on(&self.names, view).or_else(short).or(self.names.first()).or(self.short_names.first())
    }

    /// The register's short name on the view's day.
    pub fn short_name(&self, view: View) -> Option<&NameHeld> {
        name_on(&self.short_names, view)
    }

    /// The contradictions between what is said of it.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        note_contradiction(&mut findings, &self.id, "kind", self.kind.as_ref(), |kind| {
            kind.as_str().to_owned()
        });
        note_contradiction(&mut findings, &self.id, "first day", self.opened.as_ref(), PDate::to_string);
        note_contradiction(
            &mut findings,
            &self.id,
            "first day no more",
            self.closed.as_ref(),
            PDate::to_string,
        );
        findings
    }

    fn hear(&mut self, told: &Told, gathered: &mut Gathered) {
        let source = Source::from(told);
        if told.subject != *self.id.subject() {
            self.hear_of_predecessor(told, source);
        } else if let Some(registered) = told.says::<BodyRegistered>() {
            self.hear_registered(registered, source, gathered);
        } else if let Some(established) = told.says::<BodyEstablished>() {
            self.hear_established(established, source, gathered);
        } else if let Some(renamed) = told.says::<BodyRenamed>() {
            self.hear_renamed(renamed, source);
        } else if let Some(IdentifierAssigned(code)) = told.says::<IdentifierAssigned>() {
            self.codes.push(CodeHeld { code: code.clone(), source });
        } else if let Some(dissolved) = told.says::<BodyDissolved>() {
            gathered.closed.push((source, dissolved.effective.clone()));
        } else if let Some(succession) = told.says::<SuccessionRecorded>() {
            let link = Link::new(succession.successor.clone(), succession, source);
            Link::join(&mut self.successors, link);
        } else {
            return;
        }
        self.why.push(told.position);
    }

    /// A succession is about both its ends; here this body is the successor.
    fn hear_of_predecessor(&mut self, told: &Told, source: Source) {
        let predecessor = BodyId::of(&told.subject);
        if let Some((succession, predecessor)) = told.says::<SuccessionRecorded>().zip(predecessor) {
            Link::join(&mut self.predecessors, Link::new(predecessor, succession, source));
        }
    }

    fn hear_registered(&mut self, said: &BodyRegistered, source: Source, gathered: &mut Gathered) {
        gathered.kinds.push((source, said.kind));
        gathered.opened.extend(said.from.clone().map(|from| (source, from)));
        gathered.closed.extend(said.until.clone().map(|until| (source, until)));
        let held = |name: &String| NameHeld { name: name.clone(), from: None, source };
        self.names.extend(said.name.as_ref().map(held));
        self.short_names.extend(said.short_name.as_ref().map(held));
        self.codes.extend(said.codes.iter().map(|code| CodeHeld { code: code.clone(), source }));
        self.units.extend(said.units.iter().map(|unit| (source, unit.clone())));
        self.part_of = said.part_of.clone().or(self.part_of.take());
    }

    fn hear_established(&mut self, said: &BodyEstablished, source: Source, gathered: &mut Gathered) {
        gathered.kinds.push((source, said.kind));
        gathered.opened.push((source, said.effective.clone()));
        let held = |name: &String| NameHeld { name: name.clone(), from: None, source };
        self.names.push(held(&said.name));
        self.short_names.extend(said.short_name.as_ref().map(held));
        self.codes.extend(said.codes.iter().map(|code| CodeHeld { code: code.clone(), source }));
        self.units.extend(said.units.iter().map(|unit| (source, unit.clone())));
    }

    fn hear_renamed(&mut self, said: &BodyRenamed, source: Source) {
        let held = |renaming: &super::Renaming| NameHeld {
            name: renaming.now.clone(),
            from: Some(said.effective.clone()),
            source,
        };
        self.names.extend(said.name.as_ref().map(held));
        self.short_names.extend(said.short_name.as_ref().map(held));
    }
}

impl Link {
    fn new(body: BodyId, said: &SuccessionRecorded, source: Source) -> Self {
        let (kind, effective, units) = (said.kind, said.effective.clone(), said.units.clone());
        Self { body, kind, effective, units, sources: vec![source] }
    }

    /// The same two bodies on an agreeing date are one succession, confirmed.
    fn join(links: &mut Vec<Link>, link: Link) {
        let same = links
            .iter_mut()
            .find(|known| known.body == link.body && known.effective.agrees_with(&link.effective));
        match same {
            Some(known) => {
                if link.effective.refines(&known.effective) {
                    known.effective = link.effective;
                }
                known.units = known.units.take().or(link.units);
                known.sources.extend(link.sources);
            }
            None => links.push(link),
        }
    }

    /// The highest standing with which it is said.
    pub fn standing(&self) -> Option<crate::Standing> {
        self.sources.iter().map(|source| source.standing).max()
    }
}

/// The name that was taken last by the view's day; of the highest standing, where several say so.
fn name_on(names: &[NameHeld], view: View) -> Option<&NameHeld> {
    names.iter().filter(|held| held.from.as_ref().is_none_or(|from| view.is_past(from))).max_by_key(|held| {
        (held.from.as_ref().and_then(PDate::latest), held.source.standing, held.source.position)
    })
}

fn note_contradiction<T>(
    findings: &mut Vec<Finding>,
    id: &BodyId,
    what: &str,
    fact: Option<&Joined<T>>,
    show: impl Fn(&T) -> String,
) {
    let Some(fact) = fact.filter(|fact| !fact.contradicted_by.is_empty()) else { return };
    let others: Vec<_> = fact
        .contradicted_by
        .iter()
        .map(|(position, other)| format!("{} (entry {position})", show(other)))
        .collect();
    let holds = fact
        .value
        .as_ref()
        .map_or_else(|| "neither holds".to_owned(), |value| format!("{} holds", show(value)));
    findings.push(Finding {
        rule: &JOINING,
        subject: id.subject().clone(),
        found: format!("{what}: {holds}; also said: {}", others.join(", ")),
        needed: "statements that agree".to_owned(),
        why: fact.why.iter().copied().chain(fact.contradicted_by.iter().map(|(at, _value)| *at)).collect(),
    });
}

/// The subject under which a code is found: `code/ods.52R`.
pub fn code_subject(scheme: Scheme, value: &str) -> Option<Subject> {
    format!("code/{}.{value}", scheme.as_str()).parse().ok()
}

/// The subject under which a unit of area is found: `unit/04N`, `unit/01Y.glossop`.
pub fn unit_subject(unit: &Unit) -> Option<Subject> {
    format!("unit/{}", unit.as_str().replace('/', ".")).parse().ok()
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
    let starts = body
        .codes
        .iter()
        .filter(|held| held.code.scheme == scheme && held.code.value == value)
        .filter_map(|held| held.code.from.as_ref()?.earliest())
        .min();
    let opens = body.opened.as_ref().and_then(|opened| opened.value.as_ref()?.earliest());
    let days_since = opens.or(starts).map_or(i64::MIN, |start| start.days_until(view.as_at));
    match body.life(view) {
        Life::Open => (4, -days_since),
        Life::NotYetOpen if starts.is_some_and(|start| start <= view.as_at) => (3, days_since),
        Life::Closed => (2, -days_since),
        Life::NotYetOpen => (1, days_since),
        Life::Unknown => (0, 0),
    }
}
