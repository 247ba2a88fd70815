//! Pages of an answer (AIP-158). A token is opaque to clients: it says with which item the next page starts, from
//! where the first page looked, so that all pages are of one answer, and of which question it is, so that another is
//! not answered from the middle of this one. It ends where a single character of it was changed.

use crate::pages::PageRequest;
use crate::service::status;
use data_encoding::BASE64URL_NOPAD;
use minutebook_governance::Date;
use minutebook_governance::register::FoundAt;
use minutebook_log::{Hash, Position, Subject};
use std::str::FromStr;
use tonic::Status;

/// How many items a page has where the client does not say.
const PAGE_SIZE_DEFAULT: usize = 100;

/// The most items that a page has.
const PAGE_SIZE_MAX: usize = 1000;

/// The most bytes that a page's items have together, so that every client's defaults (4 MiB) take it: 2 MiB. One item
/// that has more comes alone.
pub(super) const PAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// From where a page looks: the day in the world, and how many entries are known.
pub(super) type Pinned = (Date, u64);

/// Which page is asked for.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The most items that it may have.
    pub(super) size: usize,
    token: Option<Token>,
    question: Hash,
}

/// What a page goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    /// From where the first page looked: once for each answer that the question compares.
    views: Vec<Pinned>,
    /// The key of the first item, as its list writes it.
    key: String,
}

impl Page {
    /// Reads what a request says of its page.
    pub(super) fn of<Q: PageRequest>(request: &Q) -> Result<Self, Status> {
        let (size, token) = request.page();
        let size = match usize::try_from(size) {
            Ok(0) => PAGE_SIZE_DEFAULT,
            Ok(size) => size.min(PAGE_SIZE_MAX),
            Err(_negative) => return Err(status::argument("page_size", &size.to_string(), "0 or more")),
        };
        // The question is what is asked, and the request without its page.
        let asked = request.clone().with_page(0, String::new()).encode_to_vec();
        let question = Hash::of(&[Q::full_name().as_bytes(), b" ", &asked].concat());
        let token = match token {
            "" => None,
            token => Some(Token::decode(token, question).ok_or_else(|| refused(token))?),
        };
        Ok(Self { size, token, question })
    }

    /// Whether it is the first of its answer.
    pub(super) fn is_first(&self) -> bool {
        self.token.is_none()
    }

    /// The key of its first item; nothing for the first page.
    pub(super) fn first<K: Key>(&self) -> Result<Option<K>, Status> {
        let Some(token) = &self.token else { return Ok(None) };
        let key = K::parse(&token.key).filter(|key| key.encode() == token.key);
        key.map(Some).ok_or_else(|| refused(&token.key))
    }

    /// From where the `index`th answer of its question looks; nothing for the first page.
    pub(super) fn pinned(&self, index: usize) -> Result<Option<Pinned>, Status> {
        let Some(token) = &self.token else { return Ok(None) };
        token.views.get(index).copied().map(Some).ok_or_else(|| refused(&token.key))
    }

    /// The token of the page that starts with the item of this key.
    pub(super) fn token_for(&self, key: &impl Key, views: &[Pinned]) -> String {
        Token { views: views.to_vec(), key: key.encode() }.encode(self.question)
    }

    /// The rest of a list that had to be worked out whole, each item with its number.
    pub(super) fn rest<T>(&self, items: Vec<T>) -> Result<impl Iterator<Item = (u64, T)> + use<T>, Status> {
        let first = usize::try_from(self.first::<u64>()?.unwrap_or_default()).unwrap_or(usize::MAX);
        Ok((0..).zip(items).skip(first))
    }
}

fn refused(token: &str) -> Status {
    status::argument("page_token", token, "the next_page_token of the same question, or nothing")
}

impl Token {
    fn encode(&self, question: Hash) -> String {
        let views: Vec<_> = self.views.iter().map(|(as_at, known)| format!("{as_at} {known}")).collect();
        let text = format!("{}\n{}", views.join(" "), self.key);
        BASE64URL_NOPAD.encode(format!("{} {text}", sealed(question, &text)).as_bytes())
    }

    fn decode(token: &str, question: Hash) -> Option<Self> {
        let token = String::from_utf8(BASE64URL_NOPAD.decode(token.as_bytes()).ok()?).ok()?;
        let (seal, text) = token.split_once(' ')?;
        if Hash::from_str(seal).ok()? != sealed(question, text) {
            return None;
        }
        let (views, key) = text.split_once('\n')?;
        let words: Vec<_> = views.split(' ').filter(|_word| !views.is_empty()).collect();
        let view = |pair: &[&str]| match pair {
            [as_at, known] => Some((as_at.parse().ok()?, known.parse().ok()?)),
            _ => None,
        };
        let views = words.chunks(2).map(view).collect::<Option<_>>()?;
        Some(Self { views, key: key.to_owned() })
    }
}

/// What binds a token to its question, and its parts to each other. It keeps no secret: a token leads nowhere that a
/// question does not.
fn sealed(question: Hash, text: &str) -> Hash {
    Hash::of(format!("{question} {text}").as_bytes())
}

/// What a list is cut by: where an item stands in it, known before the item is worked out.
pub(super) trait Key: Sized {
    /// As text.
    fn encode(&self) -> String;

    /// From text that may be anything.
    fn parse(text: &str) -> Option<Self>;
}

impl Key for u64 {
    fn encode(&self) -> String {
        self.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Key for Position {
    fn encode(&self) -> String {
        self.0.encode()
    }

    fn parse(text: &str) -> Option<Self> {
        u64::parse(text).map(Self)
    }
}

impl Key for Subject {
    fn encode(&self) -> String {
        self.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Two keys in a row, of which the first has no space.
impl<One: Key, Other: Key> Key for (One, Other) {
    fn encode(&self) -> String {
        format!("{} {}", self.0.encode(), self.1.encode())
    }

    fn parse(text: &str) -> Option<Self> {
        let (one, other) = text.split_once(' ')?;
        Some((One::parse(one)?, Other::parse(other)?))
    }
}

impl Key for FoundAt {
    fn encode(&self) -> String {
        format!("{} {} {}", self.part, self.index, self.of)
    }

    fn parse(text: &str) -> Option<Self> {
        let (part, (index, of)) =
            text.split_once(' ').and_then(|(part, rest)| Some((part, rest.split_once(' ')?)))?;
        Some(Self { part: part.parse().ok()?, index: index.parse().ok()?, of: of.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{ListCommitteesRequest, ListEntriesRequest, ListMeetingsRequest};

    fn page(size: i32, token: &str, subject: &str) -> Result<Page, Status> {
        let question = ListEntriesRequest { subject: subject.to_owned(), ..Default::default() };
        Page::of(&question.with_page(size, token.to_owned()))
    }

    fn views() -> [Pinned; 2] {
        [("2019-04-01".parse().unwrap(), 9), ("2020-04-01".parse().unwrap(), 17)]
    }

    #[test]
    fn a_token_goes_on_with_its_own_question_alone() {
        let token = page(2, "", "body/04K").unwrap().token_for(&2, &views());
        let second = page(2, &token, "body/04K").unwrap();
        assert_eq!(second.first::<u64>().unwrap(), Some(2));
        assert_eq!([0, 1].map(|index| second.pinned(index).unwrap()), views().map(Some));
        assert!(second.pinned(2).is_err());
        assert!(page(2, &token, "body/04L").is_err());
        // How many items a page has may change on the way.
        assert_eq!(page(7, &token, "body/04K").unwrap().first::<u64>().unwrap(), Some(2));
    }

    #[test]
    fn a_token_of_another_question_is_refused_where_its_request_looks_the_same() {
        let body = "body/04K".to_owned();
        let committees = ListCommitteesRequest { body: body.clone(), ..Default::default() };
        let token = Page::of(&committees).unwrap().token_for(&2, &views());
        assert!(Page::of(&committees.with_page(0, token.clone())).is_ok());
        let meetings = ListMeetingsRequest { body, ..Default::default() };
        assert!(Page::of(&meetings.with_page(0, token)).is_err());
    }

    #[test]
    fn a_token_that_was_changed_is_refused() {
        let token = page(2, "", "body/04K").unwrap().token_for(&2, &views());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(page(2, &changed, "body/04K").is_err(), "byte {at}");
        }
        for cut in 1..token.len() {
            assert!(page(2, token.get(..cut).unwrap(), "body/04K").is_err(), "cut at {cut}");
        }
        for wrong in ["2", "=", " ", &format!("{token}A")] {
            assert!(page(2, wrong, "body/04K").is_err(), "{wrong}");
        }
    }

    fn check<K: Key + PartialEq + std::fmt::Debug>(key: &K, others: &[&str]) {
        let token = page(2, "", "").unwrap().token_for(key, &[]);
        assert_eq!(page(2, &token, "").unwrap().first::<K>().unwrap().as_ref(), Some(key));
        for other in others {
            let token = Token { views: Vec::new(), key: (*other).to_owned() };
            let token = token.encode(page(2, "", "").unwrap().question);
            assert!(page(2, &token, "").unwrap().first::<K>().is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_key_has_one_encoding() {
        check(&17_u64, &["", "017", "+17", "17 ", "-1", "18446744073709551616"]);
        check(&Position(17), &["", "017", "x"]);
        check(&"body/04K".parse::<Subject>().unwrap(), &["", "body/", "body/04K "]);
        check(
            &(17_u64, "body/04K".parse::<Subject>().unwrap()),
            &["17", "17 ", "body/04K 17", "017 body/04K"],
        );
        for of in ["", "17", "body/04K"] {
            check(
                &FoundAt { part: 2, of: of.to_owned(), index: 3 },
                &["2 3", "2", "x 3 body/04K", "02 3 17"],
            );
        }
    }

    #[test]
    fn a_page_has_a_size() {
        assert_eq!(page(0, "", "").unwrap().size, PAGE_SIZE_DEFAULT);
        assert_eq!(page(5000, "", "").unwrap().size, PAGE_SIZE_MAX);
        assert!(page(-1, "", "").is_err());
    }

    #[test]
    fn what_was_worked_out_whole_goes_on_by_number() {
        let first = page(2, "", "").unwrap();
        let all: Vec<_> = first.rest(vec!['a', 'b', 'c']).unwrap().collect();
        assert_eq!(all, [(0, 'a'), (1, 'b'), (2, 'c')]);
        let second = page(2, &first.token_for(&2, &[]), "").unwrap();
        assert_eq!(second.rest(vec!['a', 'b', 'c']).unwrap().collect::<Vec<_>>(), [(2, 'c')]);
        let beyond = page(2, &first.token_for(&u64::MAX, &[]), "").unwrap();
        assert_eq!(beyond.rest(vec!['a']).unwrap().count(), 0);
    }
}
