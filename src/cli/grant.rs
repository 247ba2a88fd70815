use super::context::Context;
use super::exit::Usage;
use super::new_ids::body_of;
use super::registrars::{as_registrars, words};
use super::writing::{Signer, WritingArgs};
use minutebook_governance::{BodyId, Capacity, Date, Instant, Standing, catalogue};
use minutebook_log::{EventId, PublicKey};
use serde_json::{Map, Value, json};

/// Grants a key the authority to sign: in which capacity, for which bodies, which types with which standings,
/// in which two periods. --signs-* limits when it signs (recorded time); --acts-* limits the dates of what it
/// signs, so a dissolution ends new acts without voiding the key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook grant --key secretary-04K.pem --capacity secretary --body body/04K \\
      --acts-from 2013-04-01 --evidence \"Letter of appointment\" --registrar one.pem")]
pub(crate) struct Args {
    /// The key: its file, or its 64 digits.
    #[arg(long, value_name = "FILE|HEX")]
    key: String,
    /// As what it signs: secretary, chair, accountable_officer, nhs_england, minister, register, importer,
    /// consultation_lead, evaluator, scrutineer, partnership_secretary, auditor; or registrar, who enrols keys and
    /// grants authority as those named by the opening entry do.
    #[arg(long, value_parser = parse_capacity)]
    capacity: Capacity,
    /// For which body (body/04K); once for each. Else for any, where the capacity is not one of a body's.
    #[arg(long, value_name = "ID", value_parser = body_of)]
    body: Vec<BodyId>,
    /// Which type of event (DecisionRecorded); once for each. Else any.
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_type)]
    types: Vec<String>,
    /// With which standing; once for each. Else what the capacity is for: acts and own records, or reports.
    #[arg(long, value_parser = parse_standing)]
    standing: Vec<Standing>,
    /// The first moment at which it signs (recorded, RFC 3339). Else from the grant on.
    #[arg(long, value_name = "TIME")]
    signs_from: Option<Instant>,
    /// The first moment at which it signs no more.
    #[arg(long, value_name = "TIME")]
    signs_until: Option<Instant>,
    /// The first day whose acts it covers.
    #[arg(long, value_name = "DATE")]
    acts_from: Option<Date>,
    /// The first day whose acts it covers no more.
    #[arg(long, value_name = "DATE")]
    acts_until: Option<Date>,
    /// The event id of the decision that it rests on.
    #[arg(long, value_name = "EVENT_ID")]
    decision: Option<EventId>,
    /// The title of a document that it rests on and that is not held; once for each.
    #[arg(long, value_name = "TITLE")]
    evidence: Vec<String>,
    /// The grant's own id, after grant/. Else made from capacity, body and key.
    #[arg(long, value_name = "SLUG")]
    id: Option<String>,
    /// A registrar's key file (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    registrar: Vec<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let key = Signer::open(context, &self.key)?.public();
        let registrars = Signer::open_all(context, &self.registrar)?;
        let facts = self.facts(key)?;
        let subject = format!("grant/{}", self.slug(key)).parse()?;
        let mut data = json!({
            "standing": "own_act",
            "signatories": as_registrars(&registrars).collect::<Vec<_>>(),
            "facts": facts,
        });
        if let Some(data) = data.as_object_mut().filter(|_data| !self.evidence.is_empty()) {
            let evidence = self.evidence.iter().map(|title| json!({"title": title, "held": false}));
            data.insert("evidence".to_owned(), evidence.collect());
        }
        self.writing.write(context, words("AuthorityGranted", subject, data)?, registrars).await
    }

    fn facts(&self, key: PublicKey) -> anyhow::Result<Value> {
        let is_of_a_body = matches!(
            self.capacity,
            Capacity::Secretary | Capacity::Chair | Capacity::AccountableOfficer | Capacity::ConsultationLead
        );
        if is_of_a_body && self.body.is_empty() {
            let capacity = self.capacity.as_str();
            return Err(
                Usage(format!("for which body? {capacity} is an office of a body: --body body/04K")).into()
            );
        }
        let mut facts = Map::new();
        let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        put("key", json!(key));
        put("capacity", json!(self.capacity));
        put("bodies", any_or(&self.body));
        put("types", any_or(&self.types));
        put("standings", json!(self.standings()));
        let optional = [
            ("signs_from", self.signs_from.as_ref().map(|moment| json!(moment))),
            ("signs_until", self.signs_until.as_ref().map(|moment| json!(moment))),
            ("acts_from", self.acts_from.map(|day| json!(day))),
            ("acts_until", self.acts_until.map(|day| json!(day))),
            ("decision", self.decision.map(|id| json!(id))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, value);
            }
        }
        Ok(Value::Object(facts))
    }

    fn standings(&self) -> Vec<Standing> {
        match self.capacity {
            _ if !self.standing.is_empty() => self.standing.clone(),
            Capacity::Register => vec![Standing::Register],
            Capacity::Importer => vec![Standing::OwnDocument, Standing::ThirdParty],
            Capacity::Registrar => vec![Standing::OwnAct],
            _ => vec![Standing::OwnAct, Standing::OwnRecord],
        }
    }

    /// Capacity, bodies and the start of the key: unlike any other grant, and telling in a list.
    fn slug(&self, key: PublicKey) -> String {
        let bodies = self.body.iter().map(|body| format!("-{}", body.slug()));
        let start: String = key.to_string().chars().take(8).collect();
        let made = || format!("{}{}-{start}", self.capacity.as_str(), bodies.take(4).collect::<String>());
        self.id.clone().unwrap_or_else(made)
    }
}

fn any_or<T: serde::Serialize>(listed: &[T]) -> Value {
    if listed.is_empty() { json!("any") } else { json!(listed) }
}

fn parse_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}

pub(super) fn parse_capacity(word: &str) -> Result<Capacity, Usage> {
    parse_word(word).filter(|capacity| *capacity != Capacity::Holder).ok_or_else(|| {
        Usage(
            "one of secretary, chair, accountable_officer, nhs_england, minister, register, importer, \
             consultation_lead, partnership_secretary, auditor, evaluator, scrutineer, registrar"
                .to_owned(),
        )
    })
}

pub(super) fn parse_standing(word: &str) -> Result<Standing, Usage> {
    parse_word(word)
        .ok_or_else(|| Usage("one of own_act, own_record, register, own_document, third_party".to_owned()))
}

fn parse_type(name: &str) -> Result<String, Usage> {
    if catalogue::is_type(name) {
        return Ok(name.to_owned());
    }
    let names: Vec<_> = catalogue::CATALOGUE.iter().map(|row| row.name).collect();
    Err(Usage(format!("one of {}", names.join(", "))))
}
