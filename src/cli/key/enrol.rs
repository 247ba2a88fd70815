use crate::author::enrolment_code;
use crate::cli::context::Context;
use crate::cli::exit::{RefusedHere, Usage};
use crate::cli::registrars::{as_registrars, new_holder, words};
use crate::cli::show;
use crate::cli::writing::{Signer, WritingArgs};
use clap::builder::PossibleValuesParser;
use minutebook_governance::authority::{self, Custody};
use serde_json::json;

/// Brings a new key into the book. It signs for itself, so that nobody enrols another's key, and registrars
/// sign beside it, as many as the ledger asks for.
///
/// With --draft the registrars may sign elsewhere: give their public keys, and send them the draft.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  minutebook key enrol --key secretary-04K.pem --label \"Secretary, Nottingham City CCG\" --registrar one.pem")]
pub(crate) struct Enrol {
    /// The new key's file (with --draft also its 64 digits: its owner signs later).
    #[arg(long, value_name = "FILE|HEX")]
    key: String,
    /// What people call it; in examples the name of a role. It is published for ever.
    #[arg(long, alias = "holder-label", value_name = "TEXT")]
    label: String,
    /// A registrar's key file (with --draft also a public key). Once for each.
    #[arg(long, required = true, value_name = "FILE|HEX")]
    registrar: Vec<String>,
    /// Who holds it: the id of an earlier key's holder, if it is the same person. Else a new random id.
    #[arg(long, value_name = "ID")]
    holder: Option<String>,
    /// The code that the holder sees where the key was made (a browser shows it beside the key) and has told you by another way than
    /// the key came by. Nothing is made where it is not that of this ledger, key and label.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// In what it is kept. Else that of a key whose file is given here is a file, and of others nothing is said.
    #[arg(long, value_name = "WHERE", value_parser = PossibleValuesParser::new(Custody::ALL.map(Custody::as_str)))]
    custody: Option<String>,
    #[command(flatten)]
    writing: WritingArgs,
}

impl Enrol {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let own = Signer::open(context, &self.key)?;
        let key = own.public();
        if self.code.is_some() || matches!(own, Signer::Later(_)) {
            let (_client, known) = context.connect().await?;
            let needed = enrolment_code(known.reference.id, key, &self.label);
            match &self.code {
                Some(code) => check_code(code, &needed)?,
                None => show::say(format!(
                    "The code of this key is {needed}. Ask whoever holds it for theirs, by another way than the key came by: if it is \
                     another one, so is the key, and this draft is not to be signed (with --code the program compares)"
                )),
            }
        }
        let registrars = Signer::open_all(context, &self.registrar)?;
        let holder = match self.holder {
            Some(holder) => holder,
            None => new_holder()?,
        };
        let is_file = !matches!(own, Signer::Later(_));
        let custody = self.custody.or_else(|| is_file.then(|| Custody::File.as_str().to_owned()));
        let mut facts = json!({"holder": holder, "use": "author", "label": self.label});
        if let (Some(custody), Some(facts)) = (custody, facts.as_object_mut()) {
            facts.insert("custody".to_owned(), custody.into());
        }
        let subject = authority::subject_of(&key).ok_or_else(|| Usage(format!("{key} is no key")))?;
        let capacities = [json!({"key": key, "capacity": "holder"})];
        let signatories: Vec<_> = capacities.into_iter().chain(as_registrars(&registrars)).collect();
        let data = json!({
            "standing": "own_act",
            "signatories": signatories,
            "facts": facts,
        });
        let signers = [own].into_iter().chain(registrars).collect();
        let words = words("KeyEnrolled", subject, data)?;
        self.writing.write(context, words, signers).await
    }
}

/// Whether a code that somebody was told is the one that it should be; capitals, spaces and hyphens don't matter.
///
/// # Errors
/// That it is another: then the key, the label or the ledger is not what its holder has.
fn check_code(told: &str, needed: &str) -> Result<(), RefusedHere> {
    let bare = |code: &str| code.replace([' ', '-'], "").to_ascii_uppercase();
    if bare(told) == bare(needed) {
        return Ok(());
    }
    Err(RefusedHere(format!(
        "the code {told} is not that of this key under this label in this ledger. Another key may have been sent in \
         the place of its holder's: ask for the key and its name again, by another way"
    )))
}
