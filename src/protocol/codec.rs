//! JSON text to messages and back. Used by the sockets of both sides.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{ClientMsg, DecodeError, DisplayName, ErrorCode, RoomName, ServerMsg, json::Json};

/// A signal as the server sees it: JSON that is forwarded byte by byte.
pub type RawSignal = Box<RawValue>;
/// [`ClientMsg`] as the server reads it.
pub type RawClientMsg = ClientMsg<RawSignal>;
/// [`ServerMsg`] as the server writes it.
pub type RawServerMsg = ServerMsg<RawSignal>;

/// Reads a client's frame without looking into the signal it may carry.
///
/// A borrowed [`RawValue`] cannot be read through serde's tagged enums, which buffer their content. So
/// `signal`, the one message that carries one and by far the most frequent, is read from the envelope, in one
/// go.
pub fn decode_client(text: &str) -> Result<RawClientMsg, DecodeError> {
    // Serde would take an array for a struct.
    if !text.trim_ascii_start().starts_with('{') {
        return Err(DecodeError::bad_message("not a JSON object"));
    }
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(|e| DecodeError::bad_message(e.to_string()))?;
    if envelope.kind == "signal" {
        let to = envelope.to.ok_or_else(|| DecodeError::bad_message("signal without a receiver"))?;
        let to = serde_json::from_str(to.get()).map_err(|e| DecodeError::bad_message(e.to_string()))?;
        let signal = envelope.signal.filter(|signal| signal.get().starts_with('{'));
        let signal = signal.ok_or_else(|| DecodeError::bad_message("signal is not an object"))?;
        return Ok(ClientMsg::Signal { to, signal: signal.to_owned() });
    }
    let plain: ClientMsg<NoSignal> = serde_json::from_str(text).map_err(|e| explain(text, &e))?;
    Ok(match plain {
        ClientMsg::Hello { version, features } => ClientMsg::Hello { version, features },
        ClientMsg::Join { room, name, resume, media, visit } => {
            ClientMsg::Join { room, name, resume, media, visit }
        }
        ClientMsg::SetMedia { media } => ClientMsg::SetMedia { media },
        ClientMsg::Lock { locked } => ClientMsg::Lock { locked },
        ClientMsg::RaiseHand { raised } => ClientMsg::RaiseHand { raised },
        ClientMsg::React { reaction } => ClientMsg::React { reaction },
        ClientMsg::KeepSeat { peer } => ClientMsg::KeepSeat { peer },
        ClientMsg::Heartbeat => ClientMsg::Heartbeat,
        ClientMsg::Leave => ClientMsg::Leave,
        ClientMsg::Signal { signal, .. } => match signal {},
    })
}

/// Reads a server's frame.
pub fn decode_server(text: &str) -> Result<ServerMsg, DecodeError> {
    let message = Json::parse(text).ok_or_else(|| DecodeError::bad_message("not JSON"))?;
    let members = message.as_object().ok_or_else(|| DecodeError::bad_message("not a JSON object"))?;
    members.to_message()
}

/// Encodes a server's message: `signal`, by far the most frequent, without serde.
pub fn encode_for_client(message: &RawServerMsg) -> String {
    let ServerMsg::Signal { from, signal } = message else { return encode(message) };
    let from = from.to_string();
    [r#"{"type":"signal","from":""#, &from, r#"","signal":"#, signal.get(), "}"].concat()
}

/// Encodes a message. Cannot fail: no message has a map whose keys are not text.
pub fn encode<M: Serialize>(message: &M) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

/// The members of `signal`; of any other message only the type.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    to: Option<&'a RawValue>,
    #[serde(borrow, default)]
    signal: Option<&'a RawValue>,
}

/// The payload type of messages that are no `signal`.
#[derive(Deserialize)]
enum NoSignal {}

/// The members of a frame that have an error code of their own. Unread, because a text with half a surrogate
/// pair is JSON, but none that Rust can hold.
#[derive(Deserialize)]
struct Suspects<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    room: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
}

/// Finds the error code for a frame that did not decode.
fn explain(text: &str, cause: &serde_json::Error) -> DecodeError {
    const TYPES: [&str; 10] = [
        "hello",
        "join",
        "set_media",
        "lock",
        "raise_hand",
        "react",
        "signal",
        "keep_seat",
        "heartbeat",
        "leave",
    ];
    let code = match serde_json::from_str::<Suspects<'_>>(text) {
        Ok(Suspects { kind, .. }) if !TYPES.contains(&&*kind) => ErrorCode::UnknownType,
        Ok(Suspects { kind, room, .. }) if kind == "join" && !room.is_some_and(is::<RoomName>) => {
            ErrorCode::BadRoom
        }
        Ok(Suspects { kind, name, .. }) if kind == "join" && !name.is_none_or(is::<Option<DisplayName>>) => {
            ErrorCode::BadName
        }
        Ok(_) | Err(_) => ErrorCode::BadMessage,
    };
    DecodeError { code, message: cause.to_string() }
}

fn is<T: for<'de> Deserialize<'de>>(value: &RawValue) -> bool {
    serde_json::from_str::<T>(value.get()).is_ok()
}
