//! What an operator sets: a struct of named values, each with what it is and its default, written once. File,
//! environment, flags, the check and the page of all keys go through the same list.
//!
//! Deliberately lacks: where values come from, and what they are for.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml_writer::{TomlStringBuilder, WriteTomlValue as _};

/// What was given for a key, as text: one value, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenValue {
    /// One value. Numbers are their digits.
    One(String),
    /// A list.
    Several(Vec<String>),
}

impl GivenValue {
    /// The one value.
    pub fn one(&self) -> Option<&str> {
        match self {
            Self::One(text) => Some(text),
            Self::Several(_) => None,
        }
    }

    /// The values of a list; text from the environment is one, parted by commas.
    pub(crate) fn several(&self) -> Vec<&str> {
        match self {
            Self::One(text) if text.is_empty() => Vec::new(),
            Self::One(text) => text.split(',').collect(),
            Self::Several(all) => all.iter().map(String::as_str).collect(),
        }
    }
}

impl fmt::Display for GivenValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(text) => write!(f, "{text:?}"),
            Self::Several(all) => write!(f, "{all:?}"),
        }
    }
}

/// A value as it is shown, and as the file takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownValue {
    /// There is none.
    Unset,
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

impl fmt::Display for ShownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => Ok(()),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => quoted(text, f),
            Self::List(all) => {
                f.write_str("[")?;
                for (at, text) in all.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    quoted(text, f)?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A text as TOML has it, in one line.
fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    TomlStringBuilder::new(text).as_basic().write_toml_value(f)
}

/// A value that can be set.
pub trait Setting {
    /// Takes what was given.
    ///
    /// # Errors
    /// What would be right, in words: "a whole number of at least 1".
    fn take(&mut self, given: &GivenValue) -> Result<(), String>;

    /// What it is now.
    fn shown(&self) -> ShownValue;
}

/// A key: its table in the file ("" for none), its name there, and the lines that say what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingKey {
    /// The table.
    pub table: &'static str,
    /// The name in it.
    pub name: &'static str,
    /// What it is.
    pub says: &'static [&'static str],
}

impl fmt::Display for SettingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.table.is_empty() {
            write!(f, "{}.", self.table)?;
        }
        f.write_str(self.name)
    }
}

impl SettingKey {
    /// What it is, in one line.
    pub fn sentence(&self) -> String {
        self.says.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    }
}

/// Several values that are set together.
pub trait Settings {
    /// Shows each value, with its key in `table`.
    fn each(&mut self, table: &'static str, show: &mut dyn FnMut(SettingKey, &mut dyn Setting));
}

/// Declares a struct of settings: each field with what it is, its type and its default.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $seen:vis struct $name:ident {
            $($(#[doc = $says:literal])+ pub $field:ident: $type:ty = $default:expr,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $seen struct $name {
            $($(#[doc = $says])+ pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $crate::settings::Settings for $name {
            fn each(
                &mut self,
                table: &'static str,
                show: &mut dyn FnMut($crate::settings::SettingKey, &mut dyn $crate::settings::Setting),
            ) {
                $({
                    let (name, says) = (stringify!($field), [$($says),+].as_slice());
                    show($crate::settings::SettingKey { table, name, says }, &mut self.$field);
                })+
            }
        }
    };
}
pub(crate) use settings;

/// Lets a type that has few values be set by their names.
macro_rules! choices {
    ($type:ty: $($name:literal => $value:expr),+ $(,)?) => {
        impl $crate::settings::Setting for $type {
            fn take(&mut self, given: &$crate::settings::GivenValue) -> Result<(), String> {
                $(if given.one() == Some($name) {
                    *self = $value;
                    return Ok(());
                })+
                Err(format!("one of {}", [$($name),+].join(", ")))
            }

            fn shown(&self) -> $crate::settings::ShownValue {
                $(if *self == $value {
                    return $crate::settings::ShownValue::Text($name.to_owned());
                })+
                $crate::settings::ShownValue::Unset
            }
        }
    };
}
pub(crate) use choices;

/// The largest number that can be set, 2^48: more means nothing, and some of what is made of it can't count further.
const NUMBER_MAX: u64 = 1 << 48;

/// Numbers, which are never nothing: a limit of nothing lets nobody in.
macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn take(&mut self, given: &GivenValue) -> Result<(), String> {
                let max = u64::try_from(Self::MAX).unwrap_or(u64::MAX).min(NUMBER_MAX);
                let digits = given.one().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let number = digits.and_then(|digits| digits.parse::<u64>().ok());
                let number = number.filter(|number| (1..=max).contains(number));
                let number = number.and_then(|number| Self::try_from(number).ok());
                *self = number.ok_or_else(|| format!("a whole number from 1 to {max}"))?;
                Ok(())
            }

            fn shown(&self) -> ShownValue {
                ShownValue::Number(u64::try_from(*self).unwrap_or(u64::MAX))
            }
        }
    )+};
}
numbers!(u32, u64, usize);

/// The units of time, the largest first: name and milliseconds.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];

/// The longest time that can be set, ten years: what is to happen never is not set by a time.
const DAYS_MAX: u64 = 3650;

impl Setting for Duration {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        let read = || {
            let text = given.one()?;
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let (number, unit) = text.split_at_checked(digits)?;
            let (_name, millis) = UNITS.iter().find(|(name, _millis)| *name == unit.trim())?;
            let millis = number.parse::<u64>().ok()?.checked_mul(*millis)?;
            (1..=DAYS_MAX * 86_400_000).contains(&millis).then_some(millis)
        };
        let needed = || format!("a time from 1ms to {DAYS_MAX}d, such as 500ms, 20s, 5min, 1h or 2d");
        *self = read().map(Duration::from_millis).ok_or_else(needed)?;
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        let all = u64::try_from(self.as_millis()).unwrap_or(u64::MAX);
        let whole = UNITS.iter().find(|(_name, millis)| all.is_multiple_of(*millis));
        let (name, millis) = whole.copied().unwrap_or(("ms", 1));
        ShownValue::Text(format!("{}{name}", all / millis))
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("a path".to_owned()) } else { Ok(PathBuf::from(OsString::from(text))) }
}

fn shown_path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Setting for Option<PathBuf> {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        *self = Some(path(given.one().unwrap_or_default())?);
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        self.as_deref().map_or(ShownValue::Unset, |path| ShownValue::Text(shown_path(path)))
    }
}

impl Setting for Vec<PathBuf> {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        *self = given.several().into_iter().map(path).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        ShownValue::List(self.iter().map(|path| shown_path(path)).collect())
    }
}

impl Setting for SocketAddr {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        let parsed = given.one().and_then(|text| text.parse().ok());
        *self =
            parsed.ok_or_else(|| "an address and a port, such as 127.0.0.1:7419 or [::1]:7419".to_owned())?;
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        ShownValue::Text(self.to_string())
    }
}

impl Setting for Option<SocketAddr> {
    fn take(&mut self, given: &GivenValue) -> Result<(), String> {
        let mut address = SocketAddr::from(([127, 0, 0, 1], 0));
        address.take(given)?;
        *self = Some(address);
        Ok(())
    }

    fn shown(&self) -> ShownValue {
        self.map_or(ShownValue::Unset, |address| address.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    settings! {
        /// A few.
        struct Few {
            /// How many.
            pub count: u32 = 3,
            /// How long,
            /// at most.
            pub time: Duration = Duration::from_secs(90),
            /// Which files.
            pub files: Vec<PathBuf> = Vec::new(),
            /// Where.
            pub address: Option<SocketAddr> = None,
        }
    }

    fn one(text: &str) -> GivenValue {
        GivenValue::One(text.to_owned())
    }

    #[test]
    fn keys_have_their_names_and_what_they_say() {
        let (mut few, mut seen) = (Few::default(), Vec::new());
        few.each("few", &mut |key, setting| {
            seen.push(format!("{key} = {}: {}", setting.shown(), key.sentence()));
        });
        assert_eq!(
            seen,
            [
                "few.count = 3: How many.",
                "few.time = \"90s\": How long, at most.",
                "few.files = []: Which files.",
                "few.address = : Where.",
            ]
        );
    }

    #[test]
    fn what_is_right_is_taken_and_shown_as_it_can_be_given_again() {
        let mut few = Few::default();
        few.each("", &mut |key, setting| {
            let given = match key.name {
                "count" => one("7"),
                "time" => one("120min"),
                "files" => GivenValue::Several(vec!["a, b".to_owned(), "c".to_owned()]),
                _ => one("[::1]:80"),
            };
            setting.take(&given).unwrap();
        });
        let files = vec![PathBuf::from("a, b"), PathBuf::from("c")];
        let address = "[::1]:80".parse().ok();
        assert_eq!(few, Few { count: 7, time: Duration::from_secs(7200), files, address });
        assert_eq!(few.time.shown(), ShownValue::Text("2h".to_owned()));
        few.files.take(&one("a,b")).unwrap();
        assert_eq!(few.files.shown().to_string(), r#"["a", "b"]"#);
        assert_eq!(ShownValue::Text(r#"a\"b"#.to_owned()).to_string(), r#""a\\\"b""#);
    }

    #[test]
    fn nonsense_is_refused_and_changes_nothing() {
        let mut few = Few::default();
        for text in ["0", "-1", "+1", "1.5", "", "4294967296", "one"] {
            assert!(few.count.take(&one(text)).unwrap_err().contains("a whole number from 1"), "{text}");
        }
        for text in [
            "0s",
            "20",
            "s",
            "1.5s",
            "-1s",
            "20 parsecs",
            "99999999999999999999d",
            "99999999999d",
            "3651d",
            "",
        ] {
            assert!(few.time.take(&one(text)).unwrap_err().contains("such as 500ms"), "{text}");
        }
        for text in ["localhost", "127.0.0.1", "here:80"] {
            assert!(Setting::take(&mut few.address, &one(text)).is_err(), "{text}");
        }
        assert!(few.files.take(&GivenValue::Several(vec![String::new()])).is_err());
        assert_eq!(few, Few::default());
    }
}
