//! Serves the client's files and `public/`, from the program or from a directory: compressed if the browser
//! accepts that, and not again if it has them.

use std::{borrow::Cow, convert::Infallible};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use tower::{Service, service_fn};
use tower_http::services::ServeDir;

use super::{
    headers::is_html,
    site::{Embedded, Site},
    state::AppState,
};

/// Content encodings, best first, each with the extension of files in it.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Routes of the client's files and `public/`; all other requests go to `not_found`.
pub(super) fn files<N>(site: &Site, not_found: N) -> Router<AppState>
where
    N: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let Site::Directory(root) = site else {
        let files = service_fn(move |request: Request| {
            let answer = answer(request.method(), request.uri(), request.headers());
            let mut not_found = not_found.clone();
            async move {
                match answer {
                    Some(answer) => Ok(answer),
                    None => not_found.call(request).await,
                }
            }
        });
        return Router::new().fallback_service(files);
    };
    let files = ServeDir::new(root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(not_found);
    Router::new().fallback_service(files)
}

/// Answers a request for a file in the program. `None` if there is no such file.
fn answer(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path().strip_prefix('/')?;
    // Compressed files are served under the name of the original only.
    if ENCODINGS.iter().any(|(_, end)| path.ends_with(end)) {
        return None;
    }
    let plain = Embedded::get(path)?;
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Some((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response());
    }
    let kind = plain.metadata.mimetype().to_owned();
    let compressed = ENCODINGS
        .iter()
        .filter(|(name, _)| accepts(headers, name))
        .find_map(|(name, end)| Some((*name, Embedded::get(&format!("{path}{end}"))?)));
    let (encoding, file) = compressed.map_or((None, plain), |(name, file)| (Some(name), file));
    let tag = tag(&file.metadata.sha256_hash());
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(body(file.data))
    };
    let answer = response.headers_mut();
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(kind) = HeaderValue::try_from(kind) {
        answer.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.insert(header::ETAG, tag);
    }
    Some(response)
}

fn body(data: Cow<'static, [u8]>) -> Body {
    Body::from(match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

/// RFC 9110, section 8.8.3; 128 bits are plenty.
fn tag(hash: &[u8]) -> String {
    format!("\"{}\"", HEXLOWER.encode(hash.get(..16).unwrap_or(hash)))
}

/// RFC 9110, section 13.1.2.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    tags.is_some_and(|tags| tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
}

/// RFC 9110, section 12.5.3. Weights count only where they forbid.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight != Some(0.0)
    })
}

/// Sets `Cache-Control`: the client's files for a year if their names contain a hash, other files for an
/// hour, and pages not at all, because a page contains a nonce and data of the request.
pub(super) async fn set_lifetime(hashed_names: bool, request: Request, next: Next) -> Response {
    let of_client = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let lifetime = match (is_html(response.headers()), is_file) {
        (false, true) if of_client && hashed_names => "public, max-age=31536000, immutable",
        (false, true) if of_client => "no-cache",
        (false, true) => "public, max-age=3600",
        (true, _) | (false, false) => "no-store",
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(list: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(list))])
    }

    #[test]
    fn an_encoding_is_accepted_unless_it_is_forbidden() {
        for (list, br, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("gzip;q=1.0, br;q=0", false, true),
            ("GZIP", false, true),
            ("", false, false),
            ("brotli", false, false),
        ] {
            let headers = accepting(list);
            assert_eq!((accepts(&headers, "br"), accepts(&headers, "gzip")), (br, gzip), "{list}");
        }
    }

    #[test]
    fn a_tag_that_the_browser_names_is_known() {
        let headers = |tags| HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(tags))]);
        let tag = tag(&[0xab; 32]);
        assert_eq!(tag, "\"abababababababababababababababab\"");
        assert!(is_known(&headers("\"x\", W/\"abababababababababababababababab\""), &tag));
        assert!(!is_known(&headers("\"x\""), &tag));
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
