//! A stream that is cut into frames twice: by [`Frames`], and by looking at everything that has come so far.

use crate::{stun::number, turn::Frames};

/// Longer frames end a connection.
const MAX_FRAME_BYTES: usize = 16 * 1024;

/// A connection.
#[derive(Debug, Default)]
pub struct Stream {
    cut: Frames,
    /// What has come and is not yet a frame.
    waiting: Vec<u8>,
}

impl Stream {
    /// What is whole now; `None` if the connection must end after that.
    pub fn push(&mut self, piece: &[u8]) -> (Vec<Vec<u8>>, bool) {
        self.waiting.extend(piece);
        self.cut.push(piece);
        let mut frames = Vec::new();
        loop {
            match (self.cut.pop(), front(&self.waiting)) {
                (Ok(Some(frame)), Front::Frame { length, padded }) => {
                    assert_eq!(frame, &self.waiting[..length], "a frame is cut out as it came");
                    frames.push(frame.to_vec());
                    self.waiting.drain(..padded);
                }
                (Ok(None), Front::Part) => {
                    assert!(self.waiting.len() < MAX_FRAME_BYTES, "what waits is bounded");
                    return (frames, true);
                }
                (Err(_), Front::Garbage) => return (frames, false),
                (cut, expected) => panic!("{cut:?} in place of {expected:?}"),
            }
        }
    }
}

#[derive(Debug)]
enum Front {
    Frame { length: usize, padded: usize },
    Part,
    Garbage,
}

/// RFC 8656, section 12.5.
fn front(waiting: &[u8]) -> Front {
    if waiting.len() < 4 {
        return Front::Part;
    }
    let told = number(&waiting[2..4]);
    let length = match waiting[0] {
        0..0x40 if told.is_multiple_of(4) => 20 + told,
        0x40..0x80 => 4 + told,
        _ => return Front::Garbage,
    };
    let padded = length.div_ceil(4) * 4;
    match () {
        () if length > MAX_FRAME_BYTES => Front::Garbage,
        () if waiting.len() < padded => Front::Part,
        () => Front::Frame { length, padded },
    }
}
