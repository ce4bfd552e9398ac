//! Message boundaries in a stream (RFC 8656, section 12.5; RFC 8489, section 6.2.2).

use super::message::{HEADER, be16};

/// The longest accepted frame: ten times a media packet.
const MAX_FRAME_BYTES: usize = 16 * 1024;

/// Cuts a stream into STUN messages and ChannelData messages.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: Vec<u8>,
    /// Everything before it has been returned.
    start: usize,
}

/// The stream contains neither a STUN message nor a ChannelData message, or one that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameError;

impl FrameDecoder {
    /// Appends bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Frees the buffer if every frame in it was returned. Streams are many, and most are idle.
    pub fn shrink(&mut self) {
        if self.start == self.buffer.len() {
            *self = Self::default();
        }
    }

    /// Returns the size of the buffer. Unit: byte.
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Returns the next complete frame, without padding. The stream cannot be used after an error.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let (Some(kind), Some(length)) = (be16(rest, 0), be16(rest, 2).map(usize::from)) else {
            return Ok(None);
        };
        let length = match kind >> 14 {
            0 if length % 4 == 0 => HEADER + length,
            1 => 4 + length,
            _ => return Err(FrameError),
        };
        if length > MAX_FRAME_BYTES {
            return Err(FrameError);
        }
        let padded = length.next_multiple_of(4);
        if rest.len() < padded {
            return Ok(None);
        }
        let start = self.start;
        self.start += padded;
        Ok(self.buffer.get(start..start + length))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    fn message(length: u16) -> Vec<u8> {
        let mut bytes = vec![0, 1];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0x21, 0x12, 0xA4, 0x42]);
        bytes.resize(HEADER + usize::from(length), 7);
        bytes
    }

    #[test]
    fn a_stream_is_cut_alike_wherever_it_is_torn() {
        let channel_data = [0x40, 0x01, 0, 5, 1, 2, 3, 4, 5];
        let parts = [message(8), channel_data.to_vec(), message(0)];
        let stream = [&parts[0][..], &channel_data, &[0, 0, 0], &parts[2]].concat();
        for torn in 1..stream.len() {
            let mut decoder = FrameDecoder::default();
            let mut found = Vec::new();
            for piece in [&stream[..torn], &stream[torn..]] {
                decoder.push(piece);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    found.push(frame.to_vec());
                }
            }
            assert_eq!(found, parts, "torn at {torn}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for garbage in [&b"GET / HTTP/1.1"[..], &[0x80; 8], &[0, 1, 0, 3, 0, 0], &[0x40, 0, 0xFF, 0xFF]] {
            let mut decoder = FrameDecoder::default();
            decoder.push(garbage);
            // "GE" could be channel data of a length that never comes.
            assert!(matches!(decoder.next_frame(), Err(FrameError)), "{garbage:?}");
        }
    }
}
