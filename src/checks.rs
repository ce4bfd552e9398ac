//! The names of the checks that the page makes of a connection ([`crate::call::diagnosis`]). `halloo doctor`
//! refers to them, so that people and whoever runs their server use the same words.

/// One way of a call that is tried by itself. The order is that of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// What the browser can do, and whether the page is a secure context.
    Browser,
    /// Microphone and camera: permission and presence.
    Devices,
    /// A small answer of the web server.
    Https,
    /// The signaling socket, and a seat in a room of its own, which brings the ICE servers.
    WebSocket,
    /// Own addresses: host candidates.
    Host,
    /// The address as the internet sees it, over UDP.
    Stun,
    /// A relayed address, the relay reached over UDP.
    TurnUdp,
    /// The same over TCP.
    TurnTcp,
    /// The same over TLS.
    TurnTls,
    /// Media from this browser through the relay back to it.
    Loop,
}

impl Check {
    /// Every check, in the order of the list.
    pub const ALL: [Self; 10] = [
        Self::Browser,
        Self::Devices,
        Self::Https,
        Self::WebSocket,
        Self::Host,
        Self::Stun,
        Self::TurnUdp,
        Self::TurnTcp,
        Self::TurnTls,
        Self::Loop,
    ];

    /// The name in reports, in `halloo doctor` and in tests. Never translated.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Devices => "devices",
            Self::Https => "https",
            Self::WebSocket => "websocket",
            Self::Host => "host",
            Self::Stun => "stun",
            Self::TurnUdp => "turn-udp",
            Self::TurnTcp => "turn-tcp",
            Self::TurnTls => "turn-tls",
            Self::Loop => "loop",
        }
    }

    /// The name in plain words, as the page and `halloo doctor` have it in English.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Browser => "Browser",
            Self::Devices => "Microphone and camera",
            Self::Https => "Web server (HTTPS)",
            Self::WebSocket => "Signaling (WebSocket)",
            Self::Host => "Own address (host)",
            Self::Stun => "Public address (STUN)",
            Self::TurnUdp => "Relay over UDP (TURN)",
            Self::TurnTcp => "Relay over TCP (TURN)",
            Self::TurnTls => "Relay over TLS (TURN)",
            Self::Loop => "Picture through the relay and back",
        }
    }
}
