//! Every page, rendered by many threads at once: browser code that slips into the server's render panics
//! here.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    collections::HashSet,
    panic,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use halloo::server::{WebSettings, config::Config, pages};
use tower::ServiceExt;

const RENDERS: usize = 200;
/// Pages, and whether they exist.
const PATHS: [(&str, bool); 8] = [
    ("/", true),
    ("/signals", true),
    ("/r/abc-def-ghi", true),
    ("/r/abc-def-ghi?join=now&name=Ada", true),
    ("/no/such/page", false),
    ("/r/not%20a%20room!", false),
    ("/r/", false),
    ("/r", false),
];

fn router() -> Router {
    pages(&Config::default(), [7; 32]).unwrap()
}

async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path).header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn nonce_of(headers: &HeaderMap) -> String {
    let policy = headers["content-security-policy"].to_str().unwrap();
    let (_, rest) = policy.split_once("'nonce-").expect("a nonce in the policy");
    rest.split('\'').next().unwrap().to_owned()
}

/// Counts panics of every thread: those of a render may be swallowed by the task they happen in.
fn count_panics() -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        counter.fetch_add(1, Ordering::SeqCst);
        before(info);
    }));
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_renders_many_times_at_once() {
    let panics = count_panics();
    let router = router();
    for (path, exists) in PATHS {
        let renders: Vec<_> = (0..RENDERS)
            .map(|_| {
                let router = router.clone();
                tokio::spawn(async move { get(&router, path, &[]).await })
            })
            .collect();
        let mut nonces = HashSet::new();
        for render in renders {
            let (status, headers, body) = render.await.unwrap();
            assert_eq!(status, if exists { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{path}");
            assert!(body.contains("<html lang=\""), "{path}: {body}");
            assert!(body.contains("</html>"), "{path} is cut off");
            assert_page_headers(&headers);
            let nonce = nonce_of(&headers);
            assert!(body.contains(&format!("nonce=\"{nonce}\"")), "{path}: scripts without the nonce");
            nonces.insert(nonce);
        }
        assert_eq!(nonces.len(), RENDERS, "{path}: a nonce was used twice");
    }
    assert_eq!(panics.load(Ordering::SeqCst), 0);
}

fn assert_page_headers(headers: &HeaderMap) {
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert!(policy.contains("connect-src 'self' ws://localhost:8080"), "{policy}");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
}

#[tokio::test]
async fn a_room_has_one_address() {
    let router = router();
    for path in ["/r/Tea", "/r/tea/", "/r/TEA/"] {
        let (status, headers, _) = get(&router, &format!("{path}?join=now&name=Ada"), &[]).await;
        assert_eq!(status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(headers["location"], "/r/tea?join=now&name=Ada");
    }
    let (status, headers, _) = get(&router, "/r/tea/", &[]).await;
    assert_eq!((status, &headers["location"]), (StatusCode::PERMANENT_REDIRECT, &"/r/tea".parse().unwrap()));
    for path in ["/r//evil.example", "/r/a_b/", "/r//", "/r/tea%20time", "/r/tea.html", "/r/tea%FF"] {
        let (status, headers, _) = get(&router, path, &[]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(!headers.contains_key("location"), "{path}");
    }
}

#[tokio::test]
async fn a_link_that_was_handed_on_leads_to_its_room() {
    let router = router();
    for path in [
        "/r/tea-5.",
        "/r/tea-5),",
        "/r/tea-5%3E",
        "/r/tea-5%E2%80%9D",
        "/r/tea-5%20",
        "/r/tea-5%E2%80%8B",
        "/r/t%65a%2D5",
        "/r/tea%E2%80%935",
        "/r/tea-5//",
        "/r/(tea-5)",
    ] {
        let (status, headers, _) = get(&router, &format!("{path}?join=now"), &[]).await;
        assert_eq!(status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(headers["location"], "/r/tea-5?join=now", "{path}");
    }
}

#[tokio::test]
async fn the_forms_of_the_home_page_lead_to_rooms_without_the_client() {
    let router = router();
    let room = async |query: &str| {
        let (status, headers, _) = get(&router, query, &[]).await;
        (status, headers.get("location").map(|to| to.to_str().unwrap().to_owned()))
    };
    let (status, first) = room("/?new=1").await;
    let (_, second) = room("/?new=1").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(first.as_ref().is_some_and(|to| to.len() == "/r/abc-def-ghi-jkm".len()), "{first:?}");
    assert_ne!(first, second);
    for entered in ["Tea", "+tea+", "http%3A%2F%2Flocalhost%3A8080%2Fr%2Ftea"] {
        let answer = room(&format!("/?room={entered}")).await;
        assert_eq!(answer, (StatusCode::SEE_OTHER, Some("/r/tea".to_owned())), "{entered}");
    }
    for entered in ["", "a%21b", "%2F%2Fevil.example", "https%3A%2F%2Fevil.example%2Fr%2Ftea"] {
        assert_eq!(room(&format!("/?room={entered}")).await, (StatusCode::OK, None), "{entered}");
    }
}

#[tokio::test]
async fn other_sites_cannot_embed_what_is_here() {
    let (_, headers, _) = get(&router(), "/", &[]).await;
    assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
}

#[tokio::test]
async fn openers_are_cut_off_where_browsers_heed_it() {
    let policy = "cross-origin-opener-policy";
    let (_, secure, _) = get(&router(), "/", &[("sec-fetch-mode", "navigate")]).await;
    assert_eq!(secure[policy], "same-origin");
    let (_, insecure, _) = get(&router(), "/", &[]).await;
    assert!(!insecure.contains_key(policy));
}

#[tokio::test]
async fn the_language_of_the_page_follows_the_request() {
    let router = router();
    let (_, _, chinese) = get(&router, "/", &[("accept-language", "zh-CN,zh;q=0.9,en;q=0.5")]).await;
    let (_, _, english) = get(&router, "/", &[("accept-language", "en")]).await;
    assert!(chinese.contains("<html lang=\"zh"), "{chinese}");
    assert!(english.contains("<html lang=\"en\""), "{english}");
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_can_read_it() {
    let (_, headers, _) = get(&router(), "/", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(headers["content-encoding"], "br");
    let (_, headers, _) = get(&router(), "/", &[]).await;
    assert!(!headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn files_come_from_the_site_with_their_kind_and_compressed() {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    std::fs::write(site.path().join("pkg/halloo.wasm"), "plain").unwrap();
    std::fs::write(site.path().join("pkg/halloo.wasm.br"), "squeezed").unwrap();
    std::fs::write(site.path().join("robots.txt"), "hello").unwrap();
    let config = Config {
        web: WebSettings { site_root: Some(site.path().to_owned()), ..WebSettings::default() },
        ..Config::default()
    };
    let router = pages(&config, [7; 32]).unwrap();

    let (status, headers, body) = get(&router, "/pkg/halloo.wasm", &[("accept-encoding", "br")]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "squeezed"));
    assert_eq!(headers["content-type"], "application/wasm");
    assert_eq!(headers["content-encoding"], "br");
    assert_eq!(headers["x-content-type-options"], "nosniff");

    let (status, headers, body) = get(&router, "/robots.txt", &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "hello"));
    assert_eq!(headers["cache-control"], "public, max-age=3600");

    let (status, headers, _) = get(&router, "/pkg/missing.js", &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers["cache-control"], "no-store");
    let (status, _, _) = get(&router, "/../Cargo.toml", &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn healthz_says_ok() {
    let (status, headers, body) = get(&router(), "/healthz", &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
}

#[tokio::test]
async fn a_page_that_goes_straight_into_the_room_joins_by_itself() {
    let router = router();
    let page = async |path: &str, site: &str| get(&router, path, &[("sec-fetch-site", site)]).await.2;
    let joining = page("/r/tea?join=now&name=Ada%3C/script%3E", "none").await;
    assert!(joining.contains(r#""join_now":true"#), "{joining}");
    assert!(joining.contains(r#""name":"Ada\u003c/script>""#), "{joining}");
    assert!(!joining.contains("join-card"), "a lobby that nobody will see");
    for (path, site) in [("/r/tea?join=now", "cross-site"), ("/r/tea", "none"), ("/r/tea?join=no", "none")] {
        let lobby = page(path, site).await;
        assert!(
            lobby.contains(r#""join_now":false"#) && lobby.contains("join-card"),
            "{path} {site}: {lobby}"
        );
    }
}
