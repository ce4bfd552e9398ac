//! The checks, and what can come of each.

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

    /// After so long it has failed. Unit: millisecond. One that waits for another starts after it: all of
    /// them end within [`super::MAX_MS`].
    pub const fn limit_ms(self) -> u64 {
        match self {
            Self::Browser => 1_000,
            Self::Devices | Self::Host => 4_000,
            Self::Https | Self::WebSocket => 6_000,
            Self::Stun | Self::TurnUdp | Self::TurnTcp | Self::TurnTls => 8_000,
            Self::Loop => 6_000,
        }
    }

    /// Whether this is a way to the relay.
    pub const fn is_relay(self) -> bool {
        matches!(self, Self::TurnUdp | Self::TurnTcp | Self::TurnTls)
    }
}

/// Why a check has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The page is no secure context: browsers give it no devices.
    NotSecure,
    /// The browser, or the app that contains it, cannot do this.
    NotSupported,
    /// The person, or the system, has not given permission.
    Denied,
    /// There is no device.
    NotFound,
    /// Another program uses the device, or holds it back.
    InUse,
    /// The browser says that there is no network.
    Offline,
    /// Nobody answers there.
    Unreachable,
    /// Somebody else answers: a portal or a proxy.
    WrongAnswer,
    /// The server does not accept this.
    Refused,
    /// The relay does not accept the login.
    BadLogin,
    /// The relay has no room for more.
    Full,
    /// Ended without an address.
    NoAddress,
    /// Connected, or not even that, but no media came through.
    NoMedia,
    /// Not done within [`Check::limit_ms`].
    TimedOut,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 14] = [
        Self::NotSecure,
        Self::NotSupported,
        Self::Denied,
        Self::NotFound,
        Self::InUse,
        Self::Offline,
        Self::Unreachable,
        Self::WrongAnswer,
        Self::Refused,
        Self::BadLogin,
        Self::Full,
        Self::NoAddress,
        Self::NoMedia,
        Self::TimedOut,
    ];

    /// The name in reports and in tests. Never translated.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotSecure => "not-secure",
            Self::NotSupported => "not-supported",
            Self::Denied => "denied",
            Self::NotFound => "not-found",
            Self::InUse => "in-use",
            Self::Offline => "offline",
            Self::Unreachable => "unreachable",
            Self::WrongAnswer => "wrong-answer",
            Self::Refused => "refused",
            Self::BadLogin => "bad-login",
            Self::Full => "full",
            Self::NoAddress => "no-address",
            Self::NoMedia => "no-media",
            Self::TimedOut => "timed-out",
        }
    }
}

/// Why a check was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// Something that it needs has failed.
    NeedsOther,
    /// The server offers nothing of this kind.
    NotOffered,
}

/// Where a check stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CheckState {
    /// Not begun.
    #[default]
    Waiting,
    /// Being made.
    Running,
    /// It works.
    Passed {
        /// Time that it took.
        ms: u64,
    },
    /// It does not work.
    Failed {
        /// Why.
        reason: Reason,
        /// Time that it took.
        ms: u64,
    },
    /// Not made.
    Skipped(Skipped),
    /// Not finished: somebody closed the view.
    Aborted,
}

impl CheckState {
    /// Whether this is the end of it.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }

    /// The name in reports and in tests. Never translated.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Passed { .. } => "passed",
            Self::Failed { .. } => "failed",
            Self::Skipped(Skipped::NeedsOther) => "skipped",
            Self::Skipped(Skipped::NotOffered) => "not-offered",
            Self::Aborted => "aborted",
        }
    }

    /// Time that it took.
    pub const fn ms(self) -> Option<u64> {
        match self {
            Self::Passed { ms } | Self::Failed { ms, .. } => Some(ms),
            Self::Waiting | Self::Running | Self::Skipped(_) | Self::Aborted => None,
        }
    }

    /// Why it failed, if it did.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Failed { reason, .. } => Some(reason),
            Self::Waiting | Self::Running | Self::Passed { .. } | Self::Skipped(_) | Self::Aborted => None,
        }
    }
}
