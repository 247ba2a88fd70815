//! What stands behind the question mark of an address.

use form_urlencoded::{Serializer, parse};

/// The values of an address, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the question mark; of what is there twice, the first counts.
    pub(super) fn of(text: Option<&str>) -> Self {
        let values = parse(text.unwrap_or_default().as_bytes());
        Self(values.map(|(name, value)| (name.into_owned(), value.trim().to_owned())).collect())
    }

    /// The value of this name; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _value)| known == name).map_or("", |(_known, value)| value)
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// An address: a path, and values of which those that are empty are left out.
pub(super) fn address<'a>(path: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in values {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_is_read_as_it_was_written() {
        let values = [("q", "O’Brien & sons"), ("at", ""), ("known", "16")];
        let written = address("/search", values);
        assert_eq!(written, "/search?q=O%E2%80%99Brien+%26+sons&known=16");
        let query = Query::of(written.split_once('?').map(|(_path, query)| query));
        assert_eq!((query.get("q"), query.get("known"), query.get("at")), ("O’Brien & sons", "16", ""));
        assert_eq!(address("/", []), "/");
        assert_eq!(Query::of(Some("a=1&a=2&b")).get("a"), "1");
    }
}
