//! Each command by its name.

use super::ask::{DescribedQuestion, question};
use super::context::Context;
use super::contexts::{SavedContext, given};
use super::shapes::{Shape, asked_for};
use super::{Cli, Command, Global};
use clap::{ArgMatches, FromArgMatches as _};

/// What somebody wants.
pub(super) enum Wanted {
    /// A command that is written by hand, with what its line says of how a server is reached, and the shape of its answer.
    Written(Box<(Cli, SavedContext, Shape)>),
    /// A question that is asked by its description, with what was given.
    Described(Box<(Global, DescribedQuestion, ArgMatches)>),
}

impl Wanted {
    /// What the arguments name.
    pub(super) fn of(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = matches.subcommand().and_then(|(name, given)| Some((question(name)?, given)));
        Ok(match named {
            Some((question, given)) => {
                Self::Described(Box::new((Global::from_arg_matches(matches)?, question, given.clone())))
            }
            None => {
                Self::Written(Box::new((Cli::from_arg_matches(matches)?, given(matches), asked_for(matches))))
            }
        })
    }

    /// What every command takes.
    pub(super) fn global(&self) -> &Global {
        match self {
            Self::Written(written) => &written.0.global,
            Self::Described(described) => &described.0,
        }
    }

    /// Whether it mends contexts, and so is not stopped by them.
    pub(super) fn mends_contexts(&self) -> bool {
        matches!(self, Self::Written(written) if matches!(written.0.command, Command::Context(_)))
    }

    /// Whether it only shows something, which somebody then reads: it asks nothing, and ends by itself.
    pub(super) fn is_to_be_read(&self) -> bool {
        let Self::Written(written) = self else { return true };
        matches!(
            written.0.command,
            Command::Log(_)
                | Command::News(_)
                | Command::Show(_)
                | Command::Body(_)
                | Command::Bodies(_)
                | Command::People(_)
                | Command::Commissioner(_)
                | Command::Commissioners(_)
                | Command::Officer(_)
                | Command::GoverningBody(_)
                | Command::Compare(_)
                | Command::Changes(_)
                | Command::JointAppointment(_)
                | Command::Merger(_)
                | Command::Meeting(_)
                | Command::Notice(_)
                | Command::Agenda(_)
                | Command::Minutes(_)
                | Command::Decisions(_)
                | Command::Due(_)
                | Command::Consultation(_)
                | Command::Delegation(_)
                | Command::Findings(_)
        )
    }

    /// Does it, for whoever works for these bodies.
    pub(super) async fn run(self, bodies: Vec<String>) -> anyhow::Result<()> {
        match self {
            Self::Written(written) => {
                let (cli, given, shape) = *written;
                run(cli, given, bodies, shape).await
            }
            Self::Described(described) => {
                let (global, question, given) = *described;
                question.run(&Context::new(global, bodies)?, &given).await
            }
        }
    }
}

async fn run(cli: Cli, given: SavedContext, bodies: Vec<String>, shape: Shape) -> anyhow::Result<()> {
    let context = Context::new(cli.global, bodies)?.printing(shape);
    match cli.command {
        Command::Init(args) => args.run(&context).await,
        Command::Serve(args) => args.run(&context).await,
        Command::Config(command) => command.run(&context),
        Command::Context(command) => command.run(&context, given),
        Command::Token(command) => command.run(&context),
        Command::Key(command) => command.run(&context).await,
        Command::Id(command) => command.run(&context),
        Command::Grant(args) => args.run(&context).await,
        Command::Revoke(args) => args.run(&context).await,
        Command::Record(args) => args.run(&context).await,
        Command::Correct(args) => args.run(&context).await,
        Command::Withdraw(args) => args.run(&context).await,
        Command::Import(args) => args.run(&context).await,
        Command::Seal(command) => command.run(&context).await,
        Command::Sign(args) => args.run(&context).await,
        Command::Submit(args) => args.run(&context).await,
        Command::Log(args) => args.run(&context).await,
        Command::News(args) => args.run(&context).await,
        Command::Show(args) => args.run(&context).await,
        Command::Body(args) => args.run(&context).await,
        Command::Bodies(args) => args.run(&context).await,
        Command::People(args) => args.run(&context).await,
        Command::Commissioner(args) => args.run(&context).await,
        Command::Commissioners(args) => args.run(&context).await,
        Command::Officer(args) => args.run(&context).await,
        Command::GoverningBody(args) => args.run(&context).await,
        Command::Compare(args) => args.run(&context).await,
        Command::Changes(args) => args.run(&context).await,
        Command::JointAppointment(args) => args.run(&context).await,
        Command::Merger(args) => args.run(&context).await,
        Command::Meeting(args) => args.run(&context).await,
        Command::Notice(args) => args.run(&context).await,
        Command::Agenda(args) => args.run(&context).await,
        Command::Minutes(args) => args.run(&context).await,
        Command::Decisions(args) => args.run(&context).await,
        Command::Due(args) => args.run(&context).await,
        Command::Handover(args) => args.run(&context).await,
        Command::Consultation(args) => args.run(&context).await,
        Command::Export(command) => command.run(&context).await,
        Command::Delegation(args) => args.run(&context).await,
        Command::Findings(args) => args.run(&context).await,
        Command::Receipt(command) => command.run(&context).await,
        Command::Publish(args) => args.run(&context).await,
        Command::Backup(args) => args.run(&context).await,
        Command::Restore(args) => args.run(&context).await,
        Command::Drill(args) => args.run(&context).await,
        Command::Doctor(args) => args.run(&context).await,
        Command::Repair(args) => args.run(&context).await,
        Command::Verify(args) => args.run(&context).await,
        Command::Watch(args) => args.run(&context).await,
        Command::Witness(args) => args.run(&context).await,
        Command::Completions(args) => args.run(),
        Command::Man(args) => args.run(&context),
        Command::Demo(args) => crate::demo::run(&args, context.json).await,
    }
}
