//! What a caller may do, by certificate and token, and how fast: asked once for each call, before anything is read of it.

use super::caller::Caller;
use super::limits::Limits;
use super::methods::CallKind;
use super::rates::{Client, Rates};
use super::refusal::DoorRefusal;
use super::tls::Strangers;
use super::tokens::{Access, KnownToken, NotTaken, Tokens};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// How a token comes in its header.
const BEARER: &str = "bearer ";

/// Who is let in to do what.
#[derive(Debug)]
pub(super) struct Admission {
    /// Whether callers are asked for certificates, and what becomes of those without.
    certificates: Option<Strangers>,
    tokens: Option<Arc<Tokens>>,
    rates: Rates,
}

impl Admission {
    pub(super) fn new(certificates: Option<Strangers>, tokens: Option<Arc<Tokens>>, limits: &Limits) -> Self {
        Self { certificates, tokens, rates: Rates::new(limits) }
    }

    /// The caller as it may make this call.
    ///
    /// # Errors
    /// [`DoorRefusal`], with what would be right.
    pub(super) fn admit(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        kind: CallKind,
    ) -> Result<Caller, DoorRefusal> {
        if kind == CallKind::Probe {
            return Ok(caller.clone());
        }
        let token = self.token(caller, headers)?;
        let access = self.access(caller, token.as_ref());
        let has_token = token.is_some();
        let caller = caller.known_by(token.map(|token| token.name), access == Access::Write);
        let client = caller.client().or_else(|| Client::at(caller.from()?.ip()));
        if let Some(client) = client {
            self.rates.take(&client, kind).map_err(DoorRefusal::TooFast)?;
        }
        let needed = if kind == CallKind::Append { Access::Write } else { Access::Read };
        match access {
            access if access >= needed => Ok(caller),
            _ if has_token => Err(DoorRefusal::TokenReads),
            _ if self.tokens.is_some() => Err(DoorRefusal::TokenNeeded),
            _ => Err(DoorRefusal::CertificateNeeded),
        }
    }

    /// The token that a call brings, where any are known here.
    fn token(&self, caller: &Caller, headers: &HeaderMap) -> Result<Option<KnownToken>, DoorRefusal> {
        let (Some(tokens), Some(presented)) = (&self.tokens, headers.get(AUTHORIZATION)) else {
            return Ok(None);
        };
        // Whatever it is: it was said where others could hear it.
        if !caller.is_private() {
            return Err(DoorRefusal::TokenInTheClear);
        }
        let presented = presented.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_at_checked(BEARER.len())?;
            scheme.eq_ignore_ascii_case(BEARER).then_some(token.trim())
        });
        let presented = presented.ok_or(DoorRefusal::TokenUnknown)?;
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        match tokens.taken(presented, today) {
            Ok(token) => Ok(Some(token)),
            Err(NotTaken::Unknown) => Err(DoorRefusal::TokenUnknown),
            Err(NotTaken::Over { name, until }) => {
                Err(DoorRefusal::TokenOver { name, until: until.to_string() })
            }
        }
    }

    fn access(&self, caller: &Caller, token: Option<&KnownToken>) -> Access {
        let by_certificate = self.certificates.map(|strangers| match (caller.has_certificate(), strangers) {
            (true, _) => Access::Write,
            (false, Strangers::MayRead) => Access::Read,
            (false, Strangers::StayOut) => Access::Nothing,
        });
        let by_token =
            self.tokens.as_ref().map(|tokens| token.map_or(tokens.without(), |token| token.allows));
        match (by_certificate, by_token) {
            (None, None) => Access::Write,
            (one, other) => one.max(other).unwrap_or(Access::Nothing),
        }
    }

    /// Looks whether the tokens have changed.
    pub(super) fn refresh(&self) {
        self.tokens.iter().for_each(|tokens| tokens.refresh());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doors::NewToken;
    use axum::http::HeaderValue;
    use std::net::SocketAddr;

    fn from(address: &str) -> Caller {
        Caller::new(Some(SocketAddr::new(address.parse().unwrap(), 1)), 1)
    }

    fn bearing(token: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap())])
    }

    #[test]
    fn a_token_is_not_taken_from_where_others_hear_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        let token = NewToken::add(&path, "one", Access::Write, None).unwrap();
        let tokens = Arc::new(Tokens::open(&path, Access::Read).unwrap());
        let admission = Admission::new(None, Some(tokens), &Limits::default());
        let admit = |caller: &Caller| admission.admit(caller, &bearing(token.reveal()), CallKind::Append);
        let far = from("192.0.2.1");
        assert_eq!(admit(&far).unwrap_err(), DoorRefusal::TokenInTheClear);
        far.shakes_hands(None);
        let admitted = admit(&far).unwrap();
        assert!(admitted.may_write() && admitted.kind() == "token");
        assert!(admit(&from("127.0.0.1")).is_ok() && admit(&from("::1")).is_ok());
    }

    #[test]
    fn a_certificate_or_a_token_is_enough_and_a_false_one_is_worse_than_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        let token = NewToken::add(&path, "one", Access::Write, None).unwrap();
        let tokens = || Some(Arc::new(Tokens::open(&path, Access::Nothing).unwrap()));
        let both = Admission::new(Some(Strangers::MayRead), tokens(), &Limits::default());
        let (none, good, bad) = (HeaderMap::new(), bearing(token.reveal()), bearing("mbt_wrong"));
        let (known, stranger) = (from("192.0.2.1"), from("192.0.2.2"));
        known.shakes_hands(Some([7; 32]));
        stranger.shakes_hands(None);
        assert!(both.admit(&known, &none, CallKind::Append).unwrap().may_write());
        assert!(both.admit(&stranger, &good, CallKind::Append).unwrap().may_write());
        assert!(!both.admit(&stranger, &none, CallKind::Question).unwrap().may_write());
        assert_eq!(both.admit(&stranger, &none, CallKind::Append).unwrap_err(), DoorRefusal::TokenNeeded);
        for kind in [CallKind::Question, CallKind::Append] {
            assert_eq!(both.admit(&known, &bad, kind).unwrap_err(), DoorRefusal::TokenUnknown);
        }
        let certificates = Admission::new(Some(Strangers::MayRead), None, &Limits::default());
        assert_eq!(
            certificates.admit(&stranger, &good, CallKind::Append).unwrap_err(),
            DoorRefusal::CertificateNeeded,
            "tokens mean nothing where none are known"
        );
        let closed = Admission::new(None, tokens(), &Limits::default());
        assert_eq!(
            closed.admit(&from("::1"), &none, CallKind::Question).unwrap_err(),
            DoorRefusal::TokenNeeded
        );
        assert!(closed.admit(&from("192.0.2.9"), &none, CallKind::Probe).is_ok(), "health is for everybody");
        let open = Admission::new(None, None, &Limits::default());
        assert!(open.admit(&from("192.0.2.9"), &bad, CallKind::Append).unwrap().may_write());
    }

    #[test]
    fn one_certificate_is_one_client_wherever_it_comes_from() {
        let limits = Limits { appends_rate: 1, rate_burst: 2, ..Limits::default() };
        let admission = Admission::new(Some(Strangers::MayRead), None, &limits);
        let (here, there, other) = (from("192.0.2.1"), from("198.51.100.1"), from("192.0.2.1"));
        here.shakes_hands(Some([7; 32]));
        there.shakes_hands(Some([7; 32]));
        other.shakes_hands(Some([8; 32]));
        let admit = |caller: &Caller| admission.admit(caller, &HeaderMap::new(), CallKind::Append);
        assert!(admit(&here).is_ok() && admit(&there).is_ok() && admit(&other).is_ok());
        assert!(matches!(admit(&there), Err(DoorRefusal::TooFast(_))));
        assert!(admit(&other).is_ok());
    }
}
