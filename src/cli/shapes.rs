//! The shapes beside text and JSON in which an answer is printed: for a spreadsheet, on paper, pasted elsewhere.

use clap::{Arg, ArgAction, ArgMatches, Command};

/// In which shape an answer is printed, where it is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Shape {
    /// For people, on a terminal.
    #[default]
    Text,
    /// For spreadsheets.
    Csv,
    /// As a page that prints on A4.
    Html,
    /// To be pasted elsewhere.
    Markdown,
}

const SHAPES: [(&str, Shape, &str); 3] = [
    ("csv", Shape::Csv, "As CSV: every member of each, by the names that --json has"),
    ("html", Shape::Html, "As a page that prints on A4"),
    ("md", Shape::Markdown, "As Markdown"),
];

/// The commands that are written by hand and whose answers have these shapes too; a command within another after a space.
const ANSWERS: [&str; 21] = [
    "news",
    "log",
    "findings",
    "body",
    "bodies",
    "commissioner",
    "commissioners",
    "officer",
    "people",
    "governing-body",
    "delegation",
    "compare",
    "changes",
    "joint-appointment",
    "merger",
    "meeting",
    "decisions",
    "due",
    "consultation",
    "key list",
    "key show",
];

/// The flags for them, of which one is given.
pub(super) fn flags() -> impl Iterator<Item = Arg> {
    SHAPES.into_iter().map(|(name, _shape, help)| {
        let others = SHAPES.iter().map(|(other, ..)| *other).filter(move |other| *other != name);
        let flag = Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
        flag.conflicts_with_all(others.chain(["json"]).collect::<Vec<_>>())
    })
}

/// The command, whose commands take these flags where their answers have these shapes.
pub(super) fn with_shapes(command: Command) -> Command {
    ANSWERS.into_iter().fold(command, |command, name| match name.split_once(' ') {
        Some((outer, inner)) => {
            command.mut_subcommand(outer, |outer| outer.mut_subcommand(inner, |inner| inner.args(flags())))
        }
        None => command.mut_subcommand(name, |inner| inner.args(flags())),
    })
}

/// The shape that is asked for, by the command that was given or one within it.
pub(super) fn asked_for(given: &ArgMatches) -> Shape {
    let within = given.subcommand().map(|(_name, inner)| asked_for(inner)).unwrap_or_default();
    let is_given = |name: &str| given.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or_default();
    let here = SHAPES.iter().find(|(name, ..)| is_given(name)).map(|(_name, shape, _help)| *shape);
    here.unwrap_or(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &[&str]) -> Result<Shape, clap::Error> {
        let matches = crate::cli::command().try_get_matches_from(["minutebook"].iter().chain(line))?;
        Ok(asked_for(&matches))
    }

    #[test]
    fn every_answer_comes_in_every_shape_and_no_command_else() {
        for name in ANSWERS {
            let words: Vec<_> = name.split(' ').collect();
            let mut found = crate::cli::command();
            for word in words {
                found = found.find_subcommand(word).unwrap_or_else(|| panic!("no {name}")).clone();
            }
            for (flag, ..) in SHAPES {
                assert!(found.get_arguments().any(|it| it.get_id() == flag), "{name} has no --{flag}");
            }
        }
        assert_eq!(asked(&["decisions", "04K", "--csv"]).unwrap(), Shape::Csv);
        assert_eq!(asked(&["key", "list", "--md"]).unwrap(), Shape::Markdown);
        assert_eq!(asked(&["meetings", "04K", "--html"]).unwrap(), Shape::Html);
        assert_eq!(asked(&["decisions", "04K"]).unwrap(), Shape::Text);
        assert!(asked(&["decisions", "04K", "--csv", "--md"]).is_err());
        assert!(asked(&["decisions", "04K", "--csv", "--json"]).is_err());
        assert!(asked(&["record", "a.json", "--csv"]).is_err());
    }
}
