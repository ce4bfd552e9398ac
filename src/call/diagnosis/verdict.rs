//! What all results together mean.

use super::{Check, CheckState, Reason, Results, Skipped};

/// What all results together mean: the first in this order that is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The view was closed before the end: nothing is known.
    Stopped,
    /// The browser cannot make calls.
    BrowserTooOld,
    /// The browser has no network.
    Offline,
    /// The server answers in no way.
    ServerUnreachable,
    /// Somebody else answers for the server.
    Portal,
    /// The server does not accept sockets of this page.
    ServerRefuses,
    /// The page is reached, a WebSocket is not.
    WebSocketBlocked,
    /// The browser finds no address at all.
    WebRtcBlocked,
    /// The relay rejects the logins of the server.
    RelayRefusesLogin,
    /// The relay has no room.
    RelayFull,
    /// The relay is reached in no way.
    RelayUnreachable,
    /// The relay gives addresses, but no media goes through them.
    RelayCarriesNothing,
    /// The page is no secure context.
    NotSecure,
    /// The browser, or the app around it, has no devices for pages.
    DevicesNotOffered,
    /// Devices are not allowed.
    DevicesDenied,
    /// There is neither microphone nor camera.
    NoDevices,
    /// A device is in use elsewhere.
    DevicesInUse,
    /// No relay, and no address that others could reach.
    OnlyNearby,
    /// No relay.
    NoRelay,
    /// Nothing goes over UDP: calls go through the relay by TCP or TLS.
    UdpBlocked,
    /// All works, but the relay is not reached by TCP or TLS.
    StreamsBlocked,
    /// All works.
    AllWell,
}

impl Verdict {
    /// Every verdict, in order.
    pub const ALL: [Self; 22] = [
        Self::Stopped,
        Self::BrowserTooOld,
        Self::Offline,
        Self::ServerUnreachable,
        Self::Portal,
        Self::ServerRefuses,
        Self::WebSocketBlocked,
        Self::WebRtcBlocked,
        Self::RelayRefusesLogin,
        Self::RelayFull,
        Self::RelayUnreachable,
        Self::RelayCarriesNothing,
        Self::NotSecure,
        Self::DevicesNotOffered,
        Self::DevicesDenied,
        Self::NoDevices,
        Self::DevicesInUse,
        Self::OnlyNearby,
        Self::NoRelay,
        Self::UdpBlocked,
        Self::StreamsBlocked,
        Self::AllWell,
    ];

    /// The name in reports, in documents and in tests. Never translated.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::BrowserTooOld => "browser-too-old",
            Self::Offline => "offline",
            Self::ServerUnreachable => "server-unreachable",
            Self::Portal => "portal",
            Self::ServerRefuses => "server-refuses",
            Self::WebSocketBlocked => "websocket-blocked",
            Self::WebRtcBlocked => "webrtc-blocked",
            Self::RelayRefusesLogin => "relay-refuses-login",
            Self::RelayFull => "relay-full",
            Self::RelayUnreachable => "relay-unreachable",
            Self::RelayCarriesNothing => "relay-carries-nothing",
            Self::NotSecure => "not-secure",
            Self::DevicesNotOffered => "devices-not-offered",
            Self::DevicesDenied => "devices-denied",
            Self::NoDevices => "no-devices",
            Self::DevicesInUse => "devices-in-use",
            Self::OnlyNearby => "only-nearby",
            Self::NoRelay => "no-relay",
            Self::UdpBlocked => "udp-blocked",
            Self::StreamsBlocked => "streams-blocked",
            Self::AllWell => "all-well",
        }
    }

    /// How much of a call is to be expected.
    pub const fn outlook(self) -> Outlook {
        match self {
            Self::AllWell | Self::StreamsBlocked => Outlook::Good,
            Self::UdpBlocked
            | Self::NoRelay
            | Self::OnlyNearby
            | Self::DevicesInUse
            | Self::NoDevices
            | Self::RelayRefusesLogin
            | Self::RelayFull
            | Self::RelayUnreachable
            | Self::RelayCarriesNothing => Outlook::Limited,
            Self::Stopped => Outlook::Unknown,
            Self::BrowserTooOld
            | Self::Offline
            | Self::ServerUnreachable
            | Self::Portal
            | Self::ServerRefuses
            | Self::WebSocketBlocked
            | Self::WebRtcBlocked
            | Self::NotSecure
            | Self::DevicesNotOffered
            | Self::DevicesDenied => Outlook::Bad,
        }
    }

    /// The verdict on these results, all of which are final.
    pub(super) fn of(results: &Results) -> Self {
        let look = Look(results);
        let first = Self::ALL.into_iter().find(|verdict| look.is(*verdict)).unwrap_or(Self::AllWell);
        match look.state(Check::TurnUdp).reason() {
            // Calls go by a detour, which is not all well.
            Some(Reason::BadLogin) if first == Self::AllWell => Self::RelayRefusesLogin,
            Some(Reason::Full) if first == Self::AllWell => Self::RelayFull,
            _ => first,
        }
    }
}

/// How much of a call is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// It works.
    Good,
    /// It works with some, or not with everything.
    Limited,
    /// It does not work.
    Bad,
    /// Nothing is known.
    Unknown,
}

struct Look<'a>(&'a Results);

impl Look<'_> {
    /// Whether this verdict is true, if none before it is.
    fn is(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Stopped => Check::ALL.into_iter().any(|check| self.state(check) == CheckState::Aborted),
            Verdict::BrowserTooOld => self.is_because(Check::Browser, Reason::NotSupported),
            Verdict::Offline => {
                self.is_cut_off()
                    && [Check::Https, Check::WebSocket]
                        .into_iter()
                        .any(|check| self.is_because(check, Reason::Offline))
            }
            Verdict::ServerUnreachable => {
                self.is_cut_off() && self.failed(Check::Https) && !self.has_wrong_answer()
            }
            Verdict::Portal => self.is_cut_off() && self.has_wrong_answer(),
            Verdict::ServerRefuses => self.is_because(Check::WebSocket, Reason::Refused),
            Verdict::WebSocketBlocked => self.is_cut_off(),
            Verdict::WebRtcBlocked => {
                self.failed(Check::Host) && !self.passed(Check::Stun) && !self.has_relay()
            }
            Verdict::RelayRefusesLogin => !self.has_relay() && self.any_relay_because(Reason::BadLogin),
            Verdict::RelayFull => !self.has_relay() && self.any_relay_because(Reason::Full),
            Verdict::RelayUnreachable => {
                !self.has_relay() && self.any_relay(|state| state.reason().is_some())
            }
            Verdict::RelayCarriesNothing => self.failed(Check::Loop),
            Verdict::NotSecure => {
                self.is_because(Check::Browser, Reason::NotSecure)
                    || self.is_because(Check::Devices, Reason::NotSecure)
            }
            Verdict::DevicesNotOffered => self.is_because(Check::Devices, Reason::NotSupported),
            Verdict::DevicesDenied => self.is_because(Check::Devices, Reason::Denied),
            Verdict::NoDevices => self.is_because(Check::Devices, Reason::NotFound),
            Verdict::DevicesInUse => self.failed(Check::Devices),
            Verdict::OnlyNearby => !self.has_relay() && !self.passed(Check::Stun),
            Verdict::NoRelay => !self.has_relay(),
            Verdict::UdpBlocked => self.is_udp_blocked(),
            Verdict::StreamsBlocked => {
                let streams = [Check::TurnTcp, Check::TurnTls];
                streams.into_iter().any(|check| self.failed(check))
                    && !streams.into_iter().any(|check| self.passed(check))
            }
            Verdict::AllWell => true,
        }
    }

    fn state(&self, check: Check) -> CheckState {
        self.0.get(&check).copied().unwrap_or(CheckState::Skipped(Skipped::NeedsOther))
    }

    fn passed(&self, check: Check) -> bool {
        matches!(self.state(check), CheckState::Passed { .. })
    }

    fn failed(&self, check: Check) -> bool {
        self.state(check).reason().is_some()
    }

    fn is_because(&self, check: Check, reason: Reason) -> bool {
        self.state(check).reason() == Some(reason)
    }

    /// Whether the server is out of reach for signaling.
    fn is_cut_off(&self) -> bool {
        !self.passed(Check::WebSocket)
    }

    /// The relay knows best. STUN fails, too, on one of several interfaces.
    fn is_udp_blocked(&self) -> bool {
        let state = self.state(Check::TurnUdp);
        if state == CheckState::Skipped(Skipped::NotOffered) {
            return self.failed(Check::Stun);
        }
        matches!(
            state.reason(),
            Some(Reason::Unreachable | Reason::TimedOut | Reason::NoAddress | Reason::Refused)
        )
    }

    fn has_wrong_answer(&self) -> bool {
        self.is_because(Check::Https, Reason::WrongAnswer)
    }

    fn any_relay(&self, is: impl Fn(CheckState) -> bool) -> bool {
        Check::ALL.into_iter().filter(|check| check.is_relay()).any(|check| is(self.state(check)))
    }

    fn any_relay_because(&self, reason: Reason) -> bool {
        self.any_relay(|state| state.reason() == Some(reason))
    }

    fn has_relay(&self) -> bool {
        self.any_relay(|state| matches!(state, CheckState::Passed { .. }))
    }
}
