//! What the browser has counted on one connection so far (W3C webrtc-stats), as far as it tells how good the
//! connection is.

/// One object of an `RTCStatsReport`.
pub trait Stat {
    /// A member that is a string. `None` if there is none.
    fn text(&self, member: &str) -> Option<String>;
    /// A member that is a number, or 1 for one that is true. `None` if there is none.
    fn number(&self, member: &str) -> Option<f64>;
}

/// The counters of a connection at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// When it was read. Unit: millisecond.
    pub at_ms: u64,
    /// The path in use.
    pub path: Option<NetworkPath>,
    /// This end and the other end of it, each as an address and a port.
    pub addresses: Option<[String; 2]>,
    /// Unit: millisecond.
    pub round_trip_ms: Option<u32>,
    /// What has arrived.
    pub received: Counters,
    /// What was sent, and what the other side says of it.
    pub sent: Counters,
}

/// What went one way, sound and pictures together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes of media.
    pub bytes: u64,
    /// Packets that were sent, whether they arrived or not.
    pub packets: u64,
    /// Packets that did not arrive.
    pub lost: u64,
    /// The largest of all streams. Unit: millisecond.
    pub jitter_ms: Option<u32>,
    /// The codec of the picture, or of the sound if there is no picture.
    pub codec: Option<Codec>,
    /// The largest picture of those that move, if any does.
    pub picture: Option<Picture>,
}

/// A stream of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Name of the stream.
    pub ssrc: u64,
    /// Unit: pixel.
    pub width: u32,
    /// Unit: pixel.
    pub height: u32,
    /// Frames that were encoded or decoded.
    pub frames: u64,
    /// There were some in the last second.
    pub moves: bool,
    /// What the encoder says about why the picture is not better. Firefox says nothing.
    pub limit: Option<Limit>,
    /// The bitrate that the encoder aims at. Unit: kilobit per second.
    pub target_kilobits: Option<u32>,
    /// Frames per second that the camera delivers.
    pub source_rate: Option<u32>,
}

/// What keeps an encoder from a better picture: `qualityLimitationReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Nothing.
    None,
    /// The processor.
    Processor,
    /// The network, as far as the browser has tried it.
    Bandwidth,
    /// Anything else.
    Other,
}

/// A codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are names")]
pub enum Codec {
    Av1,
    H264,
    H265,
    Opus,
    Vp8,
    Vp9,
    Other,
}

/// The path of a connection: the selected candidate pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkPath {
    /// How the two ends reach each other.
    pub kind: PathKind,
    /// What carries the packets; with a relay of this person, those to the relay.
    pub transport: Transport,
}

/// How two ends reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// At addresses of their own.
    Direct,
    /// At an address that a router has given to one of them.
    Reflexive,
    /// Through a TURN server.
    Relay,
}

/// What carries packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are names")]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

impl Reading {
    /// Reads all objects of a report. What is missing, or is not what it should be, is left out.
    pub fn read<S: Stat>(stats: &[S], at_ms: u64) -> Self {
        let mut reading = Self { at_ms, ..Self::default() };
        let report = Report(stats);
        for stat in stats {
            match stat.text("type").as_deref() {
                Some("inbound-rtp") => {
                    let arrived = count(stat, "packetsReceived");
                    let lost = count(stat, "packetsLost");
                    reading.received.add(&report, stat, "bytesReceived", "framesDecoded");
                    reading.received.packets = reading.received.packets.saturating_add(arrived + lost);
                    reading.received.lost = reading.received.lost.saturating_add(lost);
                    reading.received.add_jitter(stat);
                }
                Some("outbound-rtp") => {
                    reading.sent.add(&report, stat, "bytesSent", "framesEncoded");
                    let sent = count(stat, "packetsSent");
                    reading.sent.packets = reading.sent.packets.saturating_add(sent);
                }
                // What the other side reports by RTCP, which may be anything.
                Some("remote-inbound-rtp") => {
                    reading.sent.lost = reading.sent.lost.saturating_add(count(stat, "packetsLost"));
                    reading.sent.add_jitter(stat);
                    let round_trip_ms = milliseconds(stat, "roundTripTime");
                    reading.round_trip_ms = reading.round_trip_ms.or(round_trip_ms);
                }
                _ => {}
            }
        }
        if let Some(pair) = report.selected_pair() {
            let round_trip_ms = milliseconds(pair, "currentRoundTripTime");
            reading.round_trip_ms = round_trip_ms.or(reading.round_trip_ms);
            let ends = report.find(pair, "localCandidateId").zip(report.find(pair, "remoteCandidateId"));
            reading.path = ends.map(|(own, theirs)| NetworkPath::between(own, theirs));
            reading.addresses = ends.map(|(own, theirs)| [address(own), address(theirs)]);
        }
        reading
    }
}

impl Counters {
    fn add<S: Stat>(&mut self, report: &Report<'_, S>, stat: &S, bytes: &str, frames: &str) {
        self.bytes = self.bytes.saturating_add(count(stat, bytes));
        let codec = report.find(stat, "codecId").and_then(|codec| codec.text("mimeType"));
        let codec = codec.map(|name| Codec::from_mime(&name));
        if stat.text("kind").as_deref() != Some("video") {
            if self.picture.is_none() {
                self.codec = codec;
            }
            return;
        }
        let picture = Picture {
            ssrc: count(stat, "ssrc"),
            width: count(stat, "frameWidth") as u32,
            height: count(stat, "frameHeight") as u32,
            frames: count(stat, frames),
            moves: count(stat, "framesPerSecond") > 0,
            limit: stat.text("qualityLimitationReason").map(|reason| Limit::from_reason(&reason)),
            target_kilobits: stat.number("targetBitrate").map(|bits| (bits / 1000.0) as u32),
            source_rate: report
                .find(stat, "mediaSourceId")
                .and_then(|source| source.number("framesPerSecond"))
                .map(|rate| rate as u32),
        };
        // A transceiver over which no picture has come yet has no size; that of a screen that is no longer
        // shared keeps its size.
        let rank = |picture: Picture| (picture.moves, picture.pixels());
        if picture.pixels() > 0 && self.picture.is_none_or(|known| rank(picture) > rank(known)) {
            self.picture = Some(picture);
            self.codec = codec;
        }
    }

    fn add_jitter(&mut self, stat: &impl Stat) {
        self.jitter_ms = self.jitter_ms.max(milliseconds(stat, "jitter"));
    }
}

impl Picture {
    const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

impl Limit {
    fn from_reason(reason: &str) -> Self {
        match reason {
            "none" => Self::None,
            "cpu" => Self::Processor,
            "bandwidth" => Self::Bandwidth,
            _ => Self::Other,
        }
    }
}

impl Codec {
    fn from_mime(mime: &str) -> Self {
        let name = mime.rsplit('/').next().unwrap_or(mime);
        let known = [Self::Av1, Self::H264, Self::H265, Self::Opus, Self::Vp8, Self::Vp9];
        known.into_iter().find(|codec| codec.as_str().eq_ignore_ascii_case(name)).unwrap_or(Self::Other)
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Av1 => "AV1",
            Self::H264 => "H264",
            Self::H265 => "H265",
            Self::Opus => "Opus",
            Self::Vp8 => "VP8",
            Self::Vp9 => "VP9",
            Self::Other => "?",
        }
    }
}

impl NetworkPath {
    fn between(own: &impl Stat, theirs: &impl Stat) -> Self {
        let (own_kind, their_kind) = (own.text("candidateType"), theirs.text("candidateType"));
        let any = |kind: &str| [&own_kind, &their_kind].iter().any(|end| end.as_deref() == Some(kind));
        let kind = if any("relay") {
            PathKind::Relay
        } else if any("srflx") || any("prflx") {
            PathKind::Reflexive
        } else {
            PathKind::Direct
        };
        // Only a relay of one's own says how it is reached.
        let transport = own.text("relayProtocol").or_else(|| own.text("protocol"));
        let transport = match transport.as_deref() {
            Some("tls") => Transport::Tls,
            Some("tcp") => Transport::Tcp,
            _ => Transport::Udp,
        };
        Self { kind, transport }
    }
}

/// The objects of a report, which name each other by id.
struct Report<'a, S>(&'a [S]);

impl<'a, S: Stat> Report<'a, S> {
    /// What a member of an object names.
    fn find(&self, from: &S, member: &str) -> Option<&'a S> {
        let id = from.text(member)?;
        self.0.iter().find(|stat| stat.text("id").as_ref() == Some(&id))
    }

    /// The candidate pair that is in use. Older versions of Firefox mark it instead of naming it.
    fn selected_pair(&self) -> Option<&'a S> {
        let of_type =
            |name: &'static str| self.0.iter().filter(move |stat| stat.text("type").as_deref() == Some(name));
        of_type("transport")
            .find_map(|transport| self.find(transport, "selectedCandidatePairId"))
            .or_else(|| of_type("candidate-pair").find(|pair| pair.number("selected") == Some(1.0)))
    }
}

/// 0 for what is missing or below 0, as losses are that were made up for by copies.
fn count(stat: &impl Stat, member: &str) -> u64 {
    // No sum of these overflows.
    stat.number(member).unwrap_or_default().min(2_f64.powi(53)) as u64
}

/// Of a member in seconds.
fn milliseconds(stat: &impl Stat, member: &str) -> Option<u32> {
    stat.number(member).map(|seconds| (seconds * 1000.0) as u32)
}

fn address(candidate: &impl Stat) -> String {
    // Browsers hide some addresses.
    let address = candidate.text("address").filter(|address| !address.is_empty());
    let address = address.unwrap_or_else(|| "?".to_owned());
    [address, count(candidate, "port").to_string()].join(" ")
}
