//! Pages of an answer (AIP-158). A token is opaque to clients; it carries the question that it goes on with,
//! so that another question is not answered from the middle of this one.

use crate::pages::PageRequest;
use crate::service::status;
use data_encoding::BASE64URL_NOPAD;
use minutebook_governance::Date;
use minutebook_log::Hash;
use std::str::FromStr;
use tonic::Status;

/// How many items a page has where the client does not say.
const PAGE_SIZE_DEFAULT: usize = 100;

/// The most items that a page has.
pub(super) const PAGE_SIZE_MAX: usize = 1000;

/// Which page is asked for.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The most items that it may have.
    pub(super) size: usize,
    /// Where it starts; nothing for the first.
    pub(super) token: Option<Token>,
    question: Hash,
}

/// What a page goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// The index of the first item.
    pub(super) next: u64,
    /// From where the first page looked, so that all pages are of one answer.
    pub(super) view: Option<(Date, u64)>,
}

impl Page {
    /// Reads what a request says of its page.
    pub(super) fn of(request: &impl PageRequest) -> Result<Self, Status> {
        let (size, token) = request.page();
        let size = match usize::try_from(size) {
            Ok(0) => PAGE_SIZE_DEFAULT,
            Ok(size) => size.min(PAGE_SIZE_MAX),
            Err(_negative) => return Err(status::argument("page_size", &size.to_string(), "0 or more")),
        };
        // The question is the request without its page.
        let question = Hash::of(&request.clone().with_page(0, String::new()).encode_to_vec());
        let needed = "the next_page_token of the same question, or nothing";
        let token = match token {
            "" => None,
            token => match decode(token, question) {
                Some(token) => Some(token),
                None => return Err(status::argument("page_token", token, needed)),
            },
        };
        Ok(Self { size, token, question })
    }

    /// The index of its first item.
    pub(super) fn first(&self) -> u64 {
        self.token.map_or(0, |token| token.next)
    }

    /// The token of the page that starts at `next`.
    pub(super) fn token_for(&self, token: Token) -> String {
        let view = token.view.map_or_else(String::new, |(as_at, known)| format!("{as_at} {known}"));
        let text = format!("{} {} {view}", self.question, token.next);
        BASE64URL_NOPAD.encode(text.as_bytes())
    }

    /// The items of this page out of all, and the token of the next page.
    pub(super) fn cut<T>(&self, items: Vec<T>, view: (Date, u64)) -> (Vec<T>, String) {
        let first = usize::try_from(self.first()).unwrap_or(usize::MAX);
        let end = first.saturating_add(self.size);
        let goes_on = items.len() > end;
        let items = items.into_iter().skip(first).take(self.size).collect();
        let token = Token { next: end as u64, view: Some(view) };
        (items, if goes_on { self.token_for(token) } else { String::new() })
    }
}

fn decode(token: &str, question: Hash) -> Option<Token> {
    let text = String::from_utf8(BASE64URL_NOPAD.decode(token.as_bytes()).ok()?).ok()?;
    let mut words = text.split(' ');
    let of_question = Hash::from_str(words.next()?).ok()?;
    let next = words.next()?.parse().ok()?;
    let view = match words.next()? {
        "" => None,
        as_at => Some((as_at.parse().ok()?, words.next()?.parse().ok()?)),
    };
    (of_question == question && words.next().is_none()).then_some(Token { next, view })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ListEntriesRequest;

    fn page(size: i32, token: &str, subject: &str) -> Result<Page, Status> {
        let question = ListEntriesRequest { subject: subject.to_owned(), ..Default::default() };
        Page::of(&question.with_page(size, token.to_owned()))
    }

    #[test]
    fn a_token_goes_on_with_its_own_question_alone() {
        let view = ("2020-04-01".parse().unwrap(), 17);
        let first = page(2, "", "body/04K").unwrap();
        let (items, token) = first.cut(vec!['a', 'b', 'c'], view);
        assert_eq!(items, ['a', 'b']);
        let second = page(2, &token, "body/04K").unwrap();
        assert_eq!(second.token, Some(Token { next: 2, view: Some(view) }));
        assert_eq!(second.cut(vec!['a', 'b', 'c'], view), (vec!['c'], String::new()));
        assert!(page(2, &token, "body/04L").is_err());
        assert!(page(2, "2", "body/04K").is_err());
    }

    #[test]
    fn a_page_has_a_size() {
        assert_eq!(page(0, "", "").unwrap().size, PAGE_SIZE_DEFAULT);
        assert_eq!(page(5000, "", "").unwrap().size, PAGE_SIZE_MAX);
        assert!(page(-1, "", "").is_err());
    }
}
