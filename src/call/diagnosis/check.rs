//! How long checks may take, and what can come of each.

use crate::checks::Check;

impl Check {
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

    /// Whether it needs the ICE servers that come with a seat, which serve nobody else.
    pub(super) const fn needs_seat(self) -> bool {
        self.is_relay() || matches!(self, Self::Stun | Self::Loop)
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
