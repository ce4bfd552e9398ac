//! What a value is, by the name of its member.

use super::Level;

/// What a value is. Each class has placeholders of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Address,
    Credential,
    Room,
    Name,
    Host,
    Fragment,
    Password,
    Fingerprint,
    Foundation,
    Source,
    Text,
}

impl Class {
    /// How its placeholders begin.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Credential => "credential",
            Self::Room => "room",
            Self::Name => "name",
            Self::Host => "host",
            Self::Fragment => "ufrag",
            Self::Password => "pwd",
            Self::Fingerprint => "fingerprint",
            Self::Foundation => "foundation",
            Self::Source => "source",
            Self::Text => "text",
        }
    }

    /// Taken out from this level on.
    pub(super) const fn level(self) -> Level {
        match self {
            Self::Credential => Level::Credentials,
            Self::Password | Self::Room => Level::Secrets,
            Self::Address
            | Self::Name
            | Self::Host
            | Self::Fragment
            | Self::Fingerprint
            | Self::Foundation
            | Self::Source
            | Self::Text => Level::Everything,
        }
    }

    /// Whether the value is taken out wherever it stands, also in the middle of other text.
    pub(super) const fn is_secret(self) -> bool {
        match self {
            Self::Credential
            | Self::Room
            | Self::Name
            | Self::Fragment
            | Self::Password
            | Self::Fingerprint => true,
            // Addresses are found without being known.
            Self::Address | Self::Host | Self::Foundation | Self::Source | Self::Text => false,
        }
    }
}

/// Values of members with these names: by them somebody gets in. In any case: nobody needs them to
/// understand a call.
const CREDENTIALS: [&str; 8] =
    ["credential", "username", "password", "resume_token", "token", "visit", "secret", "authorization"];

/// Members whose texts are kept, as far as they have no address and nothing that was taken out elsewhere.
const KEPT: [&str; 26] = [
    "",
    "type",
    "kind",
    "sdp",
    "candidate",
    "sdp_mid",
    "sdpmid",
    "reason",
    "code",
    "features",
    "mode",
    "reaction",
    "from",
    "to",
    "you",
    "id",
    "peer",
    "peers",
    "by",
    "replaces",
    "tracks",
    "media",
    "resume",
    "signal",
    "ice_servers",
    "urls",
];

/// What the member of this name is, in whatever case; `None` for one whose texts are kept.
pub(super) fn class_of(name: &str) -> Option<Class> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "room" => Class::Room,
        "name" => Class::Name,
        "username_fragment" | "usernamefragment" | "ufrag" => Class::Fragment,
        "pwd" => Class::Password,
        name if CREDENTIALS.contains(&name) => Class::Credential,
        name if KEPT.contains(&name) => return None,
        _ => Class::Text,
    })
}
