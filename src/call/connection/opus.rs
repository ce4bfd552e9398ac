//! How sound is encoded for one peer, and decoded from it. Browsers take the parameters of Opus from the
//! session descriptions (RFC 7587, section 6.1) and offer no other way to set them: the encoder goes by the
//! peer's description, Chromium's decoder by its own.

/// Discontinuous transmission: silence takes a packet every 400 ms instead of every 20 ms. In a call of
/// several most people are silent most of the time, and each is sent to everybody.
const SPEECH: &str = "usedtx=1";
/// Both channels, at a bitrate at which music is not to be told from the original.
const ORIGINAL: &str = "stereo=1;maxaveragebitrate=128000";
/// What is sent has two channels: original sound, and that of a screen.
const SENDS_TWO_CHANNELS: &str = "sprop-stereo=1";
/// What is received is decoded to two channels, and whoever sends is asked for two.
const TWO_CHANNELS: &str = "stereo=1";
/// Both of these.
const ABOUT_CHANNELS: &str = "stereo=1;sprop-stereo=1";

/// The sound of one connection.
#[derive(Debug, Default)]
pub(crate) struct Sound {
    /// Original sound is to be sent, not speech.
    original: bool,
    /// The encoder does so, by the peer's description that was set last.
    encodes_original: bool,
    /// The peer was told so, by the own description that was sent last.
    announces_original: bool,
    /// The peer says that it sends two channels.
    is_sent_two: bool,
    /// The own description that was made last asks for two.
    asks_for_two: bool,
    /// It was to ask for two. A browser that does not is not made to offer again and again.
    was_to_ask: bool,
    /// The browser takes no description whose sections have different parameters for one payload type: RFC
    /// 9143, section 9.1.1, requires them to be equal.
    is_uniform: bool,
}

impl Sound {
    /// Nothing is negotiated yet.
    pub(crate) fn new(original: bool) -> Self {
        Self { original, ..Self::default() }
    }

    /// That of a new connection to the same peer.
    pub(crate) fn renewed(&self) -> Self {
        Self { original: self.original, is_sent_two: self.is_sent_two, ..Self::default() }
    }

    /// Returns whether something else is wanted than before.
    pub(crate) fn want_original(&mut self, original: bool) -> bool {
        std::mem::replace(&mut self.original, original) != original
    }

    /// Another exchange is needed for what is wanted. A peer can bring about one of them.
    pub(crate) fn needs_exchange(&self) -> bool {
        self.encodes_original != self.original
            || self.announces_original != self.original
            || (self.is_sent_two && !self.asks_for_two && !self.was_to_ask)
    }

    /// The peer's description, which is about to be set, as if it asked for original sound or speech from the
    /// microphone, and for two channels from the screen; for the same in all sections, if the browser takes
    /// nothing else.
    pub(crate) fn remote(&mut self, sdp: &str) -> String {
        self.is_sent_two = has_parameter(sdp, SENDS_TWO_CHANNELS);
        self.encodes_original = self.original;
        let of_microphone = if self.original { ORIGINAL } else { SPEECH };
        change(sdp, &|origin| match origin {
            // The peer may have asked for two in one section, and announced them in another.
            _ if self.is_uniform => (of_microphone, ABOUT_CHANNELS),
            Origin::Screen => (TWO_CHANNELS, ""),
            // The peer may ask for two still, or always. Of speech that would be twice the bits.
            Origin::Microphone => (of_microphone, TWO_CHANNELS),
        })
    }

    /// The browser has refused the peer's description. Returns whether it may take it with the parameters of
    /// the microphone in all sections: the next call of [`Self::remote`] says so.
    pub(crate) fn on_refused(&mut self, sdp: &str) -> bool {
        of_screens(sdp).next().is_some() && !std::mem::replace(&mut self.is_uniform, true)
    }

    /// Whether the own description, which is about to be made, is to ask for two channels.
    pub(crate) fn is_to_ask_for_two(&mut self) -> bool {
        self.was_to_ask |= self.is_sent_two;
        self.is_sent_two
    }

    /// The own description, which was just made, as the peer gets it.
    pub(crate) fn announced(&mut self, sdp: &str) -> String {
        self.asks_for_two = has_parameter(sdp, TWO_CHANNELS);
        self.announces_original = self.original;
        if !self.original && !of_screens(sdp).any(is_sent) {
            return sdp.to_owned();
        }
        // In all sections, since the peer's browser may not take any that differ.
        change(sdp, &|_| (SENDS_TWO_CHANNELS, ""))
    }
}

/// Where sound comes from, by the order of sections: a client sends its microphone over the first one
/// (docs/PROTOCOL.md, section 8.2).
#[derive(Clone, Copy)]
enum Origin {
    /// The first section of sound.
    Microphone,
    /// The other ones.
    Screen,
}

/// A description of this browser that asks for two channels.
pub fn for_two_channels(sdp: &str) -> String {
    change(sdp, &|_| (TWO_CHANNELS, ""))
}

/// Changes the parameters of each section of sound: which are added, and which are left out.
fn change(sdp: &str, how: &dyn Fn(Origin) -> (&'static str, &'static str)) -> String {
    let (mut out, mut origin) = (String::with_capacity(sdp.len() + 128), Origin::Microphone);
    for part in parts(sdp) {
        if !is_sound(&part) {
            out.push_str(part);
            continue;
        }
        match part.lines().find_map(opus) {
            Some(codec) => set_parameters(&mut out, part, codec, how(origin)),
            None => out.push_str(part),
        }
        origin = Origin::Screen;
    }
    out
}

/// What comes before the sections, and each section.
fn parts(sdp: &str) -> impl Iterator<Item = &str> {
    let mut rest = sdp;
    std::iter::from_fn(move || {
        let mut lines = rest.split_inclusive('\n');
        let first = lines.next()?.len();
        let others = lines.take_while(|line| !line.starts_with("m=")).map(str::len);
        let (part, next) = rest.split_at_checked(first + others.sum::<usize>())?;
        rest = next;
        Some(part)
    })
}

fn is_sound(part: &&str) -> bool {
    part.starts_with("m=audio")
}

/// The sections of sound that are not the microphone's.
fn of_screens(sdp: &str) -> impl Iterator<Item = &str> {
    parts(sdp).filter(is_sound).skip(1)
}

/// Whether this side sends what a section of its own description is about (RFC 8866, section 6.7).
fn is_sent(section: &str) -> bool {
    !section.lines().any(|line| ["a=recvonly", "a=inactive"].contains(&line))
}

fn has_parameter(sdp: &str, parameter: &str) -> bool {
    sdp.lines().any(|line| format_of(line).is_some() && parameters_of(line).any(|one| one == parameter))
}

/// Writes a section with parameters of Opus added, but for those that it has, and without those left out.
fn set_parameters(out: &mut String, section: &str, codec: &str, (added, left_out): (&str, &str)) {
    // Firefox describes a codec before it names it.
    let is_described = section.lines().any(|line| format_of(line) == Some(codec));
    for whole in section.split_inclusive('\n') {
        let line = whole.trim_end();
        if format_of(line) == Some(codec) {
            let kept = || parameters_of(line).filter(|one| left_out.split(';').all(|other| other != *one));
            let is_new = |one: &&str| !kept().any(|there| there == *one);
            out.push_str("a=fmtp:");
            out.push_str(codec);
            let mut before = " ";
            for one in kept().chain(added.split(';').filter(is_new)) {
                out.push_str(before);
                out.push_str(one);
                before = ";";
            }
        } else {
            out.push_str(line);
        }
        out.push_str(whole.get(line.len()..).unwrap_or_default());
        if !is_described && opus(line) == Some(codec) {
            for part in ["a=fmtp:", codec, " ", added, "\r\n"] {
                out.push_str(part);
            }
        }
    }
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
        let last = audio("minptime=20;stereo=1");
        assert_eq!(Sound::new(true).remote(&before), [HEAD, &first, VIDEO, &last].concat());
    }

    #[test]
    fn parameters_may_come_before_the_name_of_the_codec() {
        let audio = |parameters: &str| {
            [
                HEAD,
                "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\na=fmtp:109 ",
                parameters,
                "\r\na=rtpmap:109 opus/48000/2\r\n",
            ]
            .concat()
        };
        assert_eq!(Sound::new(false).remote(&audio("a=1;stereo=1")), audio("a=1;usedtx=1"));
    }

    #[test]
    fn a_description_without_parameters_gets_some() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n";
        let after = [HEAD, audio, "a=fmtp:96 stereo=1;maxaveragebitrate=128000\r\n", VIDEO].concat();
        assert_eq!(Sound::new(true).remote(&[HEAD, audio, VIDEO].concat()), after);
    }

    #[test]
    fn speech_is_not_sent_while_there_is_none() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1";
        let after = [HEAD, audio, ";usedtx=1\r\n", VIDEO].concat();
        assert_eq!(Sound::new(false).remote(&[HEAD, audio, "\r\n", VIDEO].concat()), after);
    }

    #[test]
    fn parameters_that_are_there_are_not_repeated() {
        let audio = |parameters: &str| {
            format!(
                "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 {parameters}\r\n"
            )
        };
        let sent = Sound::new(true).remote(&audio("sprop-stereo=1; stereo=1"));
        assert_eq!(sent, audio("sprop-stereo=1;stereo=1;maxaveragebitrate=128000"));
        assert_eq!(for_two_channels(&audio("sprop-stereo=1")), audio("sprop-stereo=1;stereo=1"));
    }

    const OPUS: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 a=1\r\n";

    #[test]
    fn two_channels_are_announced_and_then_asked_for_once() {
        let [mut sender, mut receiver] = [Sound::new(true), Sound::new(false)];
        // The receiver offers first, and does not know yet.
        assert!(!receiver.is_to_ask_for_two());
        sender.remote(&receiver.announced(OPUS));
        receiver.remote(&sender.announced(OPUS));
        assert!(receiver.needs_exchange() && !sender.needs_exchange());
        // A browser that cannot be made to ask is not made to offer again.
        assert!(receiver.is_to_ask_for_two());
        receiver.announced(OPUS);
        receiver.remote(&sender.announced(OPUS));
        assert!(!receiver.needs_exchange());
        assert!(receiver.renewed().is_to_ask_for_two(), "in the first offer of another connection");
    }

    #[test]
    fn a_browser_that_always_asks_for_two_needs_no_other_exchange() {
        let [mut sender, mut receiver] = [Sound::new(true), Sound::new(false)];
        receiver.announced(&for_two_channels(OPUS));
        receiver.remote(&sender.announced(OPUS));
        assert!(!receiver.needs_exchange());
    }

    #[test]
    fn what_is_chosen_while_an_offer_is_pending_is_announced_later() {
        let mut sound = Sound::new(false);
        sound.announced(OPUS);
        sound.want_original(true);
        sound.remote(OPUS);
        assert!(sound.needs_exchange());
        sound.announced(OPUS);
        sound.remote(OPUS);
        assert!(!sound.needs_exchange());
    }

    #[test]
    fn speech_has_one_channel_whatever_is_asked_for() {
        let speech = Sound::new(false).remote(&OPUS.replace("a=1", "stereo=1;a=1; stereo=1;sprop-stereo=1"));
        assert_eq!(speech, OPUS.replace("a=1", "a=1;sprop-stereo=1;usedtx=1"));
        let asked = OPUS.replace("a=1", "stereo=1");
        let speech = Sound::new(false).remote(&[asked.as_str(), &asked].concat());
        assert_eq!(speech, [OPUS.replace("a=1", "usedtx=1"), asked].concat(), "of microphones alone");
    }

    #[test]
    fn a_screen_has_two_channels_and_no_silence_whatever_the_microphone_has() {
        let screen = OPUS.replace("a=1", "stereo=1");
        let both = |screen: &str| [HEAD, OPUS, VIDEO, screen].concat();
        let sent = Sound::new(false).remote(&both(OPUS));
        assert_eq!(
            sent,
            [HEAD, &OPUS.replace("a=1", "a=1;usedtx=1"), VIDEO, &OPUS.replace("a=1", "a=1;stereo=1")]
                .concat()
        );
        assert_eq!(Sound::new(true).remote(&both(&screen)).matches("maxaveragebitrate").count(), 1);
    }

    #[test]
    fn a_browser_that_takes_no_sections_that_differ_gets_the_same_parameters_in_all() {
        let both = [HEAD, OPUS, VIDEO, OPUS].concat();
        let mut sound = Sound::new(false);
        assert!(!sound.on_refused(&[HEAD, OPUS, VIDEO].concat()), "there is nothing to differ from");
        sound.remote(&both);
        assert!(sound.on_refused(&both));
        let announced = [HEAD, OPUS, VIDEO, &OPUS.replace("a=1", "sprop-stereo=1;a=1;stereo=1")].concat();
        for sdp in [&both, &announced] {
            assert_eq!(sound.remote(sdp), both.replace("a=1", "a=1;usedtx=1"));
        }
        assert!(!sound.on_refused(&both), "once");
        sound.want_original(true);
        assert_eq!(sound.remote(&both), both.replace("a=1", "a=1;stereo=1;maxaveragebitrate=128000"));
        assert!(sound.renewed().on_refused(&both), "it may have had another reason");
    }

    #[test]
    fn the_two_channels_of_a_screen_are_announced_by_who_sends_it() {
        let with_screen = |direction: &str| [HEAD, OPUS, VIDEO, OPUS, direction].concat();
        for sends in ["a=sendrecv\r\n", "a=sendonly\r\n", ""] {
            let announced = Sound::new(false).announced(&with_screen(sends));
            assert_eq!(announced, with_screen(sends).replace("a=1", "a=1;sprop-stereo=1"), "in both");
            let mut receiver = Sound::new(false);
            receiver.remote(&announced);
            assert!(receiver.is_to_ask_for_two(), "in the answer");
        }
        for receives in ["a=recvonly\r\n", "a=inactive\r\n"] {
            let sdp = with_screen(receives);
            assert_eq!(Sound::new(false).announced(&sdp), sdp);
        }
    }

    #[test]
    fn without_opus_nothing_changes() {
        for sdp in ["", HEAD, &[HEAD, VIDEO].concat()] {
            assert_eq!(Sound::new(true).remote(sdp), sdp);
        }
    }

    #[test]
    fn nonsense_is_survived() {
        for sdp in ["\nm=", "a=rtpmap:\r\n", "m=audio\nm=audio\na=rtpmap:1 opus/\na=fmtp:1 ", "ü\nm=ü"] {
            Sound::new(false).remote(sdp);
        }
    }
}
