//! Words that say nothing of anybody, because a specification has them.

use std::sync::LazyLock;

/// Names and values of the protocol; states of W3C webrtc; keywords of SDP and of candidates.
const VOCABULARY: &str = "\
    type kind version features room name visit media microphone camera screen screen_audio resume token \
    mode reconnect takeover locked raised hand hands reaction reactions count signal from to you id peer \
    peers by replaces reason code message capacity revision resume_token resume_window_ms heartbeat_ms \
    retry_after_ms reconnecting ice_servers urls username credential epoch sdp candidate sdp_mid sdpMid \
    sdp_m_line_index sdpMLineIndex username_fragment usernameFragment tracks width height visible text \
    complete hello welcome join joined full peer_joined peer_left peer_reconnecting peer_back set_media \
    media_changed lock raise_hand hand_raised react keep_seat heartbeat leave viewing offer answer \
    end_of_candidates server_restarting error left timed_out unsupported_version unknown_type bad_message \
    bad_room bad_name hello_first not_joined already_joined no_such_peer rate_limited room_locked \
    thumbs_up heart laugh surprise clap wave started asked answered connecting open closed needed new \
    checking connected completed disconnected failed stable have-local-offer have-remote-offer \
    have-local-pranswer have-remote-pranswer gathering first frame audio video application IN IP4 IP6 UDP \
    TCP TLS DTLS RTP SAVPF SCTP webrtc-datachannel BUNDLE LS FID FEC-FR SIM WMS trickle renomination ice2 \
    actpass active passive holdconn sha-1 sha-224 sha-256 sha-384 sha-512 udp tcp ssltcp typ host srflx \
    prflx relay raddr rport tcptype so generation ufrag network-id network-cost cname msid mslabel label \
    rid send recv sendrecv sendonly recvonly inactive opus PCMU PCMA G722 CN telephone-event red rtx \
    ulpfec flexfec-03 VP8 VP9 AV1 H264 H265 nack pli ccm fir goog-remb transport-cc rrtr apt minptime \
    maxptime useinbandfec stereo sprop-stereo usedtx profile-id profile-level-id level-asymmetry-allowed \
    packetization-mode level-idx profile tier max-fs max-fr transport http https urn ietf params \
    rtp-hdrext sdes mid rtp-stream-id repaired-rtp-stream-id ssrc-audio-level toffset www webrtc org \
    experiments abs-send-time video-orientation playout-delay video-content-type video-timing color-space \
    abs-capture-time draft-holmer-rmcat-transport-wide-cc-extensions-01 video-layers-allocation00 \
    dependency-descriptor-rtp-header-extension aomediacodec github io av1-rtp-spec";

/// The words, in order.
static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut words = Vec::new();
    for word in VOCABULARY.split_ascii_whitespace() {
        let (Ok(at) | Err(at)) = words.binary_search(&word);
        words.insert(at, word);
    }
    words
});

/// A place that is longer is not looked at, so that looking at each place of a text costs little. The words
/// are shorter.
const MAX_BYTES: usize = 64;

/// What stands between the words.
const SEPARATORS: [char; 8] = [' ', '/', ':', ';', '=', ',', '.', '?'];

/// Whether this is one of the words.
pub(super) fn has(word: &str) -> bool {
    SORTED.binary_search(&word).is_ok()
}

/// Whether this place of a text is within such words and what stands between them.
pub(super) fn has_all_at(text: &str, start: usize, end: usize) -> bool {
    if end - start > MAX_BYTES {
        return false;
    }
    let of_word = |c: &char| is_of_word(*c);
    // All of them are ASCII.
    let before = text[..start].chars().rev().take(MAX_BYTES).take_while(of_word).count();
    let after = text[end..].chars().take(MAX_BYTES).take_while(of_word).count();
    let (start, end) = (start - before, end + after);
    let (place, mut has_words) = (&text[start..end], false);
    place.split(SEPARATORS).filter(|word| !word.is_empty()).all(|word| {
        has_words = true;
        has(word)
    }) && has_words
}

/// Whether words consist of such characters.
pub(super) const fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::call::signals::Json;

    /// The names of members, and the types.
    fn structure(json: &Json, of: &str, found: &mut Vec<String>) {
        match json {
            Json::Object(members) => {
                for (name, value) in members {
                    // Those are of media sections.
                    if of != "tracks" {
                        found.push(name.clone());
                    }
                    structure(value, name, found);
                }
            }
            Json::List(items) => items.iter().for_each(|item| structure(item, of, found)),
            Json::Text(text) if ["type", "kind", "code", "reason"].contains(&of) => found.push(text.clone()),
            Json::Text(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    #[test]
    fn it_has_the_words_of_the_protocol() {
        let mut missing = Vec::new();
        for side in ["client", "server"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(side);
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                // In folders there are messages that the other version or nobody sends.
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let json = Json::parse(&text).unwrap();
                let mut found = Vec::new();
                structure(&json, "", &mut found);
                missing.extend(found.into_iter().filter(|word| !has(word)).map(|word| (word, name.clone())));
            }
        }
        assert_eq!(missing, []);
    }

    #[test]
    fn words_are_whole() {
        let long = &["x".repeat(70), "video".to_owned()].concat();
        assert!(VOCABULARY.split_ascii_whitespace().all(|word| word.len() < MAX_BYTES));
        for (text, start, end, is_keyword) in [
            ("m video 9", 2, 7, true),
            ("m video 9", 3, 5, true),
            ("video audio", 0, 11, true),
            ("video audio", 3, 8, true),
            ("videos", 0, 5, false),
            ("x video", 0, 7, false),
            ("é video", 3, 8, true),
            (" / ", 0, 3, false),
            (long, 70, 75, false),
            ("a émid b", 2, 7, false),
            ("audio!!", 0, 7, false),
        ] {
            assert_eq!(has_all_at(text, start, end), is_keyword, "{text} {start}..{end}");
        }
    }
}
