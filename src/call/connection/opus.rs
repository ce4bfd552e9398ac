//! What the encoder of this person's sound is told through the peer's description: browsers take the
//! parameters of Opus from there (RFC 7587, section 6.1), and offer no other way to set them.

/// Discontinuous transmission: silence takes a packet every 400 ms instead of every 20 ms. In a call of
/// several most people are silent most of the time, and each is sent to everybody.
const SPEECH: &str = "usedtx=1";
/// Both channels, at a bitrate at which music is not to be told from the original. Chromium plays one channel
/// all the same: its decoder goes by its own description, which only the browser writes.
const ORIGINAL: &str = "stereo=1;maxaveragebitrate=128000";

/// The peer's description, as if it asked for original sound, or for speech.
pub(crate) fn with_sound(sdp: &str, original: bool) -> String {
    let parameters = if original { ORIGINAL } else { SPEECH };
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
            out.push(';');
            out.push_str(parameters);
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
        assert_eq!(with_sound(&before, true), [HEAD, &first, VIDEO, &last].concat());
    }

    #[test]
    fn a_description_without_parameters_gets_some() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n";
        let after = [HEAD, audio, "a=fmtp:96 stereo=1;maxaveragebitrate=128000\r\n", VIDEO].concat();
        assert_eq!(with_sound(&[HEAD, audio, VIDEO].concat(), true), after);
    }

    #[test]
    fn speech_is_not_sent_while_there_is_none() {
        let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1";
        let after = [HEAD, audio, ";usedtx=1\r\n", VIDEO].concat();
        assert_eq!(with_sound(&[HEAD, audio, "\r\n", VIDEO].concat(), false), after);
    }

    #[test]
    fn without_opus_nothing_changes() {
        for sdp in ["", HEAD, &[HEAD, VIDEO].concat()] {
            assert_eq!(with_sound(sdp, true), sdp);
        }
    }

    #[test]
    fn nonsense_is_survived() {
        for sdp in ["\nm=", "a=rtpmap:\r\n", "m=audio\nm=audio\na=rtpmap:1 opus/\na=fmtp:1 ", "ü\nm=ü"] {
            with_sound(sdp, false);
        }
    }
}
