use super::context::Context;
use super::new_ids::{check_kind, digits_of};
use super::{show, writing};
use crate::author::new_event_id;
use clap::Subcommand;
use serde_json::json;

/// Makes ids, so that nobody invents one.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prints new ids of a kind: twelve random digits, of which nothing can be read.
    ///
    /// A file that is recorded needs none by hand: action/$new stands for a new one, person/$new:lay for one that the file means
    /// again.
    #[command(after_help = "Examples:\n  minutebook id new person\n  minutebook id new action --count 3")]
    New {
        /// The kind: person, meeting, action, merger, document ...
        kind: String,
        /// How many.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
        count: u16,
    },
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::New { kind, count } = self;
        let kind = check_kind(&kind)?;
        let time = writing::now()?;
        let new = |_index| Ok(format!("{kind}/{}", digits_of(&new_event_id(time)?)));
        let ids = (0..count).map(new).collect::<anyhow::Result<Vec<_>>>()?;
        if context.json {
            return show::json(&json!({"ids": ids}));
        }
        Ok(ids.iter().try_for_each(show::line)?)
    }
}
