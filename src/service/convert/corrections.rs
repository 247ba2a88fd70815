use super::sealed::text;
use crate::proto;
use minutebook_governance::Record;
use minutebook_governance::documents::{FieldCorrection, RecordCorrected, office};
use minutebook_log::Position;

/// How entries are known otherwise since, as `known` entries tell: by entry, the oldest correction first.
pub(in crate::service) fn corrections(
    record: &Record,
    entries: impl IntoIterator<Item = u64>,
    known: u64,
) -> Vec<proto::Correction> {
    let of = |entry: u64| {
        let target = record.at(Position(entry)).map(|entry| entry.act);
        record.corrections_of(Position(entry), known).into_iter().filter_map(move |(at, is_withdrawn)| {
            let (act, target) = (record.act_as_known(at, known)?, target.as_ref()?);
            let said = act.statement.downcast::<RecordCorrected>()?;
            Some(proto::Correction {
                position: entry,
                corrected_at: at.0,
                kind: said.kind.as_str().to_owned(),
                is_withdrawn,
                fields: said.fields.iter().map(field).collect(),
                reason: Some(text(&said.reason)),
                recorded: record.recorded_at(at).map_or_else(String::new, |moment| moment.to_string()),
                by: act.signatories.iter().map(office).collect(),
                r#type: target.name.to_owned(),
                subject: target.subject.to_string(),
            })
        })
    };
    entries.into_iter().flat_map(of).collect()
}

fn field(field: &FieldCorrection) -> proto::CorrectedField {
    let (old, new) = (field.old.to_string(), field.new.to_string());
    proto::CorrectedField { path: field.path.clone(), old, new }
}
