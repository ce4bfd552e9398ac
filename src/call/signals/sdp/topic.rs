//! What a line of a session description is about, and where that is specified.

/// Where something is specified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The number of the RFC.
    pub rfc: u16,
    /// Its section.
    pub section: &'static str,
}

/// Declares the topics: how a line begins, where it is specified.
macro_rules! topics {
    ($($(#[$doc:meta])* $topic:ident = [$($start:literal),+] $(RFC $rfc:literal $section:literal)?,)*) => {
        /// What a line is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Topic {
            $($(#[$doc])* $topic,)*
            /// Something that this program does not know.
            Unknown,
        }

        impl Topic {
            /// Each that is known.
            pub const ALL: &'static [Self] = &[$(Self::$topic),*];

            /// How lines about this begin.
            const fn starts(self) -> &'static [&'static str] {
                match self {
                    $(Self::$topic => &[$($start),+],)*
                    Self::Unknown => &[],
                }
            }

            /// Where it is specified.
            pub const fn reference(self) -> Option<Reference> {
                match self {
                    $($(Self::$topic => Some(Reference { rfc: $rfc, section: $section }),)?)*
                    // Only in drafts, or unknown.
                    _ => None,
                }
            }
        }
    };
}

topics! {
    /// The version of SDP.
    Version = ["v="] RFC 8866 "5.1",
    /// Who describes which session in which version.
    Origin = ["o="] RFC 8866 "5.2",
    /// The name of the session.
    SessionName = ["s="] RFC 8866 "5.3",
    /// Words for people.
    Information = ["i="] RFC 8866 "5.4",
    /// A page about the session.
    Uri = ["u="] RFC 8866 "5.5",
    /// Whom to ask about the session.
    Contact = ["e=", "p="] RFC 8866 "5.6",
    /// An address for media.
    ConnectionData = ["c="] RFC 8866 "5.7",
    /// A bandwidth.
    Bandwidth = ["b="] RFC 8866 "5.8",
    /// When the session is.
    Timing = ["t="] RFC 8866 "5.9",
    /// When the session is repeated.
    RepeatTimes = ["r="] RFC 8866 "5.10",
    /// When the clocks change.
    TimeZone = ["z="] RFC 8866 "5.11",
    /// A media section.
    Media = ["m="] RFC 8866 "5.14",
    /// Sections that share a transport.
    Group = ["a=group"] RFC 9143 "5",
    /// A section that exists only within a group.
    BundleOnly = ["a=bundle-only"] RFC 9143 "6",
    /// The name of a section.
    Mid = ["a=mid"] RFC 5888 "4",
    /// Header extensions of one and of two bytes may be mixed.
    ExtmapAllowMixed = ["a=extmap-allow-mixed"] RFC 8285 "6",
    /// A header extension of RTP.
    Extmap = ["a=extmap"] RFC 8285 "5",
    /// What streams are called.
    MsidSemantic = ["a=msid-semantic"],
    /// The stream and the track that are sent.
    Msid = ["a=msid"] RFC 8830 "2",
    /// The name of one end of an ICE session.
    IceUfrag = ["a=ice-ufrag"] RFC 8839 "5.4",
    /// The password of one end of an ICE session.
    IcePwd = ["a=ice-pwd"] RFC 8839 "5.4",
    /// Abilities of the ICE agent.
    IceOptions = ["a=ice-options"] RFC 8839 "5.6",
    /// An agent that only answers checks.
    IceLite = ["a=ice-lite"] RFC 8839 "5.3",
    /// An address at which one end may be reached.
    Candidate = ["a=candidate", "candidate"] RFC 8839 "5.1",
    /// There are no more candidates.
    EndOfCandidates = ["a=end-of-candidates"] RFC 8840 "8.1",
    /// The certificate of DTLS.
    Fingerprint = ["a=fingerprint"] RFC 8122 "5",
    /// Who opens the DTLS connection.
    Setup = ["a=setup"] RFC 4145 "4",
    /// The name of a DTLS association.
    TlsId = ["a=tls-id"] RFC 8842 "4",
    /// Which way media flows.
    Direction = ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"] RFC 8866 "6.7",
    /// RTP and RTCP share a port.
    RtcpMux = ["a=rtcp-mux"] RFC 5761 "5.1.1",
    /// RTCP may be sent in parts.
    RtcpRsize = ["a=rtcp-rsize"] RFC 5506 "5",
    /// What a receiver may report.
    RtcpFeedback = ["a=rtcp-fb"] RFC 4585 "4.2",
    /// The address of RTCP.
    Rtcp = ["a=rtcp"] RFC 3605 "2.1",
    /// The codec behind a payload type.
    Rtpmap = ["a=rtpmap"] RFC 8866 "6.6",
    /// Parameters of a codec.
    Fmtp = ["a=fmtp"] RFC 8866 "6.15",
    /// How much sound is in a packet.
    PacketTime = ["a=ptime"] RFC 8866 "6.4",
    /// How much sound may be in a packet.
    MaxPacketTime = ["a=maxptime"] RFC 8866 "6.5",
    /// Sources that belong together.
    SsrcGroup = ["a=ssrc-group"] RFC 5576 "4.2",
    /// A source of packets.
    Ssrc = ["a=ssrc"] RFC 5576 "4.1",
    /// One of several encodings.
    Rid = ["a=rid"] RFC 8851 "4",
    /// Several encodings at once.
    Simulcast = ["a=simulcast"] RFC 8853 "5.1",
    /// The port of SCTP within DTLS.
    SctpPort = ["a=sctp-port"] RFC 8841 "5",
    /// The largest message of a data channel.
    MaxMessageSize = ["a=max-message-size"] RFC 8841 "6",
}

impl Topic {
    /// What this line is about.
    pub fn of(line: &str) -> Self {
        // The name of an attribute ends at a colon, that of anything else with the equals sign.
        let name = match line.split_once('=') {
            Some(("a", attribute)) => &line[..2 + attribute.find(':').unwrap_or(attribute.len())],
            Some((kind, _)) if kind.len() == 1 => &line[..2],
            Some(_) | None => line.split_once(':').map_or("", |(name, _)| name),
        };
        let found = Self::ALL.iter().find(|topic| topic.starts().contains(&name));
        found.copied().unwrap_or(Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_explained_where_it_is_specified() {
        for (line, rfc, section) in [
            ("i=x", 8866, "5.4"),
            ("u=x", 8866, "5.5"),
            ("e=x", 8866, "5.6"),
            ("p=x", 8866, "5.6"),
            ("t=0 0", 8866, "5.9"),
            ("r=x", 8866, "5.10"),
            ("z=x", 8866, "5.11"),
            ("a=ptime:20", 8866, "6.4"),
            ("a=maxptime:20", 8866, "6.5"),
            ("a=mid:0", 5888, "4"),
            ("a=end-of-candidates", 8840, "8.1"),
        ] {
            assert_eq!(Topic::of(line).reference(), Some(Reference { rfc, section }), "{line}");
        }
        assert_eq!(Topic::of("a=msid-semantic: WMS").reference(), None, "there are only drafts");
    }

    #[test]
    fn an_attribute_is_known_by_its_whole_name() {
        for (line, topic) in [
            ("v=0", Topic::Version),
            ("a=ssrc-group:FID 1 2", Topic::SsrcGroup),
            ("a=ssrc:1 cname:x", Topic::Ssrc),
            ("a=rtcp-mux", Topic::RtcpMux),
            ("a=rtcp:9 IN IP4 0.0.0.0", Topic::Rtcp),
            ("a=extmap-allow-mixed", Topic::ExtmapAllowMixed),
            ("a=extmap:1 urn:x", Topic::Extmap),
            ("a=setup:actpass", Topic::Setup),
            ("candidate:1 1 udp", Topic::Candidate),
            ("a=rtcp-muxer", Topic::Unknown),
            ("q=1", Topic::Unknown),
            ("", Topic::Unknown),
        ] {
            assert_eq!(Topic::of(line), topic, "{line}");
        }
    }
}
