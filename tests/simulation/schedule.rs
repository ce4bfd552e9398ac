//! What can go wrong, as data, so that proptest can make it up and shrink it.

use proptest::{collection::vec, prelude::*};

/// A call and everything that befalls it.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// For the delays of network and browser.
    pub(crate) seed: u64,
    /// People in the first room; a second room always has two.
    pub(crate) people: usize,
    /// What happens, each after a pause in milliseconds.
    pub(crate) steps: Vec<(u64, Action)>,
}

/// Something that happens. People are counted from 0, and taken modulo how many there are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    /// A socket dies; each end may or may not notice.
    LoseSocket {
        who: usize,
        client_notices: bool,
        server_notices: bool,
    },
    /// The way to the server is cut; packets vanish.
    CutSignaling {
        who: usize,
    },
    HealSignaling {
        who: usize,
    },
    /// The way between two people is cut.
    CutMedia {
        one: usize,
        other: usize,
    },
    HealMedia {
        one: usize,
        other: usize,
    },
    /// The device gets another address; the browser may or may not say so.
    NewNetwork {
        who: usize,
        told: bool,
    },
    Reload {
        who: usize,
    },
    /// The tab crashes and is opened again, with its memory.
    CrashAndReturn {
        who: usize,
        noticed: bool,
    },
    /// The tab crashes for good.
    Crash {
        who: usize,
    },
    Leave {
        who: usize,
    },
    Join {
        who: usize,
    },
    /// A stranger wants a seat in the first room.
    Knock,
    /// The server dies, with or without closing its sockets properly, and is back after a while.
    RestartServer {
        graceful: bool,
        down_ms: u64,
    },
    /// The device slept: its clock jumps.
    Sleep {
        who: usize,
        ms: u64,
    },
    ServerClockJumps {
        ms: u64,
    },
    Toggle {
        who: usize,
        camera: bool,
    },
    /// Shares a screen, or ends that.
    Share {
        who: usize,
    },
    /// The browser refuses the next operation.
    FailOperation {
        who: usize,
    },
    /// The browser never answers the next operation.
    LoseOperation {
        who: usize,
    },
    /// The next signal arrives twice.
    DoubleSignal {
        who: usize,
    },
    /// The next question for devices is answered by *in use*.
    DenyDevices {
        who: usize,
    },
    /// A tab goes to the background, where timers fire once a minute, or comes back.
    Throttle {
        who: usize,
        on: bool,
    },
    /// A device is unplugged.
    LoseDevice {
        who: usize,
        camera: bool,
    },
    /// Both connections of a pair want to negotiate.
    Negotiate {
        who: usize,
        both: bool,
        apart_ms: u64,
    },
    Look {
        who: usize,
    },
    /// A page is hidden, so that it shows no pictures, or seen again.
    Hide {
        who: usize,
    },
    /// Locks the room, or unlocks it.
    Lock {
        who: usize,
    },
    /// Raises the hand, or lowers it.
    Hand {
        who: usize,
    },
    React {
        who: usize,
    },
    /// Writes a message, to everybody or to one.
    Write {
        who: usize,
        to: Option<usize>,
    },
    /// Changes the own newest message.
    ChangeWritten {
        who: usize,
    },
    /// Offers so many files, of so many bytes together, to everybody or to one.
    Offer {
        who: usize,
        to: Option<usize>,
        count: u8,
        bytes: u32,
    },
    /// Ends a transfer.
    CancelTransfer {
        who: usize,
    },
    /// The channels of transfers break, or the next one; their connections do not.
    BreakTransfers {
        who: usize,
    },
}

pub(crate) fn schedule(people: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Schedule> {
    let steps = vec((pause(), action()), 0..14);
    (any::<u64>(), people, steps).prop_map(|(seed, people, steps)| Schedule { seed, people, steps })
}

/// Mostly so short that things happen at once, sometimes so long that timers run out.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..200_u64, 3 => 0..3_000_u64, 2 => 0..12_000_u64, 1 => 0..45_000_u64]
}

fn action() -> impl Strategy<Value = Action> {
    let who = 0..8_usize;
    let pair = (0..8_usize, 0..8_usize);
    prop_oneof![
        4 => (who.clone(), any::<bool>(), any::<bool>()).prop_map(|(who, client_notices, server_notices)| {
            Action::LoseSocket { who, client_notices, server_notices }
        }),
        2 => who.clone().prop_map(|who| Action::CutSignaling { who }),
        2 => who.clone().prop_map(|who| Action::HealSignaling { who }),
        2 => pair.clone().prop_map(|(one, other)| Action::CutMedia { one, other }),
        2 => pair.prop_map(|(one, other)| Action::HealMedia { one, other }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, told)| Action::NewNetwork { who, told }),
        4 => who.clone().prop_map(|who| Action::Reload { who }),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, noticed)| Action::CrashAndReturn { who, noticed }),
        1 => who.clone().prop_map(|who| Action::Crash { who }),
        2 => who.clone().prop_map(|who| Action::Leave { who }),
        2 => who.clone().prop_map(|who| Action::Join { who }),
        2 => Just(Action::Knock),
        3 => (any::<bool>(), 0..20_000_u64).prop_map(|(graceful, down_ms)| {
            Action::RestartServer { graceful, down_ms }
        }),
        1 => (who.clone(), 0..90_000_u64).prop_map(|(who, ms)| Action::Sleep { who, ms }),
        1 => (0..60_000_u64).prop_map(|ms| Action::ServerClockJumps { ms }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, camera)| Action::Toggle { who, camera }),
        4 => who.clone().prop_map(|who| Action::Share { who }),
        2 => who.clone().prop_map(|who| Action::FailOperation { who }),
        1 => who.clone().prop_map(|who| Action::LoseOperation { who }),
        1 => who.clone().prop_map(|who| Action::DoubleSignal { who }),
        1 => who.clone().prop_map(|who| Action::DenyDevices { who }),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, on)| Action::Throttle { who, on }),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, camera)| Action::LoseDevice { who, camera }),
        3 => (who.clone(), any::<bool>(), 0..300_u64).prop_map(|(who, both, apart_ms)| {
            Action::Negotiate { who, both, apart_ms }
        }),
        2 => who.clone().prop_map(|who| Action::Hide { who }),
        2 => who.clone().prop_map(|who| Action::Lock { who }),
        4 => who.clone().prop_map(|who| Action::Hand { who }),
        1 => who.clone().prop_map(|who| Action::React { who }),
        6 => (who.clone(), proptest::option::weighted(0.3, 0..8_usize))
            .prop_map(|(who, to)| Action::Write { who, to }),
        2 => who.clone().prop_map(|who| Action::ChangeWritten { who }),
        5 => (who.clone(), proptest::option::weighted(0.3, 0..8_usize), count(), bytes())
            .prop_map(|(who, to, count, bytes)| Action::Offer { who, to, count, bytes }),
        1 => who.clone().prop_map(|who| Action::CancelTransfer { who }),
        3 => who.clone().prop_map(|who| Action::BreakTransfers { who }),
        1 => who.prop_map(|who| Action::Look { who }),
    ]
}

/// Mostly one file, sometimes more than go at once.
fn count() -> impl Strategy<Value = u8> {
    prop_oneof![8 => Just(1_u8), 1 => 2..9_u8]
}

/// Nothing, one byte, about as much as goes in one message, some messages, more than is read at once, and
/// rarely more than may be under way.
fn bytes() -> impl Strategy<Value = u32> {
    prop_oneof![
        20 => 0..2_u32,
        20 => 16_380..16_390_u32,
        20 => 65_530..65_540_u32,
        60 => 0..300_000_u32,
        20 => 262_140..262_150_u32,
        10 => 1_048_570..1_200_000_u32,
        2 => Just(9_500_000_u32),
    ]
}
