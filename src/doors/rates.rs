//! How fast one client may ask and append: whoever is known by a token or a certificate, or else an address.
//!
//! The table of clients is bounded: those that have not been here for longest are forgotten, and begin anew. What comes
//! from this machine itself without a name is not counted: a proxy has its own limits, and knows its clients.

use super::limits::Limits;
use super::methods::CallKind;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use quick_cache::sync::Cache;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// Whose calls are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// The holder of a token, by its name.
    Token(Arc<str>),
    /// The holder of a certificate, by its digest.
    Certificate([u8; 32]),
    /// Whoever comes from an address; of IPv6 the first 64 bits, since one subscriber has all the others.
    Address(IpAddr),
}

impl Client {
    /// The client at an address; nothing for this machine itself.
    pub(super) fn at(address: IpAddr) -> Option<Self> {
        let address = address.to_canonical();
        if address.is_loopback() {
            return None;
        }
        Some(Self::Address(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(whole) => IpAddr::from((u128::from(whole) & (u128::MAX << 64)).to_be_bytes()),
        }))
    }
}

/// What one client has left.
#[derive(Debug)]
struct Allowance {
    appends: DefaultDirectRateLimiter,
    questions: DefaultDirectRateLimiter,
}

/// All clients.
#[derive(Debug)]
pub(super) struct Rates {
    limits: (u32, u32),
    quotas: (Quota, Quota),
    clients: Cache<Client, Arc<Allowance>>,
    clock: DefaultClock,
}

/// A client comes too fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooFast {
    /// How many calls of this kind it may make in a second.
    pub(crate) rate: u32,
    /// After what time it may come again.
    pub(crate) wait: Duration,
}

impl Rates {
    pub(super) fn new(limits: &Limits) -> Self {
        let number = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = |rate: u32| Quota::per_second(number(rate)).allow_burst(number(limits.rate_burst));
        Self {
            limits: (limits.appends_rate, limits.questions_rate),
            quotas: (quota(limits.appends_rate), quota(limits.questions_rate)),
            clients: Cache::new(limits.rate_clients),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a call of a client.
    ///
    /// # Errors
    /// [`TooFast`], where it has made as many as it may; the call is not counted then.
    pub(super) fn take(&self, client: &Client, kind: CallKind) -> Result<(), TooFast> {
        let (appends, questions) = self.quotas;
        let new =
            || Allowance { appends: RateLimiter::direct(appends), questions: RateLimiter::direct(questions) };
        let made =
            self.clients.get_or_insert_with(client, || Ok::<_, std::convert::Infallible>(Arc::new(new())));
        let allowance = made.unwrap_or_else(|never| match never {});
        let (limiter, rate) = match kind {
            CallKind::Probe => return Ok(()),
            CallKind::Append => (&allowance.appends, self.limits.0),
            CallKind::Question => (&allowance.questions, self.limits.1),
        };
        limiter
            .check()
            .map_err(|not_until| TooFast { rate, wait: not_until.wait_time_from(self.clock.now()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(clients: usize) -> Rates {
        // One in a second: no test is so slow that it gets another.
        let limits = Limits {
            appends_rate: 1,
            questions_rate: 1,
            rate_burst: 3,
            rate_clients: clients,
            ..Limits::default()
        };
        Rates::new(&limits)
    }

    fn at(address: &str) -> Client {
        Client::at(address.parse().unwrap()).unwrap()
    }

    #[test]
    fn who_comes_too_fast_is_told_when_to_come_again_and_nobody_else_is() {
        let rates = rates(100);
        let (greedy, modest) = (at("192.0.2.1"), at("192.0.2.2"));
        for _call in 0..3 {
            rates.take(&greedy, CallKind::Append).unwrap();
        }
        let too_fast = rates.take(&greedy, CallKind::Append).unwrap_err();
        assert!(
            too_fast.rate == 1 && too_fast.wait > Duration::ZERO && too_fast.wait <= Duration::from_secs(1)
        );
        assert!(rates.take(&greedy, CallKind::Question).is_ok(), "questions are counted by themselves");
        assert!(rates.take(&greedy, CallKind::Probe).is_ok());
        assert!(rates.take(&modest, CallKind::Append).is_ok());
    }

    #[test]
    fn a_client_is_a_name_or_an_address_whatever_its_lower_half() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"), "one address in two spellings");
        for own in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(Client::at(own.parse().unwrap()), None, "{own}");
        }
    }

    #[test]
    fn the_table_of_clients_is_bounded() {
        let rates = rates(64);
        for number in 0..10_000_u32 {
            let client = Client::Address(IpAddr::from(number.to_be_bytes()));
            let _counted = rates.take(&client, CallKind::Question);
        }
        assert!(rates.clients.len() <= 64, "{}", rates.clients.len());
    }
}
