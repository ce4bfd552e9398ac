//! Arbitrary text as frames of signaling: what one reader takes, the other takes for the same.

use halloo::protocol::{ClientMsg, ServerMsg, decode_client, decode_server, encode, encode_request};

/// Reads bytes as a frame of a client and of a server.
pub fn read(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    read_as_server(text);
    read_as_client(text);
}

fn read_as_server(text: &str) {
    let Ok(message) = decode_client(text) else { return };
    // The signal in it is passed on as it came.
    let written = encode(&message);
    let again = decode_client(&written).expect("what the server has read, it reads again");
    assert_eq!(encode(&again), written);
    if let Ok(message) = serde_json::from_str::<ClientMsg>(&written) {
        let request = encode_request(&message);
        assert_eq!(serde_json::from_str::<ClientMsg>(&request).expect("a request"), message);
    }
}

fn read_as_client(text: &str) {
    let Ok(message) = decode_server(text) else { return };
    assert_eq!(decode_server(&encode(&message)).as_ref(), Ok(&message), "what was read can be said");
    if let Ok(by_serde) = serde_json::from_str::<ServerMsg>(text) {
        assert_eq!(by_serde, message);
    }
}
