//! How questions end: each has a deadline, and each ends where whoever asked has left.

use crate::service::status;
use std::future::Future;
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::Status;
use tonic::metadata::MetadataMap;

/// The most time that a question has, waiting for its turn included; its caller may give it less.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(60);

/// Lets `work` run for as long as it has `time`. What it is given is cancelled once nobody waits for the answer: when
/// its time is over, and when its caller leaves.
///
/// # Errors
/// What `work` says, and `DEADLINE_EXCEEDED` where the time is over.
pub(super) async fn within<T, F: Future<Output = Result<T, Status>>>(
    time: Duration,
    work: impl FnOnce(CancellationToken) -> F,
) -> Result<T, Status> {
    let left = CancellationToken::new();
    // Dropped with the call.
    let _leaves: DropGuard = left.clone().drop_guard();
    let worked = tokio::time::timeout(time, work(left)).await;
    worked.unwrap_or_else(|_elapsed| Err(status::too_late(time)))
}

/// How much time a question has: what its caller gives, less a part in which the answer travels, so that it is there
/// before the caller, or the transport, gives up.
pub(super) fn time_of(metadata: &MetadataMap) -> Duration {
    let given = metadata.get("grpc-timeout").and_then(|given| parse_timeout(given.to_str().ok()?));
    given.map_or(QUESTION_TIME_MAX, |given| (given - given / 20).min(QUESTION_TIME_MAX))
}

/// A timeout as gRPC writes it: at most eight digits, and a unit. What is not one is no limit, as for the transport.
fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_number = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = digits.parse().ok().filter(|_value| is_number)?;
    match unit {
        "H" => Some(Duration::from_secs(value * 3600)),
        "M" => Some(Duration::from_secs(value * 60)),
        "S" => Some(Duration::from_secs(value)),
        "m" => Some(Duration::from_millis(value)),
        "u" => Some(Duration::from_micros(value)),
        "n" => Some(Duration::from_nanos(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use tokio::sync::oneshot;
    use tonic::Code;

    const MOMENT: Duration = Duration::from_millis(1);

    fn given(timeout: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        metadata.insert("grpc-timeout", timeout.parse().unwrap());
        metadata
    }

    #[test]
    fn a_timeout_is_read_as_grpc_writes_it() {
        for (text, time) in [
            ("1H", Duration::from_secs(3600)),
            ("2M", Duration::from_secs(120)),
            ("3S", Duration::from_secs(3)),
            ("200m", Duration::from_millis(200)),
            ("5u", Duration::from_micros(5)),
            ("99999999n", Duration::from_nanos(99_999_999)),
        ] {
            assert_eq!(parse_timeout(text), Some(time), "{text}");
        }
        for text in ["", "S", "12", "+1S", "-1S", " 1S", "1s", "123456789S", "1.5S", "1é"] {
            assert_eq!(parse_timeout(text), None, "{text}");
        }
    }

    #[test]
    fn a_question_ends_before_its_caller_gives_up() {
        assert_eq!(time_of(&given("20S")), Duration::from_secs(19));
        assert_eq!(time_of(&given("1H")), QUESTION_TIME_MAX);
        assert_eq!(time_of(&given("soon")), QUESTION_TIME_MAX);
        assert_eq!(time_of(&MetadataMap::new()), QUESTION_TIME_MAX);
    }

    #[tokio::test]
    async fn a_question_whose_time_is_over_says_so_and_stops_its_work() {
        let (tell, told) = oneshot::channel();
        let asked = within(MOMENT, |left| {
            let _heard = tell.send(left);
            pending::<Result<(), Status>>()
        });
        assert_eq!(asked.await.unwrap_err().code(), Code::DeadlineExceeded);
        assert!(told.await.unwrap().is_cancelled());
        assert_eq!(within(QUESTION_TIME_MAX, |_left| ready(Ok(7))).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn who_leaves_ends_the_question() {
        let (tell, told) = oneshot::channel();
        let asked = within(QUESTION_TIME_MAX, |left| {
            let _heard = tell.send(left);
            pending::<Result<(), Status>>()
        });
        let left = tokio::select! {
            biased;
            answer = asked => panic!("{answer:?}"),
            left = told => left.unwrap(),
        };
        assert!(left.is_cancelled());
    }
}
