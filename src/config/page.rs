//! All keys, as a file with its defaults and as the page docs/configuration.md.

use crate::config::check::least_limits;
use crate::config::layers::variable;
use crate::config::{SERVE_PREFIX, ServeConfig, WITNESS_PREFIX, WitnessConfig};
use crate::settings::{Settings, ShownValue};
use std::fmt::Write as _;

/// What stands above the keys of the page.
const HEADER: &str = "\
# Configuration

Everything that `minutebook serve` and `minutebook witness` can be told, by name. What is not said has its default.

A value comes from a file (`--config FILE`, or `MINUTEBOOK_CONFIG`), from the environment, or from a flag; a flag wins over the
environment, and that over the file. Every key has a variable: `limits.head` is `MINUTEBOOK_LIMITS_HEAD`, and a witness's is
`MINUTEBOOK_WITNESS_LIMITS_HEAD`. The usual keys have a flag of their own (`minutebook help serve`); `--set limits.head=20s` sets any.
A variable that is empty counts as one that is not set. A list in a variable is parted by commas. Times have a unit: `500ms`, `20s`, `5min`, `1h`, `2d`.

```toml
dir = \"/var/lib/minutebook\"
listen = \"0.0.0.0:7419\"

[tls]
certificate = \"/etc/minutebook/server.pem\"
key = \"/etc/minutebook/server-key.pem\"

[logging]
level = \"info\"
format = \"json\"
```

`minutebook config check minutebook.toml` prints each value in force and where it comes from, and everything that is wrong, at once:
a key that there is not, a limit of nothing, a file that can't be read, values that do not go together, a certificate that has run out.
It opens no ledger, and `serve` makes the same check before it opens one; with such a certificate it starts, and says so, since it reads
the file again. Exit code 0 means that nothing is wrong (there may be warnings), 2 that something is.
`minutebook config show-defaults` prints a file with every key and what it is; `--witness` does both for a witness.

Secrets are never values: a key file, a certificate and a file of tokens are named, and read when they are needed. What is told in the log
is set by `logging.level`: `RUST_LOG` sets it too, and `MINUTEBOOK_LOGGING_LEVEL` wins over that.

This page is written by `minutebook config show-defaults --page`; a test holds it to the program.
";

/// The page of all keys.
pub fn page() -> String {
    let (mut serve, mut witness) = (ServeConfig::default(), WitnessConfig::default());
    let mut page = HEADER.to_owned();
    let _written = writeln!(page, "\nBeneath these no server works, and less is wrong: {}.", least_limits());
    page.push_str("\n## A server\n");
    page.push_str(&tables(&mut serve, SERVE_PREFIX));
    page.push_str("\n## A witness\n");
    page.push_str(&tables(&mut witness, WITNESS_PREFIX));
    page
}

/// A table of keys for each table of the file.
fn tables(config: &mut dyn Settings, prefix: &str) -> String {
    let (mut text, mut table) = (String::new(), None);
    config.each("", &mut |key, setting| {
        if table != Some(key.table) {
            let title = if key.table.is_empty() { "no table" } else { key.table };
            let head = "| key | default | is | variable |\n|---|---|---|---|\n";
            // Writing into a string does not fail.
            let _written = write!(text, "\n### {title}\n\n{head}");
            table = Some(key.table);
        }
        let default = match setting.shown() {
            ShownValue::Unset => "none".to_owned(),
            shown => format!("`{shown}`"),
        };
        let (says, name) = (key.sentence().replace('|', "\\|"), variable(prefix, key));
        let _written = writeln!(text, "| `{key}` | {default} | {says} | `{name}` |");
    });
    text
}

/// A file with every key, its default and what it is.
pub fn defaults(config: &mut dyn Settings) -> String {
    let (mut text, mut table) = (String::new(), "");
    config.each("", &mut |key, setting| {
        let (gap, shown) = (if text.is_empty() { "" } else { "\n" }, setting.shown());
        text.push_str(gap);
        if table != key.table {
            let _written = writeln!(text, "[{}]", key.table);
            table = key.table;
        }
        for line in key.says {
            let _written = writeln!(text, "# {}", line.trim());
        }
        let _written = match shown {
            // Nothing that the file could say.
            ShownValue::Unset => writeln!(text, "# {} =", key.name),
            shown => writeln!(text, "{} = {shown}", key.name),
        };
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layer, load};
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_page_of_all_keys_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        let written = fs::read_to_string(&path).unwrap_or_default();
        let again = "minutebook config show-defaults --page > docs/configuration.md";
        assert!(written == page(), "docs/configuration.md is not what the code makes: {again}");
        let keys = written.lines().filter(|line| line.starts_with("| `")).count();
        assert!(keys > 30, "{keys}");
    }

    #[test]
    fn the_file_of_defaults_is_taken_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("defaults.toml");
        fs::write(&path, defaults(&mut ServeConfig::default())).unwrap();
        let loaded = load(ServeConfig::default(), &Layer { file: Some(path.clone()), ..Layer::default() });
        assert_eq!((loaded.faults, loaded.config), (Vec::new(), ServeConfig::default()));
        fs::write(&path, defaults(&mut WitnessConfig::default())).unwrap();
        let loaded = load(WitnessConfig::default(), &Layer { file: Some(path), ..Layer::default() });
        assert_eq!((loaded.faults, loaded.config), (Vec::new(), WitnessConfig::default()));
    }

    #[test]
    fn every_key_has_a_name_of_its_own_in_the_environment() {
        let mut names = Vec::new();
        ServeConfig::default().each("", &mut |key, _setting| names.push(variable(SERVE_PREFIX, key)));
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
