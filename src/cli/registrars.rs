//! What registrars sign, in a command's own words.

use super::writing::{Signer, Words};
use super::written::Places;
use minutebook_governance::catalogue;
use serde_json::{Value, json};

/// Signatories in the capacity of registrars.
pub(super) fn as_registrars(registrars: &[Signer]) -> impl Iterator<Item = Value> + '_ {
    registrars.iter().map(|signer| json!({"key": signer.public(), "capacity": "registrar"}))
}

/// What a command says by itself, without a template.
pub(super) fn words(type_name: &str, subject: minutebook_log::Subject, data: Value) -> anyhow::Result<Words> {
    anyhow::ensure!(catalogue::is_type(type_name), "no type {type_name}");
    let Value::Object(data) = data else { anyhow::bail!("data is no object") };
    let type_name = type_name.to_owned();
    Ok(Words {
        type_name,
        subject,
        id: None,
        time: None,
        correlation_id: None,
        data,
        places: Places::default(),
        disclosures: Vec::new(),
    })
}

/// A random id for somebody who holds a key: nothing of the person can be read from it.
pub(super) fn new_holder() -> anyhow::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random)?;
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("holder-{digits}"))
}
