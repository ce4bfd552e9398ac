//! The script in the head of a room's page that records what the signals view shows, and joins the call while
//! the client is on its way.
//!
//! For [`crate::app::shell`]; [`crate::browser`] takes over the socket.

use leptos::{nonce::use_nonce, prelude::*};
use serde::Serialize;

use crate::{
    browser::seat_key,
    call,
    protocol::{ClientMsg, CloseCode, DisplayName, RoomName},
    ui::handle::NAME_KEY,
};

/// Comes first, so that it records the socket of the other, too.
const RECORDER: &str = include_str!("recorder.js");

/// An expression: a function of [`EarlyJoinFacts`].
const SCRIPT: &str = include_str!("early_join.js");

/// What the script is called with.
#[derive(Serialize)]
struct EarlyJoinFacts {
    join_now: bool,
    seat_key: String,
    name_key: &'static str,
    /// Whether the address of the page has a name, which then counts instead of the remembered one.
    named: bool,
    /// Close code of a page that is closed for good, or loaded anew. One that may come back closes with 1000.
    page_closed: u16,
    hello: ClientMsg,
    /// Without the id of the visit.
    join: ClientMsg,
}

/// Joins the room, or opens the socket only for a tab that may have a seat there. Closes the socket of the
/// page when that goes away.
#[component]
pub fn EarlyJoin(
    /// The room of the page.
    room: RoomName,
    /// Whether the page goes straight into the room.
    join_now: bool,
    /// `?name=`, if the address has it.
    name: Option<String>,
) -> impl IntoView {
    view! { <script nonce=use_nonce()>{script(room, join_now, name)}</script> }
}

fn script(room: RoomName, join_now: bool, name: Option<String>) -> String {
    let facts = EarlyJoinFacts {
        join_now,
        seat_key: seat_key(&room),
        name_key: NAME_KEY,
        named: name.is_some(),
        page_closed: CloseCode::PageClosed.number(),
        hello: call::hello(),
        join: call::first_join(room, name.and_then(|name| DisplayName::from_typed(&name)), None),
    };
    // A name must not end the script (HTML, section 4.12.1.3).
    let facts = serde_json::to_string(&facts).unwrap_or_default().replace('<', "\\u003c");
    format!("{}\n{}({facts})", compact(RECORDER), compact(SCRIPT))
}

/// Without indentation, and the comment at the beginning.
fn compact(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_name_cannot_end_the_script() {
        let script = script("abc".parse().unwrap(), true, Some("</script><!--".to_owned()));
        assert_eq!(script.matches('<').count(), 0, "{script}");
        assert!(script.contains(r#""name":"\u003c/script>\u003c!--""#), "{script}");
    }
}
