//! What the tutorial's page says to the other page, and the little of SDP that halloo wants to know of it.

use serde_json::{Value, json};

use crate::protocol::{Candidate, MediaState};

/// The word of a page whose camera is granted: from then on it can be called.
pub(super) const GOT_USER_MEDIA: &str = "got user media";
/// The word of a page that hangs up or goes away.
pub(super) const BYE: &str = "bye";

/// Longest candidate that is passed on. They have 60 to 200 bytes.
const MAX_CANDIDATE_BYTES: usize = 2_048;
/// Most media sections of a description that are looked at.
const MAX_SECTIONS: usize = 32;

/// A `message` of the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PageMessage {
    GotUserMedia,
    Bye,
    Offer(String),
    Answer(String),
    Candidate(Candidate),
    /// Anything else.
    Other,
}

impl PageMessage {
    /// Reads a message, which may be anything.
    pub(super) fn read(message: &Value) -> Self {
        let text = |name: &str| message.get(name).and_then(Value::as_str);
        match (message.as_str(), text("type"), text("sdp")) {
            (Some(GOT_USER_MEDIA), ..) => Self::GotUserMedia,
            (Some(BYE), ..) => Self::Bye,
            (None, Some("offer"), Some(sdp)) => Self::Offer(sdp.to_owned()),
            (None, Some("answer"), Some(sdp)) => Self::Answer(sdp.to_owned()),
            (None, Some("candidate"), _) => candidate(message).map_or(Self::Other, Self::Candidate),
            _ => Self::Other,
        }
    }
}

/// Reads `{label, id, candidate}`. `None` if there is no candidate in it, as at the end of candidates.
fn candidate(message: &Value) -> Option<Candidate> {
    let text = message.get("candidate")?.as_str()?;
    let index = message.get("label").and_then(Value::as_u64).and_then(|index| u16::try_from(index).ok());
    let mid = message.get("id").and_then(Value::as_str).map(str::to_owned);
    let is_one = text.starts_with("candidate:") && text.len() <= MAX_CANDIDATE_BYTES;
    (is_one && (index.is_some() || mid.is_some())).then(|| Candidate {
        candidate: text.to_owned(),
        sdp_mid: mid,
        sdp_m_line_index: index,
        username_fragment: None,
    })
}

/// Says an offer or an answer.
pub(super) fn description(kind: &str, sdp: &str) -> Value {
    json!({ "type": kind, "sdp": sdp })
}

/// Says a candidate. Pages of the tutorial use `label` alone, so it must be a number; `mids` are those of the
/// description that the candidate belongs to.
pub(super) fn candidate_message(candidate: &Candidate, mids: &[String]) -> Value {
    let by_mid = || mids.iter().position(|mid| Some(mid) == candidate.sdp_mid.as_ref());
    let label = candidate.sdp_m_line_index.map(usize::from).or_else(by_mid).unwrap_or(0);
    let id = candidate.sdp_mid.as_ref().or_else(|| mids.get(label));
    let id = id.cloned().unwrap_or_else(|| label.to_string());
    json!({ "type": "candidate", "label": label, "id": id, "candidate": candidate.candidate })
}

/// Returns the `mid` of each media section (RFC 5888, section 4).
pub(super) fn mids(sdp: &str) -> Vec<String> {
    let mut mids = Vec::new();
    for line in sdp.lines() {
        if line.starts_with("m=") && mids.len() < MAX_SECTIONS {
            mids.push(String::new());
        } else if let Some(mid) = line.strip_prefix("a=mid:")
            && let Some(last) = mids.last_mut()
        {
            mid.clone_into(last);
        }
    }
    mids
}

/// Returns what the author of this description sends (RFC 8866, section 6.7).
pub(super) fn sent_media(sdp: &str) -> MediaState {
    let mut sent = MediaState::default();
    let mut sections = sdp.split("\nm=").skip(1).take(MAX_SECTIONS);
    let session = sdp.split("\nm=").next().unwrap_or_default();
    let direction = |text: &str| {
        text.lines().find_map(|line| match line.trim_end() {
            "a=sendrecv" | "a=sendonly" => Some(true),
            "a=recvonly" | "a=inactive" => Some(false),
            _ => None,
        })
    };
    let by_default = direction(session).unwrap_or(true);
    sections.by_ref().for_each(|section| {
        let mut words = section.split_whitespace();
        let (kind, port) = (words.next(), words.next());
        let sends = port.is_some_and(|port| port != "0") && direction(section).unwrap_or(by_default);
        match kind {
            Some("audio") => sent.microphone |= sends,
            Some("video") => sent.camera |= sends,
            _ => {}
        }
    });
    sent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VIDEO_ALONE: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
                               m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=sendrecv\r\n";
    const ANSWER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
                          m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=recvonly\r\n\
                          m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:one\r\na=sendrecv\r\n";

    #[test]
    fn the_messages_of_the_tutorial_are_read() {
        assert_eq!(PageMessage::read(&json!("got user media")), PageMessage::GotUserMedia);
        assert_eq!(PageMessage::read(&json!("bye")), PageMessage::Bye);
        let offer = json!({"type": "offer", "sdp": "v=0"});
        assert_eq!(PageMessage::read(&offer), PageMessage::Offer("v=0".to_owned()));
        let text = "candidate:1 1 udp 1 192.0.2.1 5 typ host";
        let said = json!({"type": "candidate", "label": 1, "id": "one", "candidate": text});
        let PageMessage::Candidate(candidate) = PageMessage::read(&said) else { panic!("not a candidate") };
        assert_eq!((candidate.sdp_m_line_index, candidate.sdp_mid.as_deref()), (Some(1), Some("one")));
        assert_eq!(candidate_message(&candidate, &[]), said, "and back");
    }

    #[test]
    fn what_is_no_message_of_the_tutorial_is_something_else() {
        for said in [
            json!(null),
            json!("hello"),
            json!(["offer"]),
            json!({"type": "offer"}),
            json!({"type": "offer", "sdp": 7}),
            json!({"type": "candidate"}),
            json!({"type": "candidate", "label": 0, "candidate": ""}),
            json!({"type": "candidate", "candidate": "candidate:1"}),
            json!({"type": "candidate", "label": -1, "candidate": "candidate:1"}),
            json!({"type": "candidate", "label": 0, "candidate": "x".repeat(5_000)}),
        ] {
            assert_eq!(PageMessage::read(&said), PageMessage::Other, "{said}");
        }
    }

    #[test]
    fn a_label_is_a_number_whatever_the_candidate_lacks() {
        let mids = mids(ANSWER);
        assert_eq!(mids, ["0", "one"]);
        let label = |mid: Option<&str>, index| {
            let (sdp_mid, candidate) = (mid.map(str::to_owned), "candidate:1".to_owned());
            let candidate =
                Candidate { candidate, sdp_mid, sdp_m_line_index: index, username_fragment: None };
            let said = candidate_message(&candidate, &mids);
            (said["label"].clone(), said["id"].clone())
        };
        assert_eq!(label(Some("one"), None), (json!(1), json!("one")));
        assert_eq!(label(None, Some(1)), (json!(1), json!("one")));
        assert_eq!(label(Some("unknown"), None), (json!(0), json!("unknown")));
        assert_eq!(label(None, Some(9)), (json!(9), json!("9")));
    }

    #[test]
    fn what_is_sent_stands_in_the_description() {
        let sent = |sdp: &str| {
            let MediaState { microphone, camera, .. } = sent_media(sdp);
            (microphone, camera)
        };
        assert_eq!(sent(VIDEO_ALONE), (false, true));
        assert_eq!(sent(ANSWER), (false, true));
        assert_eq!(sent(&ANSWER.replace("a=recvonly", "a=sendonly")), (true, true));
        assert_eq!(sent(&VIDEO_ALONE.replace("m=video 9", "m=video 0")), (false, false), "rejected");
        assert_eq!(sent(&VIDEO_ALONE.replace("a=sendrecv\r\n", "")), (false, true), "the default");
        assert_eq!(sent(""), (false, false));
    }

    proptest! {
        #[test]
        fn any_text_can_be_a_description(
            sdp in "(m=|a=mid:|video|audio| 9| 0|a=sendonly|\r\n|\n|\\PC){0,60}",
        ) {
            prop_assert!(mids(&sdp).len() <= MAX_SECTIONS);
            sent_media(&sdp);
        }
    }
}
