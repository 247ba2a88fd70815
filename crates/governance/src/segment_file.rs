//! A segment as bytes and back. Bytes that are not those of a segment come to nothing, never to another index.

use crate::columns::{ColumnReader, ColumnWriter};
use crate::segment::{Lines, Run, Segment, slots_of};
use crate::{Finding, Rule, Standing};
use minutebook_log::{Position, PublicKey, Subject};
use std::any::TypeId;

/// The names under which files speak of what programs have by address: types and rules.
#[derive(Clone, Copy)]
pub(crate) struct Vocabulary {
    pub(crate) name_of: fn(TypeId) -> Option<&'static str>,
    pub(crate) type_of: fn(&str) -> Option<TypeId>,
    pub(crate) rule_of: fn(&str) -> Option<&'static Rule>,
}

const STANDINGS: [Standing; 5] =
    [Standing::ThirdParty, Standing::OwnDocument, Standing::Register, Standing::OwnRecord, Standing::OwnAct];

impl Segment {
    /// Its columns; nothing where a type has no name.
    pub(crate) fn encode(&self, vocabulary: Vocabulary, to: &mut ColumnWriter) -> Option<()> {
        to.number(self.first);
        let names: Option<Vec<_>> = self.lines.types.iter().map(|id| (vocabulary.name_of)(*id)).collect();
        to.texts(names?.into_iter());
        to.items(self.lines.kinds.iter().map(|kind| kind.to_le_bytes()));
        to.items(self.lines.standings.iter().map(|standing| [*standing as u8]));
        to.numbers(&self.lines.subjects);
        to.texts(self.subjects.iter().map(|subject| subject.as_str()));
        to.numbers(&self.run_starts);
        to.items(self.runs.iter().map(|run| run.kind.to_le_bytes()));
        to.items(self.runs.iter().map(|run| run.start.to_le_bytes()));
        to.items(self.runs.iter().map(|run| run.len.to_le_bytes()));
        to.numbers(&self.mentions);
        to.items(self.corrections.iter().map(|(since, _target)| since.to_le_bytes()));
        to.items(self.corrections.iter().map(|(_since, target)| target.to_le_bytes()));
        to.items(self.keys.iter().map(|key| *key.as_bytes()));
        to.numbers(&self.signed_starts);
        to.numbers(&self.signed);
        to.number(self.findings.len() as u64);
        for (entry, findings) in &self.findings {
            to.number((*entry).into());
            to.number(findings.len() as u64);
            for finding in findings {
                let texts = [finding.rule.id, finding.subject.as_str(), &finding.found, &finding.needed];
                to.texts(texts.into_iter());
                to.items(finding.why.iter().map(|why| why.0.to_le_bytes()));
            }
        }
        Some(())
    }

    /// Reads what [`Segment::encode`] wrote.
    pub(crate) fn parse(vocabulary: Vocabulary, from: &mut ColumnReader<'_>) -> Option<Self> {
        let first = from.number()?;
        let types: Option<Vec<_>> = from.texts()?.into_iter().map(vocabulary.type_of).collect();
        let kinds = from.items()?.iter().map(|kind| u16::from_le_bytes(*kind)).collect();
        let standing = |[standing]: &[u8; 1]| STANDINGS.into_iter().find(|known| *known as u8 == *standing);
        let standings = from.items()?.iter().map(standing).collect::<Option<_>>()?;
        let lines = Lines { types: types?, kinds, standings, subjects: from.numbers()? };
        let subjects = from.texts()?.into_iter().map(|text| text.parse().ok());
        let subjects = subjects.collect::<Option<Vec<Subject>>>()?;
        let run_starts = from.numbers()?;
        let kinds = from.items()?.iter().map(|kind| u16::from_le_bytes(*kind));
        let (starts, lens) = (from.numbers()?, from.numbers()?);
        let of_kinds = kinds.zip(starts).zip(lens);
        let runs = of_kinds.map(|((kind, start), len)| Run { kind, start, len }).collect();
        let mentions = from.numbers()?;
        let since = from.numbers()?.into_iter();
        let corrections = since.zip(from.items()?.iter().map(|target| u64::from_le_bytes(*target))).collect();
        let keys = from.items()?.iter().map(|key| PublicKey::from_bytes(*key)).collect();
        let (signed_starts, signed) = (from.numbers()?, from.numbers()?);
        let findings = parse_findings(vocabulary, first, from)?;
        let slots = slots_of(&subjects);
        Some(Self {
            first,
            lines,
            subjects,
            run_starts,
            runs,
            mentions,
            corrections,
            keys,
            signed_starts,
            signed,
            findings,
            slots,
        })
    }
}

fn parse_findings(
    vocabulary: Vocabulary,
    first: u64,
    from: &mut ColumnReader<'_>,
) -> Option<Vec<(u32, Vec<Finding>)>> {
    let mut findings = Vec::new();
    for _entry in 0..from.number()? {
        let entry = u32::try_from(from.number()?).ok()?;
        let raised_at = Position(first.checked_add(entry.into())?);
        let mut of_entry = Vec::new();
        for _finding in 0..from.number()? {
            of_entry.push(parse_finding(vocabulary, raised_at, from)?);
        }
        findings.push((entry, of_entry));
    }
    Some(findings)
}

/// A finding that was raised on the entry at `raised_at`: the last of the entries for which it stands.
fn parse_finding(
    vocabulary: Vocabulary,
    raised_at: Position,
    from: &mut ColumnReader<'_>,
) -> Option<Finding> {
    let texts = from.texts()?;
    let [rule, subject, found, needed] = texts.as_slice() else { return None };
    let why: Vec<_> = from.items()?.iter().map(|why| Position(u64::from_le_bytes(*why))).collect();
    let is_of_it = why.is_sorted_by(|one, other| one < other) && why.last() == Some(&raised_at);
    is_of_it.then_some(Finding {
        rule: (vocabulary.rule_of)(rule)?,
        subject: subject.parse().ok()?,
        found: (*found).to_owned(),
        needed: (*needed).to_owned(),
        why,
    })
}
