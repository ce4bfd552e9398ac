//! What a client sends over a WebSocket, counted frame by frame before it is parsed: [`super::socket`] reads
//! through it.
//!
//! tungstenite hands on whole messages. Before that it would take any number of empty fragments, and hold
//! what is not whole for as long as it takes.

use std::{
    io::{self, IoSlice},
    num::NonZeroU32,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use governor::{DefaultDirectRateLimiter, Quota};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

use crate::{
    protocol::{CloseCode, MAX_FRAME_BYTES},
    server::net::gate::Permit,
};

/// Sustained frames per second.
pub(super) const SUSTAINED_RATE: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// Frames in a burst: two descriptions and 30 candidates for each of the 24 peers of a full room.
const BURST: NonZeroU32 = NonZeroU32::new(800).unwrap();
/// A longer frame counts as several: a description has 4 to 10 KiB. Unit: byte.
const BYTES_OF_ONE: u64 = 32 * 1024;
/// The longest head of a frame (RFC 6455, section 5.2).
const HEAD_BYTES: usize = 14;
/// The longest payload of a control frame (RFC 6455, section 5.5).
const CONTROL_BYTES: u64 = 125;
/// What is read and dropped after a violation: a socket that is closed with unread bytes is reset, and the
/// client never learns why.
const DROPPED_BYTES: usize = 4 * MAX_FRAME_BYTES;

/// The bytes of a WebSocket whose frames are within the limits.
#[derive(Debug)]
pub(crate) struct Guarded<S> {
    stream: S,
    frames: Frames,
    violation: Arc<Violation>,
    dropped: usize,
}

impl<S> Guarded<S> {
    /// Unfinished messages count as memory of this connection.
    pub(crate) fn new(stream: S, permit: Arc<Permit>) -> Self {
        Self { stream, frames: Frames::new(permit), violation: Arc::default(), dropped: 0 }
    }

    /// Returns what becomes known of a violation.
    pub(crate) fn violation(&self) -> Arc<Violation> {
        Arc::clone(&self.violation)
    }
}

/// Why the socket must be closed. After that nothing more is read from it.
#[derive(Debug, Default)]
pub(crate) struct Violation {
    code: OnceLock<CloseCode>,
    happened: Notify,
}

impl Violation {
    /// Waits for a violation. Ready once.
    pub(super) async fn happened(&self) -> CloseCode {
        loop {
            self.happened.notified().await;
            if let Some(code) = self.code.get() {
                return *code;
            }
        }
    }

    /// Returns the violation, if there was one.
    pub(crate) fn code(&self) -> Option<CloseCode> {
        self.code.get().copied()
    }

    fn set(&self, code: CloseCode) {
        if self.code.set(code).is_ok() {
            self.happened.notify_one();
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, frames, violation, dropped } = &mut *self;
        let before = buf.filled().len();
        loop {
            let is_dropping = violation.code.get().is_some();
            if is_dropping && *dropped >= DROPPED_BYTES {
                return Poll::Ready(Ok(()));
            }
            ready!(Pin::new(&mut *stream).poll_read(cx, buf))?;
            let read = buf.filled().get(before..).unwrap_or_default();
            if read.is_empty() {
                return Poll::Ready(Ok(()));
            }
            if is_dropping {
                *dropped += read.len();
                buf.set_filled(before);
                continue;
            }
            let Err((good, code)) = frames.read(read) else { return Poll::Ready(Ok(())) };
            violation.set(code);
            buf.set_filled(before + good);
            if good > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Follows the frames of a stream (RFC 6455, section 5.2).
#[derive(Debug)]
struct Frames {
    permit: Arc<Permit>,
    limiter: DefaultDirectRateLimiter,
    /// What has been read of the head of the next frame.
    head: [u8; HEAD_BYTES],
    head_length: usize,
    /// Bytes of the payload that are yet to come.
    payload: u64,
    /// The frame ends a message.
    is_last: bool,
    /// The frames of the message so far. Control frames come in between and belong to none.
    message_bytes: u64,
}

impl Frames {
    fn new(permit: Arc<Permit>) -> Self {
        Self {
            permit,
            limiter: limiter(),
            head: [0; HEAD_BYTES],
            head_length: 0,
            payload: 0,
            is_last: false,
            message_bytes: 0,
        }
    }

    /// Follows these bytes. An error says how many come before the frame that is too much.
    fn read(&mut self, bytes: &[u8]) -> Result<(), (usize, CloseCode)> {
        let (mut rest, mut good) = (bytes, 0);
        while let Some((first, others)) = rest.split_first() {
            if self.payload > 0 {
                let length = usize::try_from(self.payload).unwrap_or(usize::MAX).min(rest.len());
                self.payload -= length as u64;
                rest = rest.get(length..).unwrap_or_default();
            } else {
                if self.head_length == 0 {
                    good = bytes.len() - rest.len();
                }
                if let Some(place) = self.head.get_mut(self.head_length) {
                    *place = *first;
                }
                self.head_length += 1;
                rest = others;
                if !self.begin_frame().map_err(|code| (good, code))? {
                    continue;
                }
            }
            if self.payload == 0 && self.is_last {
                self.end_message();
            }
        }
        Ok(())
    }

    /// Returns false if the head is not whole.
    fn begin_frame(&mut self) -> Result<bool, CloseCode> {
        let [first, second, extended @ ..] = self.head;
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        let (length, size) = match second & 0x7F {
            126 => (u16::from_be_bytes([extended[0], extended[1]]).into(), 2),
            127 => (extended.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte)), 8),
            length => (length.into(), 0),
        };
        if self.head_length < 2 + size + mask {
            return Ok(false);
        }
        self.head_length = 0;
        self.payload = length;
        self.is_last = false;
        self.limiter.check_n(cost(length)).ok().and_then(Result::ok).ok_or(CloseCode::RateLimited)?;
        let is_control = first & 0x08 != 0;
        if is_control {
            return if length > CONTROL_BYTES { Err(CloseCode::TooLarge) } else { Ok(true) };
        }
        self.message_bytes = self.message_bytes.saturating_add(length);
        if self.message_bytes > MAX_FRAME_BYTES as u64 {
            return Err(CloseCode::TooLarge);
        }
        // tungstenite makes room for the whole payload at once.
        self.permit.hold(usize::try_from(length).unwrap_or(usize::MAX));
        self.is_last = first & 0x80 != 0;
        Ok(true)
    }

    fn end_message(&mut self) {
        self.is_last = false;
        self.permit.release(usize::try_from(self.message_bytes).unwrap_or(usize::MAX));
        self.message_bytes = 0;
    }
}

/// Returns what limits the frames of one client.
pub(crate) fn limiter() -> DefaultDirectRateLimiter {
    DefaultDirectRateLimiter::direct(Quota::per_second(SUSTAINED_RATE).allow_burst(BURST))
}

/// Returns how many frames one of this length counts as. More than is allowed at once: as one of that length.
pub(crate) fn cost(length: u64) -> NonZeroU32 {
    let length = length.min(MAX_FRAME_BYTES as u64);
    let extra = u32::try_from(length / BYTES_OF_ONE).unwrap_or(u32::MAX);
    NonZeroU32::MIN.saturating_add(extra)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;
    use crate::server::net::gate::{Gate, LimitSettings};

    const TEXT: u8 = 0x81;
    const BEGIN: u8 = 0x01;
    const MIDDLE: u8 = 0x00;
    const END: u8 = 0x80;
    const PING: u8 = 0x89;

    fn frames() -> (Arc<Gate>, Frames) {
        let gate = Arc::new(Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {}));
        let permit = gate.admit([192, 0, 2, 1].into()).unwrap();
        (gate, Frames::new(Arc::new(permit)))
    }

    fn head(kind: u8, length: usize) -> Vec<u8> {
        let mut head = vec![kind];
        match length {
            0..126 => head.push(0x80 | u8::try_from(length).unwrap()),
            126..65_536 => {
                head.push(0x80 | 126);
                head.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            65_536.. => {
                head.push(0x80 | 127);
                head.extend((length as u64).to_be_bytes());
            }
        }
        head.extend([0; 4]);
        head
    }

    fn frame(kind: u8, length: usize) -> Vec<u8> {
        [head(kind, length), vec![b'x'; length]].concat()
    }

    #[tokio::test]
    async fn a_message_may_have_64_kib_in_any_number_of_frames() {
        let (_gate, mut frames) = frames();
        let half = MAX_FRAME_BYTES / 2;
        let in_two = [frame(BEGIN, half), frame(PING, 5), frame(END, half)].concat();
        for bytes in [frame(TEXT, MAX_FRAME_BYTES), in_two.clone(), in_two, frame(TEXT, 0)] {
            assert_eq!(frames.read(&bytes), Ok(()));
        }
        let good = frame(TEXT, 10);
        let bytes = [good.clone(), head(TEXT, MAX_FRAME_BYTES + 1)].concat();
        assert_eq!(frames.read(&bytes), Err((good.len(), CloseCode::TooLarge)), "before it has come");
    }

    #[tokio::test]
    async fn fragments_are_counted_together_and_each_as_a_message() {
        let (_gate, mut frames) = frames();
        let too_large = [frame(BEGIN, MAX_FRAME_BYTES - 1), frame(MIDDLE, 1), head(END, 1)].concat();
        assert_eq!(frames.read(&too_large).unwrap_err().1, CloseCode::TooLarge);
        for kind in [MIDDLE, PING, TEXT] {
            let (_gate, mut frames) = self::frames();
            let read = (0..1_000).map(|_| frames.read(&frame(kind, 0))).position(|read| read.is_err());
            assert!(read.is_some_and(|read| (800..850).contains(&read)), "{kind}: {read:?}");
        }
    }

    #[tokio::test]
    async fn long_frames_count_as_several() {
        for (length, count) in [(32_767, 800), (32_768, 400), (65_536, 800 / 3)] {
            let (_gate, mut frames) = frames();
            let bytes = frame(TEXT, length);
            let read = (0..1_000).map(|_| frames.read(&bytes)).position(|read| read.is_err()).unwrap();
            assert!((count..count + count / 10).contains(&read), "{read} of {length} bytes");
        }
    }

    #[tokio::test]
    async fn an_unfinished_message_is_held() {
        let (gate, mut frames) = frames();
        frames.read(&head(BEGIN, 1_000)).unwrap();
        assert_eq!(gate.sizes().1, 1_000);
        frames.read(&vec![b'x'; 1_000]).unwrap();
        frames.read(&head(END, 5)).unwrap();
        assert_eq!(gate.sizes().1, 1_005);
        frames.read(b"12345").unwrap();
        assert_eq!(gate.sizes().1, 0);
    }

    #[tokio::test]
    async fn a_control_frame_is_short() {
        let (_gate, mut frames) = frames();
        frames.read(&frame(PING, 125)).unwrap();
        assert_eq!(frames.read(&head(PING, 126)), Err((0, CloseCode::TooLarge)));
    }

    #[tokio::test]
    async fn what_follows_a_violation_is_read_and_dropped_for_a_while() {
        let (_gate, frames) = frames();
        let (mut client, server) = duplex(1 << 20);
        let mut guarded = Guarded { stream: server, frames, violation: Arc::default(), dropped: 0 };
        let violation = guarded.violation();
        let good = frame(TEXT, 3);
        let bytes = [good.clone(), head(TEXT, MAX_FRAME_BYTES + 1), vec![b'x'; 2 * DROPPED_BYTES]].concat();
        client.write_all(&bytes).await.unwrap();
        let mut read = Vec::new();
        guarded.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, good);
        assert_eq!(violation.happened().await, CloseCode::TooLarge);
    }

    proptest! {
        #[test]
        fn frames_are_followed_however_they_are_cut(
            lengths in prop::collection::vec(prop_oneof![0_usize..300, Just(65_535), Just(65_536)], 1..20),
            sizes in prop::collection::vec(1_usize..5_000, 1..20),
        ) {
            let (gate, mut frames) = frames();
            let bytes: Vec<u8> = lengths.iter().flat_map(|length| frame(TEXT, *length)).collect();
            let (mut rest, mut sizes) = (&bytes[..], sizes.iter().cycle());
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
                prop_assert_eq!(frames.read(now), Ok(()));
                rest = later;
            }
            prop_assert_eq!(gate.sizes().1, 0);
            prop_assert_eq!(frames.read(&head(TEXT, 65_537)), Err((0, CloseCode::TooLarge)));
        }
    }
}
