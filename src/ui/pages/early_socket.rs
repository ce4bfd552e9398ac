//! An inline script that opens the signaling socket early; `browser/socket.rs` takes it over.

use leptos::{nonce::use_nonce, prelude::*};

use crate::{
    browser::{EARLY_SOCKET, seat_key},
    protocol::RoomName,
};

/// Opens the signaling socket while the client is still loading, if the page goes straight into a call: with
/// `?join=now`, or because this tab has a seat in the room.
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
