//! Signals of the size that browsers make.

use std::fmt::Write as _;

/// An offer of audio and video, about 4.5 kB.
pub fn offer() -> String {
    description("offer", 34)
}

/// An answer, about 3.5 kB: fewer codecs are left.
pub fn answer() -> String {
    description("answer", 24)
}

/// A host candidate as Chromium writes it.
pub fn candidate(number: usize) -> String {
    format!(
        concat!(
            r#"{{"kind":"candidate","candidate":"candidate:{} 1 udp 2122260223 192.0.2.{} {} typ host"#,
            r#" generation 0 ufrag EsAw network-id 1 network-cost 10","sdp_mid":"{}","sdp_m_line_index":{},"#,
            r#""username_fragment":"EsAw","epoch":0}}"#,
        ),
        842_163_049 + number,
        number % 250,
        40_000 + number % 20_000,
        number % 2,
        number % 2,
    )
}

fn description(kind: &str, codecs: u32) -> String {
    let mut sdp = String::from(
        "v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n\
         a=group:BUNDLE 0 1\\r\\na=extmap-allow-mixed\\r\\na=msid-semantic: WMS\\r\\n",
    );
    for (mid, media) in ["audio", "video"].iter().enumerate() {
        let _ = write!(
            sdp,
            "m={media} 9 UDP/TLS/RTP/SAVPF 111 96\\r\\nc=IN IP4 0.0.0.0\\r\\n\
             a=rtcp:9 IN IP4 0.0.0.0\\r\\na=ice-ufrag:EsAw\\r\\n\
             a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\\r\\na=ice-options:trickle\\r\\n\
             a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:\
             2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F\\r\\n\
             a=setup:actpass\\r\\na=mid:{mid}\\r\\na=sendrecv\\r\\na=rtcp-mux\\r\\na=rtcp-rsize\\r\\n",
        );
    }
    for codec in 0..codecs {
        let _ = write!(
            sdp,
            "a=rtpmap:{} H264/90000\\r\\na=rtcp-fb:{} goog-remb\\r\\n\
             a=fmtp:{} packetization-mode=1;profile-level-id=42e01f\\r\\n",
            96 + codec,
            96 + codec,
            96 + codec
        );
    }
    format!(r#"{{"kind":"{kind}","sdp":"{sdp}","epoch":0}}"#)
}
