//! How often a network may have pages rendered, over however many connections. The files of the client, whose
//! names contain a hash, are cheap to send and do not count.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Extension,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::time::Instant;

use crate::{
    limits::{Rate, Rates},
    sansio::Millis,
    server::{net::forwarded::Requester, signaling::driver::Driver},
};

/// Of one address. An office opens its meetings at once; a page and its icons are three requests, and take
/// about a millisecond of a processor.
const RATE: Rate = Rate { per_second: 50, burst: 1_000 };

/// Counts the pages of each network.
#[derive(Debug, Clone)]
pub(super) struct PageRate {
    rates: Arc<Mutex<Rates>>,
    started: Instant,
}

impl PageRate {
    /// A seed that is known would only let somebody choose addresses that share counters.
    pub(super) fn new() -> Self {
        let rates = Rates::new(RATE, getrandom::u64().unwrap_or_default());
        Self { rates: Arc::new(Mutex::new(rates)), started: Instant::now() }
    }

    fn allows(&self, requester: &Requester) -> bool {
        let now = Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        requester.address.to_canonical().is_loopback() || rates.take(now, requester.address).is_ok()
    }
}

/// Answers 429 beyond the rate.
pub(super) async fn limit(
    State((rate, driver)): State<(PageRate, Arc<Driver>)>,
    requester: Option<Extension<Requester>>,
    request: Request,
    next: Next,
) -> Response {
    let is_page = !request.uri().path().starts_with("/pkg/");
    if let Some(Extension(requester)) = requester
        && is_page
        && !rate.allows(&requester)
    {
        driver.counters().refused("pages_of_network");
        let retry = [(header::RETRY_AFTER, "10")];
        return (StatusCode::TOO_MANY_REQUESTS, retry, "Your network loads too many pages.\n")
            .into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_network_cannot_have_pages_rendered_without_end() {
        let rate = PageRate::new();
        let loads = |address: IpAddr| {
            let requester = Requester { address, port: 443, is_secure: true, is_proxied: false };
            (0..5_000).filter(|_| rate.allows(&requester)).count()
        };
        assert_eq!(loads([192, 0, 2, 1].into()), 1_000);
        assert_eq!(loads([198, 51, 100, 1].into()), 1_000);
        assert_eq!(loads([127, 0, 0, 1].into()), 5_000);
    }
}
