//! What people write in files: JSON objects, one or several, with notes between them. It is read so that each mistake is told
//! by its line, with what stood there and what would be right, in the words of whoever writes a resolution and not those of a
//! parser.

use super::exit::Mistake;
use super::places::Stands;
pub(crate) use super::places::{Places, nearer};
use jsonc_parser::ast::{self, Object};
use jsonc_parser::common::{Range, Ranged as _};
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::tokens::Token;
use jsonc_parser::{
    CollectOptions, ParseOptions, ParseStringErrorKind, Scanner, ScannerOptions, parse_to_ast,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Display;

/// How many characters of what stood there are repeated.
const QUOTED_MAX: usize = 40;

/// How deep lists and objects may stand in each other.
const DEPTH_MAX: usize = 32;

/// What JSON has, with notes: nothing that another reader would not read.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// An object of a file.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// Its members, but for `$schema`, which is for editors.
    pub(crate) members: Map<String, Value>,
    /// Where they stand.
    pub(crate) places: Places,
}

/// Reads a file of objects; `file` is what it is called.
///
/// # Errors
/// Every mistake, with its line and column: of each object the first, and every text in it that can't stand there.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Vec<Written>, Mistake> {
    let (objects, mistakes): (Vec<_>, Vec<_>) = read_each(file, bytes)?.into_iter().partition(Result::is_ok);
    let mistakes = Mistake::of_all(mistakes.into_iter().filter_map(Result::err));
    mistakes.map_or_else(|| Ok(objects.into_iter().filter_map(Result::ok).collect()), Err)
}

/// Each object of a file, as far as it can be read.
///
/// # Errors
/// There is none; or it can't be told where one ends and the next begins.
pub(crate) fn read_each(file: &str, bytes: &[u8]) -> Result<Vec<Result<Written, Mistake>>, Mistake> {
    let text = Text { file, text: text_of(file, bytes)? };
    let ranges = text.objects()?;
    if ranges.is_empty() {
        let told =
            format!("{file} says nothing; minutebook record --template TYPE prints what is to be filled in");
        return Err(Mistake::at((0, 0), told));
    }
    Ok(ranges.into_iter().map(|range| text.object(range)).collect())
}

/// The objects of a file from which something is recorded, without what is there for editors.
///
/// # Errors
/// The first mistake, in words, with its line and column.
pub fn read_recorded(file: &str, bytes: &[u8]) -> Result<Vec<Map<String, Value>>, String> {
    let written = read(file, bytes).map_err(|mistake| mistake.to_string())?;
    Ok(written.into_iter().map(|object| object.members).collect())
}

/// The text of a file, without the mark that some editors put before it.
fn text_of<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, Mistake> {
    if bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || bytes.iter().take(64).any(|byte| *byte == 0)
    {
        let told = format!("{file} is in UTF-16: save it as UTF-8 (in the editor: Save as, encoding UTF-8)");
        return Err(Mistake::at((0, 0), told));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let told = format!(
                "{file}, line {line}: found a byte that is no UTF-8, as an older encoding writes letters with accents; save \
                 the file as UTF-8"
            );
            Err(Mistake::at((line, 0), told))
        }
    }
}

/// A file, for those who say where in it something stands.
struct Text<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Text<'a> {
    fn wrong(&self, at: usize, found: impl Display, needed: impl Display) -> Mistake {
        let Stands { line, column, .. } = self.stands(at);
        let told = format!("{}, line {line}, column {column}: found {found}; needed {needed}", self.file);
        Mistake::at((line, column), told)
    }

    /// The line and the column of a character.
    fn stands(&self, at: usize) -> Stands {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_begin = before.rfind('\n').map_or(0, |at| at + 1);
        let on_line = before.get(line_begin..).unwrap_or_default();
        let is_within = !on_line.trim_start_matches([' ', '\t', '{', '[']).is_empty();
        Stands { line: self.line(at), column: on_line.chars().count() + 1, is_within }
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or(self.text).matches('\n').count() + 1
    }

    /// Where the objects stand, one after another.
    fn objects(&self) -> Result<Vec<Range>, Mistake> {
        let options = ScannerOptions {
            allow_single_quoted_strings: STRICT.allow_single_quoted_strings,
            allow_hexadecimal_numbers: STRICT.allow_hexadecimal_numbers,
            allow_unary_plus_numbers: STRICT.allow_unary_plus_numbers,
            allow_bare_decimal_point_numbers: STRICT.allow_bare_decimal_point_numbers,
            allow_non_finite_numbers: STRICT.allow_non_finite_numbers,
            allow_extended_string_escapes: STRICT.allow_extended_string_escapes,
        };
        let mut scanner = Scanner::new(self.text, &options);
        let (mut objects, mut open) = (Vec::new(), Vec::new());
        while let Some(token) = scanner.scan().map_err(|error| self.unread(&error, 0))? {
            let (start, end) = (scanner.token_start(), scanner.token_end());
            match token {
                Token::OpenBrace | Token::OpenBracket if !open.is_empty() => open.push(start),
                Token::OpenBrace => open.push(start),
                Token::CloseBrace | Token::CloseBracket if !open.is_empty() => {
                    if let (Some(start), true) = (open.pop(), open.is_empty()) {
                        objects.push(Range { start, end });
                    }
                }
                Token::CommentLine(_) | Token::CommentBlock(_) => {}
                Token::OpenBracket | Token::Comma if open.is_empty() => {
                    let needed = "an object, from { to }: one event after another, without [ ] around them and without commas between them";
                    return Err(self.wrong(start, self.quoted(start), needed));
                }
                _ if open.is_empty() => {
                    let needed = "an object, from { to }; a note begins with //";
                    return Err(self.wrong(start, self.quoted(start), needed));
                }
                _ => {}
            }
            if open.len() > DEPTH_MAX {
                return Err(self.wrong(
                    start,
                    "one more list or object in another",
                    format!("{DEPTH_MAX} at most"),
                ));
            }
        }
        match open.last() {
            Some(start) => Err(self.wrong(
                self.text.trim_end().len(),
                "the end of the file",
                format!("the end of what begins on line {}: }} or ]", self.line(*start)),
            )),
            None => Ok(objects),
        }
    }

    fn object(&self, range: Range) -> Result<Written, Mistake> {
        let slice = self.text.get(range.start..range.end).unwrap_or_default();
        let parsed = parse_to_ast(slice, &CollectOptions::default(), &STRICT);
        let parsed = parsed.map_err(|error| self.unread(&error, range.start))?;
        let Some(ast::Value::Object(object)) = parsed.value else {
            return Err(self.wrong(range.start, self.quoted(range.start), "an object, from { to }"));
        };
        let mut lines = BTreeMap::from([(String::new(), self.stands(range.start))]);
        let mut members = self.members(&object, range.start, "", &mut lines)?;
        members.remove("$schema");
        Ok(Written { members, places: Places::of_object(self.file, lines) })
    }

    fn members(
        &self,
        object: &Object<'_>,
        from: usize,
        pointer: &str,
        lines: &mut BTreeMap<String, Stands>,
    ) -> Result<Map<String, Value>, Mistake> {
        let (mut members, mut mistakes) = (Map::new(), Vec::new());
        for member in &object.properties {
            let (name, at) = (member.name.as_str(), from + member.range.start);
            mistakes.extend(self.check_text(at..from + member.name.range().end, name).err());
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if let Some(first) = lines.insert(pointer.clone(), self.stands(at)) {
                let needed = format!("each name once; it stands on line {} too", first.line);
                mistakes.push(self.wrong(at, format_args!("the name \"{name}\" a second time"), needed));
            }
            match self.value(&member.value, from, &pointer, lines) {
                Ok(value) => members.extend([(name.to_owned(), value)]),
                Err(wrong) => mistakes.push(wrong),
            }
        }
        Mistake::of_all(mistakes).map_or(Ok(members), Err)
    }

    fn value(
        &self,
        value: &ast::Value<'_>,
        from: usize,
        pointer: &str,
        lines: &mut BTreeMap<String, Stands>,
    ) -> Result<Value, Mistake> {
        let at = from + value.range().start;
        match value {
            ast::Value::StringLit(text) => {
                self.check_text(at..from + text.range.end, &text.value)?;
                Ok(Value::String(text.value.to_string()))
            }
            ast::Value::NumberLit(number) => {
                let whole = number.value.parse::<i64>().ok().filter(|_whole| number.value != "-0");
                whole.map(Value::from).ok_or_else(|| {
                    let needed = "a whole number, in digits alone; what has decimals is text in quotes";
                    self.wrong(at, format_args!("the number {}", number.value), needed)
                })
            }
            ast::Value::BooleanLit(yes) => Ok(Value::Bool(yes.value)),
            ast::Value::NullKeyword(_) => Ok(Value::Null),
            ast::Value::Object(object) => Ok(Value::Object(self.members(object, from, pointer, lines)?)),
            ast::Value::Array(list) => {
                let (mut items, mut mistakes) = (Vec::new(), Vec::new());
                for (index, item) in list.elements.iter().enumerate() {
                    let pointer = format!("{pointer}/{index}");
                    lines.insert(pointer.clone(), self.stands(from + item.range().start));
                    match self.value(item, from, &pointer, lines) {
                        Ok(value) => items.push(value),
                        Err(wrong) => mistakes.push(wrong),
                    }
                }
                Mistake::of_all(mistakes).map_or(Ok(Value::Array(items)), Err)
            }
        }
    }

    /// Refuses what nobody sees in a text, by its name.
    fn check_text(&self, at: std::ops::Range<usize>, text: &str) -> Result<(), Mistake> {
        let raw = self.text.get(at.clone()).unwrap_or_default();
        if let Some(end) = raw.find(['\n', '\r']) {
            let needed = "the closing \" on the same line; within a text a new line is written \\n";
            return Err(self.wrong(at.start + end, "the end of the line, within a text", needed));
        }
        let Some(hidden) = text.chars().find(|letter| name_of(*letter).is_some()) else { return Ok(()) };
        let place = raw.find(hidden).map_or(at.start, |within| at.start + within);
        let name = name_of(hidden).unwrap_or_default();
        let needed = match hidden {
            '\t' => "spaces, or a new line (\\n)",
            _ => "text without it: nobody would see it, and it may make the text look like another",
        };
        Err(self.wrong(place, format_args!("{name} (U+{:04X}) in a text", u32::from(hidden)), needed))
    }

    /// What the reader of JSON stumbled over, in words.
    fn unread(&self, error: &ParseError, from: usize) -> Mistake {
        use ParseErrorKind as Kind;
        let at = from + error.range().start;
        let quotes = "straight quotes: \" before and after each name and each text";
        let found = self.quoted(at);
        match self.text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(quote @ ('\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}')) => {
                return self.wrong(at, format_args!("the typographic quote {quote}"), quotes);
            }
            Some('\'') => return self.wrong(at, "the single quote '", quotes),
            Some('#') => return self.wrong(at, found, "a note to begin with //"),
            Some(';') => {
                return self.wrong(
                    at,
                    found,
                    "no semicolon: a comma between members, and nothing behind an event",
                );
            }
            _ => {}
        }
        let word: String = self
            .text
            .get(at..)
            .unwrap_or_default()
            .chars()
            .take_while(|letter| letter.is_alphanumeric())
            .collect();
        let small = word.to_lowercase();
        if ["true", "false", "null"].contains(&small.as_str()) && small != word {
            return self.wrong(at, found, format!("{small}, in small letters"));
        }
        // A text that is closed before a word was to go on.
        let is_word = word.starts_with(char::is_alphabetic)
            && !matches!(error.kind(), Kind::ExpectedColonAfterObjectKey);
        if is_word
            && self.text.get(..at).is_some_and(|before| before.trim_end_matches([' ', ',']).ends_with('"'))
        {
            let before = self.text.get(..at).unwrap_or_default();
            if !before.ends_with([',', '\n']) {
                let needed = "no quotation mark within a text: there it is written \\\", or typographic (\u{201c} and \u{201d})";
                return self.wrong(at, format_args!("{found}, behind a text that is closed"), needed);
            }
        }
        match error.kind() {
            Kind::TrailingCommasNotAllowed => {
                self.wrong(at, "a comma with nothing after it", "no comma after the last member of a list or an object")
            }
            Kind::ExpectedComma => self.wrong(at, found, "a comma here, since more follows"),
            Kind::ExpectedColonAfterObjectKey => self.wrong(at, found, "a colon between a name and its value"),
            Kind::ExpectedObjectValue => self.wrong(at, found, "a value after the colon"),
            Kind::ExpectedStringObjectProperty | Kind::UnexpectedWord | Kind::UnexpectedTokenInObject => {
                self.wrong(at, found, quotes)
            }
            Kind::UnterminatedObject | Kind::UnterminatedArray => {
                self.wrong(at, "something that is not closed", "} or ] at its end")
            }
            Kind::UnterminatedCommentBlock => self.wrong(at, "a note that is not closed", "*/ at its end"),
            Kind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
                self.wrong(at, "a text that is not closed", "the closing \" on the same line")
            }
            Kind::String(_) => self.wrong(
                at,
                "a backslash that means nothing",
                "\\\\ for a backslash, \\\" for a quote, \\n for a new line, or \\u and four hexadecimal digits",
            ),
            Kind::SingleQuotedStringsNotAllowed => self.wrong(at, found, quotes),
            Kind::NestingDepthExceeded => self.wrong(at, found, format!("{DEPTH_MAX} levels at most")),
            _ => self.wrong(at, found, "JSON: names and texts in \" quotes, commas between members, whole numbers"),
        }
    }

    /// What stands there, up to the end of the line.
    fn quoted(&self, at: usize) -> String {
        let rest = self.text.get(at..).unwrap_or_default();
        let line: String = rest.lines().next().unwrap_or_default().chars().take(QUOTED_MAX).collect();
        if line.trim().is_empty() { "the end of the line".to_owned() } else { line.trim_end().to_owned() }
    }
}

/// What a character is called that nobody sees, or that turns the writing round.
fn name_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\n' => return None,
        '\0' => "a zero character",
        '\t' => "a tab",
        '\u{1b}' => "an escape character",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a character that turns the direction of writing"
        }
        letter if letter.is_control() => "a control character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_governance::Malformed;

    fn said(text: &str) -> String {
        read("decision.json", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn objects_are_read_with_notes_and_whatever_editors_add() {
        let text = "\u{feff}// a note\r\n{\"$schema\": \"x.json\", \"a\": [1, {\"b\": \"\u{201c}so\u{201d}\\n\"}]}\r\n\r\n{\"c\": -2, \"d\": null}\n// end\n";
        let objects = read("file", text.as_bytes()).unwrap();
        let members: Vec<_> = objects.iter().map(|object| Value::Object(object.members.clone())).collect();
        let expected = [
            serde_json::json!({"a": [1, {"b": "\u{201c}so\u{201d}\n"}]}),
            serde_json::json!({"c": -2, "d": null}),
        ];
        assert_eq!(members, expected);
    }

    #[test]
    fn each_mistake_is_told_by_its_line_with_what_would_be_right() {
        for (text, place, words) in [
            ("{\"a\": 1,\n}", "line 1, column 8", "a comma with nothing after it"),
            ("{\"a\": [1,\n2,]}", "line 2, column 2", "a comma with nothing after it"),
            ("{\"a\": 1\n \"b\": 2}", "line 1, column 8", "a comma here"),
            ("{\"a\": 1\n ", "line 1, column 8", "the end of what begins on line 1"),
            ("{\n\u{201c}a\": 1}", "line 2, column 1", "the typographic quote \u{201c}"),
            ("{\"a\": \u{2018}b\u{2019}}", "line 1, column 7", "the typographic quote \u{2018}"),
            ("{'a': 1}", "line 1, column 2", "the single quote"),
            ("{a: 1}", "line 1, column 2", "straight quotes"),
            ("{\"a\" 1}", "line 1, column 6", "a colon"),
            ("{\"a\": \"x\ny\"}", "line 1, column 9", "within a text a new line is written \\n"),
            ("{\"a\": \"x}", "line 1, column 7", "a text that is not closed"),
            ("{\"a\": 1,\n\"a\": 2}", "line 2, column 1", "it stands on line 1 too"),
            ("{\"a\": 1.5}", "line 1, column 7", "a whole number"),
            ("{\"a\": \"\\x\"}", "line 1", "a backslash that means nothing"),
            ("{\"a\": \"He said \"no\".\"}", "line 1, column 17", "within a text: there it is written \\\""),
            ("{\"a\": True}", "line 1, column 7", "true, in small letters"),
            ("{\"a\": 1};", "line 1, column 9", "no semicolon"),
            ("# note\n{\"a\": 1}", "line 1, column 1", "a note to begin with //"),
            ("{\"a\": 1},\n{\"a\": 2}", "line 1, column 9", "without commas between them"),
            ("{\"a\": \"b\tc\"}", "line 1, column 9", "a tab (U+0009)"),
            ("{\"a\u{1}b\": 1}", "line 1, column 4", "a control character (U+0001)"),
            ("{\"a\": \"b\\u001b\"}", "line 1, column 7", "an escape character (U+001B)"),
            ("{\"a\": \"b\\u0000\"}", "line 1, column 7", "a zero character (U+0000)"),
            ("{\"a\": \"b\u{202e}\"}", "line 1, column 9", "turns the direction of writing (U+202E)"),
            ("The Board agreed.", "line 1, column 1", "an object, from { to }"),
            ("[{\"a\": 1}]", "line 1, column 1", "an object, from { to }"),
        ] {
            let said = said(text);
            assert!(
                said.contains(&format!("decision.json, {place}")) && said.contains(words),
                "{text:?}: {said}"
            );
        }
        assert!(said(" \n// a note\n").contains("says nothing"));
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [[&[0xff, 0xfe], &utf16[..]].concat(), utf16] {
            assert!(read("f", &bytes).unwrap_err().to_string().contains("save it as UTF-8"));
        }
        let latin = read("f", b"{\"a\":\n\"caf\xe9\"}").unwrap_err().to_string();
        assert!(latin.contains("f, line 2: found a byte that is no UTF-8"), "{latin}");
        assert!(said(&"{\"a\":".repeat(40)).contains("32 at most"));
    }

    #[test]
    fn a_member_is_found_by_its_line_or_that_of_what_should_hold_it() {
        let text = "{\n\"facts\": {\n\"outcom\": \"approved\",\n\"votes\": [\n{}]}}";
        let written = read("decision.json", text.as_bytes()).unwrap().remove(0);
        let places = written.places.of_data();
        let line = |at: &str| places.locate(&Malformed::new(at, "x", "y")).to_string();
        assert!(line("/data/facts/outcom").starts_with("decision.json, line 3, /facts/outcom: found x"));
        assert!(line("/data/facts/text").contains("line 2,"), "it is missing there");
        assert!(line("/data/facts/votes/0/for").contains("line 5,"));
        assert!(line("/type").contains("line 1,"));
        assert_eq!(
            Places::default().locate(&Malformed::new("/id", "x", "y")).to_string(),
            "/id: found x; needed y"
        );
    }

    #[test]
    fn what_was_probably_meant_is_named() {
        assert_eq!(
            nearer("a member `txt`", "one of `text`, `votes`"),
            "one of `text`, `votes`; did you mean `text`?"
        );
        assert_eq!(nearer("\"no\"", "one of `text`, `votes`"), "one of `text`, `votes`");
    }
}
