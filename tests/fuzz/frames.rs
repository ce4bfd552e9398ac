//! A stream that is cut into frames twice: by [`FrameDecoder`], and by a decoder that keeps the whole stream.

use halloo::turn::FrameDecoder;

use crate::stun::number;

/// The longest accepted frame.
const MAX_FRAME_BYTES: usize = 16 * 1024;

/// A stream of one client.
#[derive(Debug, Default)]
pub struct Stream {
    decoder: FrameDecoder,
    /// Received bytes that are not a complete frame yet.
    waiting: Vec<u8>,
}

impl Stream {
    /// Returns the frames that are complete now, and whether the stream goes on.
    pub fn push(&mut self, piece: &[u8]) -> (Vec<Vec<u8>>, bool) {
        self.waiting.extend(piece);
        self.decoder.push(piece);
        let mut frames = Vec::new();
        loop {
            match (self.decoder.next_frame(), front(&self.waiting)) {
                (Ok(Some(frame)), Front::Frame { length, padded }) => {
                    assert_eq!(frame, &self.waiting[..length], "a frame is not changed");
                    frames.push(frame.to_vec());
                    self.waiting.drain(..padded);
                }
                (Ok(None), Front::Incomplete) => {
                    assert!(self.waiting.len() < MAX_FRAME_BYTES, "the buffer is bounded");
                    return (frames, true);
                }
                (Err(_), Front::Invalid) => return (frames, false),
                (decoded, expected) => panic!("{decoded:?} in place of {expected:?}"),
            }
        }
    }
}

#[derive(Debug)]
enum Front {
    Frame { length: usize, padded: usize },
    Incomplete,
    Invalid,
}

/// RFC 8656, section 12.5.
fn front(waiting: &[u8]) -> Front {
    if waiting.len() < 4 {
        return Front::Incomplete;
    }
    let told = number(&waiting[2..4]);
    let length = match waiting[0] {
        0..0x40 if told.is_multiple_of(4) => 20 + told,
        0x40..0x80 => 4 + told,
        _ => return Front::Invalid,
    };
    let padded = length.div_ceil(4) * 4;
    match () {
        () if length > MAX_FRAME_BYTES => Front::Invalid,
        () if waiting.len() < padded => Front::Incomplete,
        () => Front::Frame { length, padded },
    }
}
