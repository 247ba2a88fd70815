//! The variables that stand for flags.

use clap::Command;
use clap::builder::Resettable;
use std::env;

/// The command, for which a variable that is empty counts as one that is not set: units and compose files set such. A flag that is
/// given with nothing stays a mistake.
pub(super) fn without_empty_variables(command: Command) -> Command {
    without(command, &|name| env::var_os(name).is_some_and(|value| value.is_empty()))
}

fn without(command: Command, is_empty: &dyn Fn(&std::ffi::OsStr) -> bool) -> Command {
    let command = command.mut_args(|argument| {
        let is_left_out = argument.get_env().is_some_and(is_empty);
        if is_left_out { argument.env(Resettable::Reset) } else { argument }
    });
    command.mut_subcommands(|inner| without(inner, is_empty))
}
