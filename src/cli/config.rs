use super::context::Context;
use super::exit::Usage;
use super::layered::{ConfigArgs, Flags};
use super::show;
use super::writing::now;
use crate::config::{
    Checked, ConfigFault, LoadedConfig, SERVE_PREFIX, ServeConfig, ValueOrigin, WITNESS_PREFIX,
    WitnessConfig, defaults, load, page,
};
use crate::settings::{SettingKey, Settings, ShownValue};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Checks what a server or a witness would be told, and shows what can be.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Prints each value in force and where it comes from, and everything that is wrong with them, at once.
    ///
    /// Exit code 0: nothing is wrong, perhaps with warnings. 2: it can't be used, and serve would say the same; but for a
    /// certificate that has run out, with which serve starts, since it reads its files again.
    #[command(after_help = "\
Example:
  minutebook config check minutebook.toml
  MINUTEBOOK_LISTEN=0.0.0.0:7419 minutebook config check --json")]
    Check(CheckArgs),
    /// Prints a file with every key, its default and what it is.
    #[command(after_help = "\
Example:
  minutebook config show-defaults > minutebook.toml
  minutebook config show-defaults --witness > witness.toml")]
    ShowDefaults(DefaultsArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The file; without one, what the environment and flags say.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// It is a witness's.
    #[arg(long)]
    witness: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DefaultsArgs {
    /// Those of a witness.
    #[arg(long)]
    witness: bool,
    /// All of them as the page docs/configuration.md.
    #[arg(long, conflicts_with = "witness")]
    page: bool,
}

/// Each value in force, and where it comes from.
type InForce = Vec<(SettingKey, ShownValue, ValueOrigin)>;

impl Command {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Check(args) => args.run(context),
            Self::ShowDefaults(args) if args.page => Ok(show::line(page().trim_end())?),
            Self::ShowDefaults(args) if args.witness => {
                Ok(show::line(defaults(&mut WitnessConfig::default()).trim_end())?)
            }
            Self::ShowDefaults(_args) => Ok(show::line(defaults(&mut ServeConfig::default()).trim_end())?),
        }
    }
}

impl CheckArgs {
    fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self { file, witness, mut config } = self;
        config.config = file.or(config.config);
        let prefix = if witness { WITNESS_PREFIX } else { SERVE_PREFIX };
        let layer = config.layer(prefix, Flags::default());
        let now = now()?;
        let (values, faults, warnings) = if witness {
            checked(load(WitnessConfig::default(), &layer), |loaded| loaded.check(now))
        } else {
            checked(load(ServeConfig::default(), &layer), |loaded| loaded.check(now))
        };
        if context.json {
            show::json(&as_json(&values, &faults, &warnings))?;
        } else {
            print(&values)?;
            warnings.iter().for_each(|warning| show::say(format!("warning    {warning}")));
            faults.iter().for_each(|fault| show::say(format!("wrong      {fault}")));
        }
        match faults.len() {
            0 => Ok(()),
            1 => Err(Usage("the configuration can't be used: one thing in it is wrong".to_owned()).into()),
            count => {
                Err(Usage(format!("the configuration can't be used: {count} things in it are wrong")).into())
            }
        }
    }
}

fn checked<C: Settings, T>(
    mut loaded: LoadedConfig<C>,
    check: impl FnOnce(LoadedConfig<C>) -> Checked<T>,
) -> (InForce, Vec<ConfigFault>, Vec<String>) {
    let values = loaded.values();
    let Checked { mut faults, passing, warnings, .. } = check(loaded);
    faults.extend(passing);
    (values, faults, warnings)
}

fn print(values: &InForce) -> anyhow::Result<()> {
    let row = |(key, value, origin): &(SettingKey, ShownValue, ValueOrigin)| {
        let value = match value {
            ShownValue::Unset => "none".to_owned(),
            value => value.to_string(),
        };
        [key.to_string(), value, origin.to_string()]
    };
    show::rows(["key", "value", "from"], values.iter().map(row))
}

fn as_json(values: &InForce, faults: &[ConfigFault], warnings: &[String]) -> Value {
    let value = |value: &ShownValue| match value {
        ShownValue::Unset => Value::Null,
        ShownValue::Number(number) => json!(number),
        ShownValue::Text(text) => json!(text),
        ShownValue::List(all) => json!(all),
    };
    let in_force = |(key, shown, origin): &(SettingKey, ShownValue, ValueOrigin)| {
        (key.to_string(), json!({"value": value(shown), "from": origin.to_string()}))
    };
    let faults = faults.iter().map(
        |fault| json!({"from": fault.from, "key": fault.key, "found": fault.found, "needed": fault.needed}),
    );
    let (values, faults): (Map<_, _>, Vec<_>) = (values.iter().map(in_force).collect(), faults.collect());
    json!({"values": values, "faults": faults, "warnings": warnings})
}
