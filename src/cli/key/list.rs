use super::held::show_key;
use crate::cli::context::Context;
use crate::cli::key_news::{self, KeyNews};
use crate::cli::new_ids::body_of;
use crate::cli::shapes::Shape;
use crate::cli::show;
use crate::cli::view::ViewArgs;
use crate::client::KnownLedger;
use crate::proto::{Key, ListKeysResponse};
use minutebook_governance::BodyId;
use serde_json::{Value, json};

/// Lists every key that the book knows, oldest first; or, with --body, the keys that may sign for a body, with
/// who granted it and on what evidence. What is new for the body since you looked last is said aloud.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook key list
  minutebook key list --body body/04K
  minutebook key list --body body/04K --as-at 2019-07-04 --known-at 2019-07-05")]
pub(crate) struct List {
    /// Only the keys that were granted to sign for this body, by name or with every other.
    #[arg(long, value_name = "ID", value_parser = body_of)]
    body: Option<BodyId>,
    #[command(flatten)]
    view: ViewArgs,
}

impl List {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let view = self.view.to_wire();
        let is_of_now = view.known_at.is_none();
        let listed = key_news::list(context, (&mut client, &known), self.body.as_ref(), view).await?;
        if context.shape != Shape::Text {
            return context.answer(&listed, |_listed| Ok(()));
        }
        let Some(body) = &self.body else { return show_all(context, &known, &listed) };
        // What was known once tells nothing new.
        let news =
            if is_of_now { Some(key_news::since_last(context, &known, body, &listed.keys)?) } else { None };
        show_body(context, body, &listed, news.as_ref())?;
        if is_of_now {
            context.memory.keep_grants(
                known.reference.id,
                &body.to_string(),
                &key_news::grants(&listed.keys),
            );
        }
        Ok(())
    }
}

fn show_body(
    context: &Context,
    body: &BodyId,
    listed: &ListKeysResponse,
    news: Option<&KeyNews>,
) -> anyhow::Result<()> {
    if context.json {
        let mut said = show::to_json(listed)?;
        if let Value::Object(members) = &mut said {
            members.insert("news".to_owned(), news.map_or(Value::Null, KeyNews::to_json));
        }
        return show::json(&said);
    }
    let (may, may_not): (Vec<_>, Vec<_>) = listed.keys.iter().partition(|key| may_sign(key));
    show::sentence(format!("{}: {} may sign for it", show::title(body), keys(may.len())))?;
    for key in may.into_iter() {
        show::line("")?;
        show_key(key)?;
    }
    if !may_not.is_empty() {
        show::line("")?;
        show::sentence(show::title("No more, or not yet"))?;
    }
    for key in may_not {
        show::line("")?;
        show_key(key)?;
    }
    news.iter().for_each(|news| news.say());
    Ok(show::answered(listed.answered.as_ref())?)
}

fn may_sign(key: &Key) -> bool {
    key.grants.iter().any(|grant| grant.state == "in_force")
}

fn keys(count: usize) -> String {
    if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }
}

fn show_all(context: &Context, known: &KnownLedger, listed: &ListKeysResponse) -> anyhow::Result<()> {
    let threshold = known.ledger.registrar_threshold;
    if context.json {
        let mut said = show::to_json(listed)?;
        if let Value::Object(members) = &mut said {
            members.insert("registrar_keys".to_owned(), json!(known.ledger.registrar_keys));
            members.insert("registrar_threshold".to_owned(), json!(threshold));
        }
        return show::json(&said);
    }
    show::line(show::table(["label", "state", "may sign as", "key"], listed.keys.iter().map(row)))?;
    show::say(format!(
        "Registrars in force hold {}; {threshold} of them sign what registrars do.",
        keys(known.ledger.registrar_keys.len())
    ));
    Ok(show::answered(listed.answered.as_ref())?)
}

fn row(key: &Key) -> [String; 4] {
    let state = match (key.is_enrolled, key.is_revoked) {
        (_, true) => key.revoked_reason.clone(),
        (true, false) => "enrolled".to_owned(),
        (false, false) => "named".to_owned(),
    };
    let label = if key.is_enrolled {
        show::text(key.label.as_ref()).to_owned()
    } else {
        "(the opening entry)".to_owned()
    };
    let registrar = (key.is_registrar && !key.is_enrolled).then(|| "registrar".to_owned());
    let grants = key.grants.iter().filter(|grant| grant.state != "revoked").map(|grant| {
        let bodies =
            if grant.bodies == ["any"] { String::new() } else { format!(" {}", grant.bodies.join(" ")) };
        format!("{}{bodies}", grant.capacity)
    });
    let may: Vec<_> = registrar.into_iter().chain(grants).collect();
    [label, state, may.join(", "), key.key.clone()]
}
