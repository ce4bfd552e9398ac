//! A peer that lies: an ordinary page over whose socket also goes what no page would send.

use super::*;

/// No connection of the world has such a number.
const NOBODYS: u64 = 1 << 40;

impl World {
    /// Sends one hostile frame from this person.
    pub(crate) fn lie(&mut self, who: usize) {
        let text = match self.rng.u8(0..20) {
            0 => format!(r#"{{"type":"keep_seat","peer":"{}"}}"#, self.anybody(who)),
            2 => format!(r#"{{"type":"raise_hand","raised":{}}}"#, self.rng.bool()),
            3 => r#"{"type":"react","reaction":"laugh"}"#.to_owned(),
            1 => format!(r#"{{"type":"set_media","media":{{"camera":{}}}}}"#, self.rng.bool()),
            _ => {
                let (to, signal) = (self.anybody(who), self.false_signal());
                format!(r#"{{"type":"signal","to":"{to}","signal":{signal}}}"#)
            }
        };
        if let Some(id) = self.people[who].socket {
            self.up(id, Up::Text(text));
        }
    }

    /// Mostly somebody of the room.
    fn anybody(&mut self, who: usize) -> PeerId {
        let view = self.view(who);
        let known: Vec<PeerId> = view.participants.iter().map(|peer| peer.id).chain(view.me).collect();
        let at = self.rng.usize(0..=known.len());
        known.get(at).copied().unwrap_or_else(|| PeerId::new(self.rng.u64(..)))
    }

    fn false_signal(&mut self) -> String {
        // Mostly a higher one than ever before.
        let epoch = match self.rng.u16(0..500) {
            0 => u32::MAX,
            1..50 => self.rng.u32(0..200),
            _ => self.number() as u32,
        };
        let sdp = match self.rng.u8(0..4) {
            0 => "v=0".to_owned(),
            1 => "7".repeat(self.rng.usize(1..30_000)),
            _ => {
                let (instance, ufrag) = (NOBODYS + self.rng.u64(0..5), self.rng.u64(0..5));
                format!("{instance} {ufrag} {} {}", self.rng.u8(0..9), self.rng.u32(..))
            }
        };
        match self.rng.u8(0..9) {
            8 => format!(r#"{{"kind":"viewing","camera":{},"screen":0}}"#, self.rng.u16(..)),
            0 | 1 => format!(r#"{{"kind":"offer","sdp":"{sdp}","epoch":{epoch}}}"#),
            2 => format!(r#"{{"kind":"answer","sdp":"{sdp}","epoch":{epoch}}}"#),
            3 => format!(
                r#"{{"kind":"offer","sdp":"{sdp}","epoch":{epoch},"tracks":{{"9":"x","":"camera"}}}}"#
            ),
            4 => format!(r#"{{"kind":"end_of_candidates","epoch":{epoch}}}"#),
            5 => format!(r#"{{"kind":"{epoch}"}}"#),
            _ => format!(r#"{{"kind":"candidate","candidate":"{sdp}","sdp_mid":"{epoch}","epoch":{epoch}}}"#),
        }
    }
}
