//! What people write: the files that they record from, and configurations.

use super::files::with_file;
use super::{read_all, root};
use minutebook::cli::read_recorded;
use minutebook::config::{Layer, ServeConfig, WitnessConfig, defaults, load};
use serde_json::{Map, Value};
use std::path::Path;

pub fn examples() -> Vec<Vec<u8>> {
    let mut all = vec![
        b"// The first item.\n{\"$schema\": \"x\", \"type\": \"DecisionRecorded\", \"facts\": {\"text\": \"\\u00e9\"}}\n".to_vec(),
        b"\xef\xbb\xbf{\r\n  \"facts\": {\"list\": [1, null, true, []]} /* as read */\r\n}\r\n{}".to_vec(),
    ];
    let events =
        read_all(&root().join("spec/vectors/book")).into_iter().filter(|bytes| bytes.starts_with(b"{"));
    all.extend(events.take(12));
    all
}

/// The objects of a text as a reader of plain JSON finds them, one after another.
fn plainly(bytes: &[u8]) -> Option<Vec<Map<String, Value>>> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    serde_json::Deserializer::from_slice(text).into_iter().collect::<Result<_, _>>().ok()
}

/// What is read of a file is what a reader of plain JSON finds in it, where it has no notes; a mistake is told by the file's
/// name; and what was read is read again from what a program would write.
pub fn recorded(bytes: &[u8]) {
    let objects = match read_recorded("resolution.jsonc", bytes) {
        Ok(objects) => objects,
        Err(mistake) => {
            // Of several, how many there are, and then each on a line of its own.
            let (first, each) = mistake.split_once('\n').unwrap_or((&mistake, ""));
            let is_named = match first.strip_suffix(" mistakes") {
                Some(_count) => {
                    each.lines().all(|line| line.starts_with("  ")) && each.contains("resolution.jsonc")
                }
                None => mistake.starts_with("resolution.jsonc"),
            };
            return assert!(is_named, "{mistake}");
        }
    };
    if let Some(mut plain) = plainly(bytes) {
        plain.iter_mut().for_each(|object| drop(object.remove("$schema")));
        assert_eq!(objects, plain);
    } else {
        // Whoever pastes from elsewhere may have white space of other kinds between members.
        let is_other_space = |letter: char| letter.is_whitespace() && !" \t\r\n".contains(letter);
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains('/') || text.contains(is_other_space), "only these make a difference");
    }
    let again: Vec<u8> = objects.iter().flat_map(|object| serde_json::to_vec(object).unwrap()).collect();
    assert_eq!(read_recorded("again", &again).as_ref(), Ok(&objects));
}

pub fn configs() -> Vec<Vec<u8>> {
    let (mut serve, mut witness) = (ServeConfig::default(), WitnessConfig::default());
    let changed =
        "[limits]\nstreams = 7\nhead = \"1500ms\"\n[logging]\nformat = \"json\"\nlevel = \"debug\"\n";
    vec![defaults(&mut serve).into_bytes(), defaults(&mut witness).into_bytes(), changed.as_bytes().to_vec()]
}

/// Whatever is wrong with a file, what is in force is a configuration: written as a file it is taken again, and is the same.
/// Each fault names where it stands.
pub fn config(bytes: &[u8]) {
    fn layer(path: &Path) -> Layer {
        Layer { file: Some(path.to_owned()), ..Layer::default() }
    }
    with_file(bytes, |path| {
        let mut loaded = load(ServeConfig::default(), &layer(path));
        for fault in &loaded.faults {
            assert!(fault.to_string().contains(&*path.to_string_lossy()), "{fault}");
        }
        let text = defaults(&mut loaded.config);
        with_file(text.as_bytes(), |path| {
            let again = load(ServeConfig::default(), &layer(path));
            assert_eq!((again.faults, again.config), (Vec::new(), loaded.config));
        });
        let mut loaded = load(WitnessConfig::default(), &layer(path));
        let text = defaults(&mut loaded.config);
        with_file(text.as_bytes(), |path| {
            let again = load(WitnessConfig::default(), &layer(path));
            assert_eq!((again.faults, again.config), (Vec::new(), loaded.config));
        });
    });
}
