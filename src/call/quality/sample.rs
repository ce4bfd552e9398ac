//! What went over a connection between two readings.

use super::reading::{Codec, Counters, Limit, NetworkPath, Reading};

/// Two readings closer to each other say nothing. Unit: millisecond.
const SHORTEST_MS: u64 = 500;

/// What went over a connection in the last seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sample {
    /// The path in use.
    pub path: Option<NetworkPath>,
    /// Unit: millisecond.
    pub round_trip_ms: Option<u32>,
    /// What has arrived.
    pub received: Flow,
    /// What was sent.
    pub sent: Flow,
}

/// What went one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// Unit: kilobit per second.
    pub kilobits: u32,
    /// Packets that were sent, whether they arrived or not.
    pub packets: u64,
    /// Packets that did not arrive.
    pub lost: u64,
    /// Unit: millisecond.
    pub jitter_ms: Option<u32>,
    /// The codec of the picture, or of the sound if there is no picture.
    pub codec: Option<Codec>,
    /// The largest picture, if one came.
    pub picture: Option<Shown>,
}

/// A picture that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Unit: pixel.
    pub width: u32,
    /// Unit: pixel.
    pub height: u32,
    /// Frames per second.
    pub rate: u32,
    /// What limits it, if the browser says so.
    pub limit: Option<Limit>,
    /// The bitrate that the encoder aims at. Unit: kilobit per second.
    pub target_kilobits: Option<u32>,
    /// Frames per second that the camera delivers.
    pub source_rate: Option<u32>,
}

impl Sample {
    /// `None` if the readings do not belong together: counters have begun anew, or no time has passed.
    pub fn between(before: &Reading, now: &Reading) -> Option<Self> {
        let elapsed_ms = now.at_ms.saturating_sub(before.at_ms);
        if elapsed_ms < SHORTEST_MS {
            return None;
        }
        Some(Self {
            path: now.path,
            round_trip_ms: now.round_trip_ms,
            received: Flow::between(&before.received, &now.received, elapsed_ms)?,
            sent: Flow::between(&before.sent, &now.sent, elapsed_ms)?,
        })
    }
}

impl Flow {
    fn between(before: &Counters, now: &Counters, elapsed_ms: u64) -> Option<Self> {
        let bytes = now.bytes.checked_sub(before.bytes)?;
        Some(Self {
            kilobits: saturated(bytes.saturating_mul(8) / elapsed_ms),
            packets: now.packets.saturating_sub(before.packets),
            lost: now.lost.saturating_sub(before.lost),
            jitter_ms: now.jitter_ms,
            codec: now.codec,
            picture: Shown::between(before, now, elapsed_ms),
        })
    }

    /// Packets that did not arrive, of a thousand. `None` if none were sent.
    pub fn loss(&self) -> Option<u32> {
        loss(self.lost, self.packets)
    }
}

impl Shown {
    fn between(before: &Counters, now: &Counters, elapsed_ms: u64) -> Option<Self> {
        let picture = now.picture?;
        let frames_before = before.picture.filter(|before| before.ssrc == picture.ssrc)?.frames;
        let frames = picture.frames.saturating_sub(frames_before);
        // Rounded: 29.97 frames are 30.
        let rate = saturated(frames.saturating_mul(1000).saturating_add(elapsed_ms / 2) / elapsed_ms);
        (rate > 0).then_some(Self {
            width: picture.width,
            height: picture.height,
            rate,
            limit: picture.limit,
            target_kilobits: picture.target_kilobits,
            source_rate: picture.source_rate,
        })
    }
}

/// Packets that did not arrive, of a thousand. `None` if none were sent.
pub(super) fn loss(lost: u64, packets: u64) -> Option<u32> {
    // What the other side reports may be more than was sent.
    lost.min(packets).saturating_mul(1000).checked_div(packets).map(saturated)
}

fn saturated(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
