//! The page: HTML, script, styles, and the library file of Socket.IO, which is that of its npm package.

use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};

use crate::{
    app::Language,
    server::{net::host::is_host, web::state::AppState},
};

const HTML: &str = include_str!("page/index.html");
const SCRIPT: &str = include_str!("page/main.js");
const STYLE: &str = include_str!("page/main.css");
/// `socket.io.min.js` of `socket.io-client` 4.8.4. `end2end/codelab.spec.ts` compares it with the package.
const LIBRARY: &str = include_str!("page/socket.io.min.js");

/// The words of the page, each with its place in the HTML.
const WORDS: [(&str, &str, &str); 7] = [
    ("{title}", "Codelab", "Codelab"),
    (
        "{about}",
        "Two videos and a few Socket.IO events, as in the lesson that halloo started from. The console shows \
         what the server does.",
        "两个视频和几个 Socket.IO 事件，和 halloo 所源自的教程一样。控制台里可以看到服务器在做什么。",
    ),
    ("{you}", "You", "自己"),
    ("{other}", "The other page", "对方"),
    ("{hangup}", "Hang up", "挂断"),
    ("{invite}", "This room on halloo's page", "用 halloo 页面打开这个房间"),
    ("{home}", "What halloo is", "halloo 是什么"),
];

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/codelab", get(async || Redirect::permanent("/codelab/")))
        .route("/codelab/", get(page))
        .route("/codelab/main.js", get(async || file("text/javascript", SCRIPT)))
        .route("/codelab/main.css", get(async || file("text/css", STYLE)))
        .route("/socket.io/socket.io.js", get(async || file("text/javascript", LIBRARY)))
}

async fn page(headers: HeaderMap) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let language = Language::negotiate(text(header::COOKIE), text(header::ACCEPT_LANGUAGE));
    let mut response = ([(header::CACHE_CONTROL, "no-store")], html(language)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::try_from(policy(text(header::HOST))) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn html(language: Language) -> String {
    let words = WORDS.iter().map(|(place, english, chinese)| {
        let text = match language {
            Language::English => english,
            Language::SimplifiedChinese => chinese,
        };
        (*place, *text)
    });
    let words = words.chain([("{lang}", language.tag())]);
    words.fold(HTML.to_owned(), |html, (place, text)| html.replace(place, text))
}

/// Scripts and styles are files of this server, and nothing else is loaded.
fn policy(host: &str) -> String {
    // Safari before 15.4 does not count a WebSocket of the same host as 'self'.
    let sockets = if is_host(host) { format!(" ws://{host} wss://{host}") } else { String::new() };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{sockets}; img-src \
         'self'; media-src 'self' blob: mediastream:; base-uri 'none'; form-action 'none'; frame-ancestors \
         'none'"
    )
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let kind = format!("{kind}; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache".to_owned())], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_place_in_both_languages() {
        for language in Language::ALL {
            let html = html(language);
            assert!(!html.contains('{'), "{html}");
            assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
        }
        for (place, ..) in WORDS {
            assert!(HTML.contains(place), "{place}");
        }
    }

    #[test]
    fn nothing_in_the_page_needs_an_exception_in_the_policy() {
        for inline in ["<style", "style=", "onclick", "onload", "javascript:"] {
            assert!(!HTML.contains(inline), "{inline}");
        }
        assert_eq!(HTML.matches("<script").count(), HTML.matches("<script src=").count());
        assert!(!policy("evil; script-src *").contains('*'));
    }
}
