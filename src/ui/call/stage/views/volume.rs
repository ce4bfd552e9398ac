//! How loud somebody is for this person, as long as both are in the call, also across a reload of this page.

use litemap::LiteMap;

use crate::{
    protocol::{PeerId, TrackSource},
    ui::handle::CallHandle,
};

/// How loud somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Volume {
    /// From 0 to 100.
    pub(super) percent: u8,
    /// Not heard, however loud.
    pub(super) muted: bool,
}

impl Default for Volume {
    fn default() -> Self {
        Self { percent: 100, muted: false }
    }
}

impl Volume {
    /// With another loudness, as a slider writes it. Whatever makes no sense changes nothing. Who moves the
    /// slider wants to hear.
    pub(super) fn slid_to(self, text: &str) -> Self {
        text.parse().map_or(self, |percent: u8| Self { percent: percent.min(100), muted: false })
    }
}

/// How loud everybody is for whom that was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Volumes(LiteMap<PeerId, Volume>);

impl Volumes {
    /// Reads what the tab kept. Whatever makes no sense is as if it had never been there.
    pub(super) fn parse(text: &str) -> Self {
        let entry = |entry: &str| {
            let mut words = entry.split(':');
            let peer = words.next()?.parse().ok()?;
            let volume = Volume::default().slid_to(words.next()?);
            Some((peer, Volume { muted: words.next() == Some("muted"), ..volume }))
        };
        Self(text.split_whitespace().filter_map(entry).collect())
    }

    /// What the tab is to keep.
    pub(super) fn to_text(&self) -> String {
        let entry = |(peer, volume): (&PeerId, &Volume)| {
            format!("{peer}:{}:{}", volume.percent, if volume.muted { "muted" } else { "" })
        };
        self.0.iter().map(entry).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn of(&self, peer: PeerId) -> Volume {
        self.0.get(&peer).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, peer: PeerId, volume: Volume) {
        self.0.insert(peer, volume);
    }

    /// Forgets the others. Returns whether there were any.
    pub(super) fn retain(&mut self, keeps: impl Fn(PeerId) -> bool) -> bool {
        let count = self.0.len();
        self.0.retain(|peer, _| keeps(*peer));
        self.0.len() < count
    }

    /// Has what is received played like this.
    pub(super) fn apply(&self, call: CallHandle) {
        for (peer, Volume { percent, muted }) in self.0.iter() {
            if let Some(player) = call.player(*peer, TrackSource::Microphone) {
                // Telephones of Apple have only the keys at their side.
                player.set_volume(f64::from(*percent) / 100.0);
                player.set_muted(*muted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_sets_what_makes_sense_and_unmutes() {
        let quiet = Volume { percent: 30, muted: true };
        assert_eq!(quiet.slid_to("55"), Volume { percent: 55, muted: false });
        assert_eq!(quiet.slid_to("200").percent, 100);
        for nonsense in ["", "-1", "4.5", "300", "loud"] {
            assert_eq!(quiet.slid_to(nonsense), quiet);
        }
    }

    #[test]
    fn what_the_tab_kept_is_read_again() {
        let mut volumes = Volumes::default();
        assert_eq!(Volumes::parse(&volumes.to_text()), volumes);
        volumes.set(PeerId::new(1), Volume { percent: 5, muted: true });
        volumes.set(PeerId::new(0xfedc), Volume { percent: 70, muted: false });
        assert_eq!(Volumes::parse(&volumes.to_text()), volumes);
        assert_eq!(Volumes::parse("1:20: nobody 000000000000000g:5:muted"), Volumes::default());
    }

    #[test]
    fn who_leaves_is_forgotten() {
        let (ada, ben) = (PeerId::new(1), PeerId::new(2));
        let mut volumes = Volumes::default();
        let quiet = Volume { percent: 30, muted: false };
        volumes.set(ada, quiet);
        assert_eq!([volumes.of(ada), volumes.of(ben)], [quiet, Volume::default()]);
        assert!(!volumes.retain(|peer| peer == ada));
        assert!(volumes.retain(|peer| peer == ben));
        assert_eq!(volumes, Volumes::default());
    }
}
