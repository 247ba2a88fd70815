//! The commands as `help` lists them: by what people want to do.

use clap::Command;
use owo_colors::OwoColorize as _;
use std::fmt::Write as _;

/// What people want to do, and the commands for it, in their order.
const GROUPS: [(&str, &[&str]); 8] = [
    (
        "What a body is",
        &[
            "body",
            "bodies",
            "lineage",
            "commissioner",
            "commissioners",
            "practices",
            "directions",
            "compare",
            "changes",
        ],
    ),
    (
        "Who decides",
        &[
            "governing-body",
            "officer",
            "people",
            "appointment",
            "joint-appointment",
            "powers",
            "committees",
            "committee",
            "delegations",
            "delegation",
            "partnership",
            "partnerships",
        ],
    ),
    (
        "What it does",
        &[
            "meetings",
            "meeting",
            "notice",
            "agenda",
            "minutes",
            "decisions",
            "votes",
            "attendance",
            "actions",
            "interests",
            "due",
            "handover",
        ],
    ),
    (
        "What becomes of it",
        &["mergers", "merger", "consultations", "consultation", "conditions", "intentions", "stated"],
    ),
    (
        "The book itself",
        &["news", "log", "show", "documents", "findings", "audits", "verify", "watch", "receipt", "export"],
    ),
    (
        "Writing",
        &[
            "record", "correct", "withdraw", "seal", "id", "sign", "submit", "import", "key", "grant",
            "revoke",
        ],
    ),
    (
        "Keeping a ledger",
        &[
            "init", "serve", "config", "token", "publish", "backup", "restore", "drill", "doctor", "repair",
            "witness",
        ],
    ),
    ("This program", &["demo", "context", "completions", "man", "help"]),
];

/// The group of those that no group names.
const OTHERS: &str = "Others";

/// The command, whose help lists its commands by what people want to do.
pub(super) fn grouped(mut command: Command) -> Command {
    // The command for help is there once all is built.
    command.build();
    let listed = listed(&command);
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{listed}{}\n{{options}}{{after-help}}",
        "Options:".bold().underline()
    );
    command.help_template(template)
}

/// The commands by their groups, each with what it does.
fn listed(command: &Command) -> String {
    let known = |name: &str| GROUPS.iter().any(|(_title, names)| names.contains(&name));
    let all = || command.get_subcommands().map(Command::get_name);
    let width = all().map(str::len).max().unwrap_or_default();
    let others: Vec<_> = all().filter(|name| !known(name)).collect();
    let mut text = String::new();
    for (title, names) in GROUPS.into_iter().chain([(OTHERS, others.as_slice())]) {
        let about = |name: &&str| {
            let found = command.find_subcommand(name)?;
            Some((
                found.get_name().to_owned(),
                found.get_about().map(ToString::to_string).unwrap_or_default(),
            ))
        };
        let commands: Vec<_> = names.iter().filter_map(about).collect();
        if commands.is_empty() {
            continue;
        }
        let _written = writeln!(text, "{}", format!("{title}:").bold().underline());
        for (name, about) in commands {
            let _written = writeln!(text, "  {}  {about}", format!("{name:<width$}").bold());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_command_is_in_one_group() {
        let command = crate::cli::command();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        GROUPS
            .iter()
            .flat_map(|(_title, names)| *names)
            .for_each(|name| *counts.entry(name).or_default() += 1);
        let twice: Vec<_> = counts.iter().filter(|(_name, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let mut built = command.clone();
        built.build();
        let there: Vec<_> = built.get_subcommands().map(Command::get_name).collect();
        let missing: Vec<_> = there.iter().filter(|name| !counts.contains_key(*name)).collect();
        assert!(missing.is_empty(), "in no group: {missing:?}");
        let gone: Vec<_> = counts.keys().filter(|name| !there.contains(*name)).collect();
        assert!(gone.is_empty(), "no commands any more: {gone:?}");
    }

    #[test]
    fn the_help_lists_each_command_with_what_it_does() {
        let help = anstream::adapter::strip_str(&grouped(crate::cli::command()).render_help().to_string())
            .to_string();
        for line in
            ["What it does:", "Writing:", "Prints the minutes of a meeting", "Options:", "--server <URL>"]
        {
            assert!(help.contains(line), "{line}: {help}");
        }
        assert!(!help.contains("Others:") && !help.contains("{options}"), "{help}");
        assert_eq!(help.matches("\n  withdraw ").count(), 1, "{help}");
    }
}
