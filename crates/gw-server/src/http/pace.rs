//! How fast one address may ask: enough for a fleet of pipelines behind it, and too little to keep
//! everybody else waiting.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Problem;
use crate::app::App;
use crate::net::Peer;

/// Requests a second that an address may go on making.
const EACH_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
/// Requests that it may make at once after a while of silence.
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);
/// Every how many requests addresses that went silent are forgotten.
const SWEEP: u32 = 4096;

/// The pace of each address.
pub(crate) struct Pace {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Pace {
    pub(crate) fn new() -> Self {
        let quota = Quota::per_second(EACH_SECOND).allow_burst(AT_ONCE);
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Counts a request; the seconds to wait for if it is one too many.
    fn ask(&self, address: IpAddr) -> Result<(), u64> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked.is_multiple_of(SWEEP) {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&block(address)).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            wait.as_secs().saturating_add(1)
        })
    }
}

/// What one customer has: a single address, or the /64 of IPv6.
fn block(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !(u64::MAX as u128))),
    }
}

/// Refuses the requests of an address that asks too fast.
pub(crate) async fn keep_pace(
    State(app): State<Arc<App>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let Some(peer) = request.extensions().get::<Peer>() else {
        return next.run(request).await;
    };
    match app.pace.ask(peer.address) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            let detail = format!(
                "more than {EACH_SECOND} requests a second from {}; try again in {seconds} s",
                peer.address
            );
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-fast", detail);
            let mut response = problem.into_response();
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_slowed_down_and_others_are_not() {
        let pace = Pace::new();
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let same_customer: IpAddr = "2001:db8::2".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let refused = (0..20_000).filter(|_| pace.ask(one).is_err()).count();
        assert!(refused > 10_000, "{refused}");
        assert!((1..=2).contains(&pace.ask(same_customer).unwrap_err()));
        pace.ask(other).unwrap();
        pace.ask("192.0.2.1".parse().unwrap()).unwrap();
    }
}
