//! Sends plain HTTP to HTTPS.

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect},
};

use super::headers::with_fixed_headers;
use crate::server::net::{
    forwarded::Requester,
    host::{bracketed, host_name, is_host},
};

/// Redirects every request to HTTPS at this port. A request that names no port was sent to port 80: if it
/// arrives at another port, a router translates ports, and HTTPS is at 443 of that router.
pub(crate) fn redirect(https_port: u16) -> Router {
    let answer = async move |request: Request| {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let Some(host) = host.filter(|host| is_host(host)) else {
            return (StatusCode::BAD_REQUEST, "This server speaks HTTPS.\n").into_response();
        };
        let name = bracketed(host_name(host));
        let came_in_at = request.extensions().get::<Requester>().map(|requester| requester.port);
        let port = if host == name.as_ref() && came_in_at != Some(80) { 443 } else { https_port };
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let to = Redirect::permanent(&format!("https://{name}{port}{path}"));
        // Browsers cache permanent redirects without limit.
        ([(header::CACHE_CONTROL, "no-store")], to).into_response()
    };
    Router::new().fallback(answer).layer(middleware::map_response(with_fixed_headers))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    async fn sent_to(https_port: u16, host: &str, came_in_at: u16) -> String {
        let address = "192.0.2.1".parse().unwrap();
        let requester = Requester { address, port: came_in_at, is_secure: false, is_proxied: false };
        let request = Request::builder().header(header::HOST, host).extension(requester).body(Body::empty());
        let response = redirect(https_port).oneshot(request.unwrap()).await.unwrap();
        response.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn plain_http_is_sent_to_where_https_is_seen_from_there() {
        assert_eq!(sent_to(443, "call.example", 80).await, "https://call.example/");
        assert_eq!(sent_to(8443, "192.168.1.5", 80).await, "https://192.168.1.5:8443/", "nothing in between");
        assert_eq!(sent_to(8443, "call.example", 8080).await, "https://call.example/", "ports of a router");
        assert_eq!(sent_to(8443, "call.example:8080", 8080).await, "https://call.example:8443/");
        assert_eq!(sent_to(443, "[::1]:8080", 8080).await, "https://[::1]/");
    }
}
