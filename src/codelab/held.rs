//! Messages that wait: for a room, or for a camera.

use serde_json::Value;

use crate::protocol::MAX_FRAME_BYTES;

/// Most messages that wait.
const MAX_MESSAGES: usize = 200;
/// Most bytes of JSON that wait: a description and its candidates take a tenth.
const MAX_BYTES: usize = 2 * MAX_FRAME_BYTES;

/// Messages that wait. Those that are too many are dropped.
#[derive(Debug, Default)]
pub(super) struct Held {
    messages: Vec<Value>,
    bytes: usize,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn push(&mut self, message: Value) {
        let bytes = serde_json::to_string(&message).map_or(0, |text| text.len());
        if self.messages.len() < MAX_MESSAGES && self.bytes + bytes <= MAX_BYTES {
            self.bytes += bytes;
            self.messages.push(message);
        }
    }

    /// Takes all of them, the oldest first.
    pub(super) fn take(&mut self) -> Vec<Value> {
        std::mem::take(self).messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_waits_than_memory_is_meant_for_it() {
        let mut held = Held::default();
        for _ in 0..1_000 {
            held.push("x".repeat(1_000).into());
        }
        assert_eq!(held.bytes, 130 * 1_002);
        assert_eq!(held.take().len(), 130);
        for at in 0..1_000 {
            held.push(at.into());
        }
        assert_eq!(held.take().len(), MAX_MESSAGES);
        assert!(held.is_empty());
    }
}
