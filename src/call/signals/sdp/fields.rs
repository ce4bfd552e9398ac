//! The parts of a line, each under its name.

use super::topic::Topic;

/// What a part of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// RFC 8866, section 5.2
    UserName,
    /// RFC 8866, section 5.2
    SessionId,
    /// RFC 8866, section 5.2
    SessionVersion,
    /// `IN IP4` or `IN IP6`
    Network,
    /// Of a network.
    Address,
    /// Of a host.
    Port,
    /// Audio, video or data.
    MediaKind,
    /// The stack of protocols.
    Protocol,
    /// Payload types, in the order of preference.
    Formats,
    /// Candidates with the same one come from the same place.
    Foundation,
    /// RTP is 1, RTCP 2.
    Component,
    /// UDP or TCP.
    Transport,
    /// Larger is tried first.
    Priority,
    /// Host, reflexive or relayed.
    CandidateType,
    /// What the candidate was made from.
    RelatedAddress,
    /// What the candidate was made from.
    RelatedPort,
    /// RFC 6544, section 4.5
    TcpType,
    /// Which session of ICE it belongs to.
    UserFragment,
    /// Of a certificate.
    Hash,
    /// Of a certificate.
    Digest,
    /// A number in packets that stands for a codec.
    PayloadType,
    /// Its name.
    Codec,
    /// Of time stamps, in Hz.
    ClockRate,
    /// Of sound.
    Channels,
    /// Of a codec.
    Parameters,
    /// Of a receiver.
    Feedback,
    /// Number of a header extension.
    ExtensionId,
    /// Name of a header extension.
    ExtensionUri,
    /// Synchronization source: a number in packets.
    Ssrc,
    /// What is said of a source.
    SourceAttribute,
    /// How a group belongs together.
    Semantics,
    /// Names of sections, or of sources.
    Members,
    /// Name of a stream.
    Stream,
    /// Name of a track.
    Track,
    /// The value.
    Value,
}

/// The fields of topics whose values are words, one for each field.
const WORDS: &[(Topic, &[Field])] = &[
    (
        Topic::Origin,
        &[
            Field::UserName,
            Field::SessionId,
            Field::SessionVersion,
            Field::Network,
            Field::Network,
            Field::Address,
        ],
    ),
    (Topic::ConnectionData, &[Field::Network, Field::Network, Field::Address]),
    (Topic::Media, &[Field::MediaKind, Field::Port, Field::Protocol, Field::Formats]),
    (Topic::Fingerprint, &[Field::Hash, Field::Digest]),
    (Topic::Fmtp, &[Field::PayloadType, Field::Parameters]),
    (Topic::RtcpFeedback, &[Field::PayloadType, Field::Feedback]),
    (Topic::Extmap, &[Field::ExtensionId, Field::ExtensionUri]),
    (Topic::Ssrc, &[Field::Ssrc, Field::SourceAttribute]),
    (Topic::SsrcGroup, &[Field::Semantics, Field::Members]),
    (Topic::Group, &[Field::Semantics, Field::Members]),
    (Topic::Msid, &[Field::Stream, Field::Track]),
    (Topic::Rtcp, &[Field::Port, Field::Network, Field::Network, Field::Address]),
];

/// The parts of a line about this topic.
pub(super) fn fields(topic: Topic, line: &str) -> Vec<(Field, String)> {
    let Some(value) = value(topic, line) else { return Vec::new() };
    if topic == Topic::Candidate {
        return candidate(value);
    }
    if topic == Topic::Rtpmap {
        return rtpmap(value);
    }
    let words = WORDS.iter().find(|(of, _)| *of == topic);
    in_order(value, words.map_or(&[Field::Value], |(_, fields)| fields))
}

/// What comes after the name.
fn value(topic: Topic, line: &str) -> Option<&str> {
    let value = match line.split_once('=') {
        Some(("a", attribute)) => attribute.split_once(':')?.1,
        Some((_, value)) if topic != Topic::Candidate => value,
        Some(_) | None => line.split_once(':')?.1,
    };
    (!value.is_empty()).then_some(value)
}

/// Words, one for each field; the last field has the rest.
fn in_order(value: &str, fields: &[Field]) -> Vec<(Field, String)> {
    let words = value.splitn(fields.len(), ' ');
    fields.iter().copied().zip(words.map(str::to_owned)).collect()
}

/// RFC 8866, section 6.6.
fn rtpmap(value: &str) -> Vec<(Field, String)> {
    let (payload, codec) = value.split_once(' ').unwrap_or((value, ""));
    let codec = [Field::Codec, Field::ClockRate, Field::Channels].into_iter().zip(codec.split('/'));
    let codec = codec.map(|(field, value)| (field, value.to_owned()));
    [(Field::PayloadType, payload.to_owned())].into_iter().chain(codec).collect()
}

/// RFC 8839, section 5.1.
fn candidate(value: &str) -> Vec<(Field, String)> {
    use Field as F;
    let fixed = [F::Foundation, F::Component, F::Transport, F::Priority, F::Address, F::Port];
    let mut words = value.split_ascii_whitespace();
    let mut fields: Vec<_> = fixed.into_iter().zip(words.by_ref().map(str::to_owned)).collect();
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        let field = match name {
            "typ" => F::CandidateType,
            "raddr" => F::RelatedAddress,
            "rport" => F::RelatedPort,
            "tcptype" => F::TcpType,
            "ufrag" => F::UserFragment,
            _ => continue,
        };
        fields.push((field, value.to_owned()));
    }
    fields
}
