//! `/metrics` for Prometheus: counts and times, and no name of a room or a person. The counters are in
//! [`crate::server::signaling`]; gauges are read when the page is requested.

use std::{sync::Arc, time::UNIX_EPOCH};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::{ConstGauge, Gauge},
    },
    registry::Registry,
};

use crate::{
    server::{
        net::gate::Gate,
        relay::Relay,
        signaling::{counters::Label, driver::Driver},
        tls::Certificate,
        web::headers::with_fixed_headers,
    },
    turn::Refusal,
};

/// The format that Prometheus accepts by default.
const OPEN_METRICS: &str = "application/openmetrics-text";
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the metrics are about.
#[derive(Clone)]
pub(crate) struct Measured {
    pub(crate) driver: Arc<Driver>,
    pub(crate) relay: Option<Arc<Relay>>,
    pub(crate) certificate: Option<Arc<Certificate>>,
    pub(crate) gate: Arc<Gate>,
}

/// `/metrics`, for a listener of its own; `/healthz` as well, where it is answered when the listener of pages
/// has no place left.
pub(crate) fn router(measured: Measured) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(async move |headers: HeaderMap| page(&measured, &headers)))
        .layer(map_response(with_fixed_headers))
}

fn page(measured: &Measured, accepting: &HeaderMap) -> Response {
    let mut all = Registry::default();
    let started = measured.driver.counters().started.duration_since(UNIX_EPOCH).unwrap_or_default();
    let help = "When the program was started, in seconds since 1970";
    all.register("process_start_time_seconds", help, ConstGauge::new(started.as_secs_f64()));
    let registry = all.sub_registry_with_prefix("halloo");
    let build: Family<Label, Gauge> = Family::default();
    build.get_or_create(&[("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1);
    registry.register("build_info", "The program", build);
    register_hub(registry, &measured.driver);
    let (connections, held) = measured.gate.sizes();
    registry.register("connections", "Open connections of pages, signaling and TURN", gauge(connections));
    let help = "Bytes of heads and frames that are not whole yet, and of messages that are not written yet";
    registry.register("held_bytes", help, gauge(held));
    if let Some(relay) = &measured.relay {
        register_turn(registry, relay);
    }
    let facts = measured.certificate.as_ref().and_then(|certificate| certificate.facts());
    if let Some(end) = facts.and_then(|facts| facts.end.duration_since(UNIX_EPOCH).ok()) {
        let help = "When the certificate in use ends, in seconds since 1970";
        registry.register("certificate_expiry_timestamp_seconds", help, ConstGauge::new(end.as_secs_f64()));
    }
    let mut text = String::new();
    if let Err(error) = encode(&mut text, &all) {
        tracing::error!(%error, "the metrics could not be encoded");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let accepted = accepting.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, text) = match accepted.contains(OPEN_METRICS) {
        true => (format!("{OPEN_METRICS}; version=1.0.0; charset=utf-8"), text),
        false => (PLAIN.to_owned(), in_plain_format(&text)),
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store".to_owned())], text).into_response()
}

/// OpenMetrics in the older format, for `curl` and `promtool`: there a counter is described under its whole
/// name.
fn in_plain_format(open_metrics: &str) -> String {
    let counters: Vec<_> = open_metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let lines = open_metrics.lines().filter(|line| *line != "# EOF").map(|line| {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some(what), Some(name), Some(rest)) if counters.contains(&name) => {
                format!("# {what} {name}_total {rest}\n")
            }
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// Answers that the program runs.
pub(crate) async fn healthz() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n")
}

fn register_hub(registry: &mut Registry, driver: &Driver) {
    let (counts, counters) = (driver.counts(), driver.counters());
    registry.register("rooms", "Rooms in which somebody has a seat", gauge(counts.rooms));
    registry.register("people", "Seats that are taken", gauge(counts.people));
    registry.register("sockets", "Signaling sockets that are open", gauge(counts.sockets));
    registry.register("joins", "Seats taken by newcomers", ConstCounter::new(counts.stats.joins));
    registry.register(
        "resumes",
        "Seats taken again after a gap or a reload",
        ConstCounter::new(counts.stats.resumes),
    );
    registry.register(
        "relayed_messages",
        "Signals passed from peer to peer",
        counters.relayed_messages.clone(),
    );
    registry.register("relayed_bytes", "Size of these signals", counters.relayed_bytes.clone());
    registry.register("refusals", "Requests refused, by error code", counters.refusals.clone());
    registry.register("closes", "Sockets closed by the server, by close code", counters.closes.clone());
    let help = "Messages that wait for a socket when one is added";
    registry.register("mailbox_depth", help, counters.mailbox_depth.clone());
    let help = "Time to handle a frame or another event, with all that follows from it";
    registry.register("handler_seconds", help, counters.handler_seconds.clone());
}

fn gauge(count: usize) -> ConstGauge<i64> {
    ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX))
}

fn register_turn(registry: &mut Registry, relay: &Relay) {
    let (allocations, stats) = relay.stats();
    registry.register("turn_allocations", "Relayed addresses in use", gauge(allocations));
    registry.register(
        "turn_allocated",
        "Relayed addresses given so far",
        ConstCounter::new(stats.allocations),
    );
    let bytes: Family<Label, Counter> = Family::default();
    for (direction, count) in [("to_peers", stats.bytes_to_peers), ("to_clients", stats.bytes_to_clients)] {
        bytes.get_or_create(&[("direction", direction.to_owned())]).inc_by(count);
    }
    registry.register("turn_bytes", "What was relayed, by direction", bytes);
    let refusals: Family<Label, Counter> = Family::default();
    for reason in Refusal::ALL {
        refusals.get_or_create(&[("reason", reason.name().to_owned())]).inc_by(stats.refused(reason));
    }
    registry.register(
        "turn_refusals",
        "TURN requests and packets refused, by reason; the first of every client comes without a login",
        refusals,
    );
}
