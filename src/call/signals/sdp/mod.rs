//! Session descriptions (SDP, RFC 8866), cut into sections and explained line by line.

mod fields;
mod topic;

pub use fields::Field;
use fields::fields;
pub use topic::{Reference, Topic};

/// More lines than this are not read.
pub const MAX_LINES: usize = 4000;

/// The session, or one media section of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What the section carries: `audio`, `video` or `application`; `None` for the session.
    pub media: Option<String>,
    /// Its identification tag, if it says so.
    pub mid: Option<String>,
    /// What the lines of the section say.
    pub lines: Vec<Line>,
}

/// A line of a session description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As it stands there.
    pub text: String,
    /// What it is about.
    pub topic: Topic,
    /// Its parts, as far as they are known.
    pub fields: Vec<(Field, String)>,
}

impl Line {
    /// Reads a line; or a candidate, which stands alone in a signal.
    pub fn read(text: &str) -> Self {
        let topic = Topic::of(text);
        Self { text: text.to_owned(), topic, fields: fields(topic, text) }
    }
}

/// Cuts a description into sections. Any text has some.
pub fn sections(sdp: &str) -> Vec<Section> {
    let mut sections = vec![Section { media: None, mid: None, lines: Vec::new() }];
    for text in sdp.lines().filter(|line| !line.is_empty()).take(MAX_LINES) {
        let line = Line::read(text);
        if let Some(media) = text.strip_prefix("m=") {
            let media = media.split(' ').next().unwrap_or_default().to_owned();
            sections.push(Section { media: Some(media), mid: None, lines: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            if let Some(mid) = text.strip_prefix("a=mid:") {
                section.mid = Some(mid.to_owned());
            }
            section.lines.push(line);
        }
    }
    sections
}

/// Whether a text looks like a session description.
pub fn is_description(text: &str) -> bool {
    text.starts_with("v=0")
}

/// Whether a text looks like a candidate (RFC 8839, section 5.1).
pub fn is_candidate(text: &str) -> bool {
    text.starts_with("candidate:")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const OFFER: &str = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=odd:1\r\n";

    #[test]
    fn a_description_has_a_session_and_its_media() {
        let sections = sections(OFFER);
        let heads: Vec<_> =
            sections.iter().map(|section| (section.media.as_deref(), section.mid.as_deref())).collect();
        assert_eq!(heads, [(None, None), (Some("audio"), Some("0")), (Some("video"), Some("1"))]);
        let text: Vec<_> =
            sections.iter().flat_map(|section| &section.lines).map(|line| line.text.as_str()).collect();
        assert_eq!(text.join("\r\n"), OFFER.trim_end());
        assert_eq!(sections[0].lines[4].topic, Topic::Group);
        assert_eq!(sections[2].lines[2].topic, Topic::Unknown);
    }

    #[test]
    fn a_candidate_is_taken_apart() {
        let line =
            Line::read("candidate:842 1 udp 1677729535 203.0.113.9 61000 typ srflx raddr 192.0.2.7 rport 5");
        assert_eq!(line.topic, Topic::Candidate);
        let expected = [
            (Field::Foundation, "842"),
            (Field::Component, "1"),
            (Field::Transport, "udp"),
            (Field::Priority, "1677729535"),
            (Field::Address, "203.0.113.9"),
            (Field::Port, "61000"),
            (Field::CandidateType, "srflx"),
            (Field::RelatedAddress, "192.0.2.7"),
            (Field::RelatedPort, "5"),
        ];
        assert_eq!(line.fields, expected.map(|(field, value)| (field, value.to_owned())));
        assert_eq!(Line::read(&format!("a={}", line.text)).fields, line.fields);
    }

    #[test]
    fn any_text_has_sections() {
        for text in ["", "\n\n", "=", "a", "a=", "m=", "é=ü", "a=candidate:", "a=rtpmap:\u{0}"] {
            assert_eq!(sections(text).iter().filter(|section| section.media.is_none()).count(), 1, "{text}");
        }
        assert!(sections(&"a=x\n".repeat(9000))[0].lines.len() == MAX_LINES);
    }
}
