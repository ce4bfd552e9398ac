//! One line of script in the head of a room's page, for [`crate::app::shell`]; `browser/socket.rs` goes on
//! with its socket.

use leptos::{nonce::use_nonce, prelude::*};

use crate::{
    browser::{EARLY_SOCKET, seat_key},
    protocol::RoomName,
};

/// Opens the signaling socket for somebody who goes straight into a call, by `?join=now` or because this tab
/// has a seat there: it opens while the client is still on its way.
#[component]
pub fn EarlySocket(
    /// The room of the page.
    room: RoomName,
    /// Whether `?join=now` counts.
    join_allowed: bool,
) -> impl IntoView {
    let seat = seat_key(&room);
    let open = format!(
        r#"try {{
  if (({join_allowed} && location.search.includes("join=now")) || sessionStorage.getItem("{seat}"))
    globalThis.{EARLY_SOCKET} = new WebSocket(`${{location.origin.replace(/^http/, "ws")}}/signal`);
}} catch {{ /* Without it the client opens one itself. */ }}"#
    );
    view! { <script nonce=use_nonce()>{open}</script> }
}
