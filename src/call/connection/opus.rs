//! How sound is encoded for one peer, and decoded from it. Browsers take the parameters of Opus from the
//! session descriptions (RFC 7587, section 6.1) and offer no other way to set them: the encoder goes by the
//! peer's description, Chromium's decoder by its own.

/// Discontinuous transmission: silence takes a packet every 400 ms instead of every 20 ms. In a call of
/// several most people are silent most of the time, and each is sent to everybody.
const SPEECH: &str = "usedtx=1";
/// Both channels, at a bitrate at which music is not to be told from the original.
const ORIGINAL: &str = "stereo=1;maxaveragebitrate=128000";
/// What is sent has two channels.
const SENDS_TWO_CHANNELS: &str = "sprop-stereo=1";
/// What is received is decoded to two channels.
const RECEIVES_TWO_CHANNELS: &str = "stereo=1";

/// The sound of one connection.
#[derive(Debug, Default)]
pub(crate) struct Sound {
    /// Original sound is to be sent, not speech.
    original: bool,
    /// The encoder does so, by the peer's description that was set last.
    encodes_original: bool,
    /// The peer says that it sends two channels.
    is_sent_two: bool,
    /// The decoder takes two, by the own description that was made last.
    decodes_two: bool,
}

impl Sound {
    /// Nothing is negotiated yet.
    pub(crate) fn new(original: bool) -> Self {
        Self { original, ..Self::default() }
    }

    /// Returns whether something else is wanted than before.
    pub(crate) fn want_original(&mut self, original: bool) -> bool {
        std::mem::replace(&mut self.original, original) != original
    }

    /// Another exchange is needed for what is wanted. A peer that takes back what it has said causes none.
    pub(crate) fn needs_exchange(&self) -> bool {
        self.encodes_original != self.original || (self.is_sent_two && !self.decodes_two)
    }

    /// The peer's description, which is about to be set, as if it asked for original sound, or for speech.
    pub(crate) fn remote(&mut self, sdp: &str) -> String {
        self.is_sent_two = sdp.lines().any(|line| {
            format_of(line).is_some() && parameters_of(line).any(|one| one == SENDS_TWO_CHANNELS)
        });
        self.encodes_original = self.original;
        with_parameters(sdp, if self.original { ORIGINAL } else { SPEECH })
    }

    /// Whether the own description, which is about to be made, is to ask for two channels.
    pub(crate) fn local(&mut self) -> bool {
        self.decodes_two = self.is_sent_two;
        self.decodes_two
    }

    /// The own description, as the peer gets it.
    pub(crate) fn announced(&self, sdp: &str) -> String {
        if self.original { with_parameters(sdp, SENDS_TWO_CHANNELS) } else { sdp.to_owned() }
    }
}

/// A description of this browser that asks for two channels.
pub fn for_two_channels(sdp: &str) -> String {
    with_parameters(sdp, RECEIVES_TWO_CHANNELS)
}

/// Adds parameters to each description of Opus, but for those that it has.
fn with_parameters(sdp: &str, parameters: &str) -> String {
    let lines: Vec<&str> = sdp.split_inclusive('\n').collect();
    let mut out = String::with_capacity(sdp.len() + 128);
    let mut codec = None;
    for (at, whole) in lines.iter().enumerate() {
        let line = whole.trim_end();
        if line.starts_with("m=") {
            codec = None;
        }
        out.push_str(line);
        if codec.is_some() && format_of(line) == codec {
            for one in parameters.split(';').filter(|one| !parameters_of(line).any(|there| there == *one)) {
                out.push(';');
                out.push_str(one);
            }
        }
        out.push_str(whole.get(line.len()..).unwrap_or_default());
        if let Some(named) = opus(line) {
            codec = Some(named);
            let section = lines.iter().skip(at).take_while(|line| !line.starts_with("m="));
            if !section.into_iter().any(|line| format_of(line) == codec) {
                for part in ["a=fmtp:", named, " ", parameters, "\r\n"] {
                    out.push_str(part);
                }
            }
        }
    }
    out
}

/// The payload type of Opus, if the line names it.
fn opus(line: &str) -> Option<&str> {
    let (codec, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
    let (name, _) = name.split_once('/')?;
    name.eq_ignore_ascii_case("opus").then_some(codec)
}

/// The payload type whose parameters the line has.
fn format_of(line: &str) -> Option<&str> {
    Some(line.strip_prefix("a=fmtp:")?.split_once(' ')?.0)
}

/// The parameters in a line that has some.
fn parameters_of(line: &str) -> impl Iterator<Item = &str> {
    let (_, parameters) = line.split_once(' ').unwrap_or_default();
    parameters.split(';').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n";
    const VIDEO: &str = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 a=b\r\n";

    #[test]
    fn parameters_are_added_to_those_that_are_there() {
        let audio = |parameters: &str| {
            format!(
                "m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n\
                 a=fmtp:111 {parameters}\r\na=rtpmap:9 G722/8000\r\n"
            )
        };
        let before = [HEAD, &audio("minptime=10;useinbandfec=1"), VIDEO, &audio("minptime=20")].concat();
        let first = audio("minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000");
        let last = audio("minptime=20;stereo=1;maxaveragebitrate=128000");
        assert_eq!(with_parameters(&before, ORIGINAL), [HEAD, &first, VIDEO, &last].concat());
    }

    #[test]
    fn a_description_without_parameters_gets_some() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n";
        let after = [HEAD, audio, "a=fmtp:96 stereo=1;maxaveragebitrate=128000\r\n", VIDEO].concat();
        assert_eq!(with_parameters(&[HEAD, audio, VIDEO].concat(), ORIGINAL), after);
    }

    #[test]
    fn speech_is_not_sent_while_there_is_none() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1";
        let after = [HEAD, audio, ";usedtx=1\r\n", VIDEO].concat();
        assert_eq!(with_parameters(&[HEAD, audio, "\r\n", VIDEO].concat(), SPEECH), after);
    }

    #[test]
    fn parameters_that_are_there_are_not_repeated() {
        let audio = |parameters: &str| {
            format!(
                "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 {parameters}\r\n"
            )
        };
        let announced = with_parameters(&audio("sprop-stereo=1; stereo=1"), ORIGINAL);
        assert_eq!(announced, audio("sprop-stereo=1; stereo=1;maxaveragebitrate=128000"));
        assert_eq!(for_two_channels(&audio("sprop-stereo=1")), audio("sprop-stereo=1;stereo=1"));
    }

    #[test]
    fn two_channels_are_announced_and_then_asked_for_once() {
        let [mut sender, mut receiver] = [Sound::new(true), Sound::new(false)];
        let plain = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 a=1\r\n";
        // The receiver offers first, and does not know yet.
        assert!(!receiver.local());
        sender.remote(&receiver.announced(plain));
        receiver.remote(&sender.announced(plain));
        assert!(receiver.needs_exchange() && !sender.needs_exchange());
        assert!(receiver.local());
        // The peer takes it back in its answer: it is asked no more.
        receiver.remote(plain);
        assert!(!receiver.needs_exchange());
        assert!(!receiver.local());
    }

    #[test]
    fn without_opus_nothing_changes() {
        for sdp in ["", HEAD, &[HEAD, VIDEO].concat()] {
            assert_eq!(with_parameters(sdp, ORIGINAL), sdp);
        }
    }

    #[test]
    fn nonsense_is_survived() {
        for sdp in ["\nm=", "a=rtpmap:\r\n", "m=audio\nm=audio\na=rtpmap:1 opus/\na=fmtp:1 ", "ü\nm=ü"] {
            with_parameters(sdp, SPEECH);
        }
    }
}
