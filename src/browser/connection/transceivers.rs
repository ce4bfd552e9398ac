//! The transceivers of a connection. Microphone and camera have one each, which carries them both ways and is
//! there from the start: switching a camera on later needs no negotiation, only `replaceTrack`. Whoever
//! shares a screen adds one for its picture and one for its sound, which stay for the next time.

use std::cell::RefCell;

use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverInit,
};

use super::{
    codecs,
    encoding::{self, Changes},
};
use crate::{
    browser::{
        devices::{LocalMedia, track_kind},
        js::{self, ModernSender},
        screen::SharedScreen,
    },
    call::{DeviceKind, Encoding, MediaKind, MediaSection},
    protocol::TrackSource,
};

/// The senders of a connection, by what they send.
#[derive(Default)]
pub(super) struct Senders(RefCell<Vec<Sender>>);

struct Sender {
    source: TrackSource,
    sender: RtcRtpSender,
    changes: Changes,
}

impl Senders {
    /// Adds a transceiver for each device, so that the connection wants to offer.
    pub(super) fn add(&self, connection: &RtcPeerConnection, media: &LocalMedia, camera: Encoding) {
        for kind in DeviceKind::BOTH {
            // One stream for both, so that the receiver keeps lips and voice together.
            let encoding = (kind == DeviceKind::Camera).then_some(camera);
            let init = transceiver_init("sendrecv", media.stream(), encoding);
            let transceiver = match media.sent(kind) {
                Some(track) => connection.add_transceiver_with_media_stream_track_and_init(track, &init),
                None => connection.add_transceiver_with_str_and_init(track_kind(kind), &init),
            };
            self.push(kind.source(), transceiver.sender());
        }
    }

    /// Makes transceivers that the peer's offer brought send, too.
    pub(super) fn accept(
        &self,
        connection: &RtcPeerConnection,
        tracks: &[(String, TrackSource)],
        media: &LocalMedia,
    ) {
        for kind in DeviceKind::BOTH {
            let mid = tracks.iter().find(|(_, source)| *source == kind.source()).map(|(mid, _)| mid);
            let Some(transceiver) = mid.and_then(|mid| find(connection, mid)) else { continue };
            // Not by web-sys: the setter throws where the peer has stopped the transceiver.
            js::set_member(&transceiver, "direction", &"sendrecv".into());
            let sender = transceiver.sender();
            // Older browsers cannot; then lips and voice may drift apart, nothing worse.
            let _ = sender.unchecked_ref::<ModernSender>().set_streams(media.stream());
            js::run(sender.replace_track(media.sent(kind)));
            self.push(kind.source(), sender);
        }
    }

    /// Sends a screen, over the transceivers of the one before if there was one.
    pub(super) fn share(&self, connection: &RtcPeerConnection, screen: &SharedScreen, encoding: Encoding) {
        for (source, track) in screen.tracks() {
            let mut has_sender = false;
            self.with(source, |sender| {
                has_sender = true;
                js::run(sender.replace_track(Some(track)));
            });
            if !has_sender {
                let encoding = (source == TrackSource::Screen).then_some(encoding);
                let init = transceiver_init("sendonly", screen.stream(), encoding);
                let transceiver = connection.add_transceiver_with_media_stream_track_and_init(track, &init);
                if source == TrackSource::Screen {
                    codecs::prefer_for_screens(&transceiver);
                }
                self.push(source, transceiver.sender());
            }
        }
        self.encode(TrackSource::Screen, encoding);
    }

    /// Sends a local track from now on, or nothing.
    pub(super) fn set_track(&self, source: TrackSource, track: Option<&MediaStreamTrack>) {
        self.with(source, |sender| {
            // Fails only on a connection that is closed.
            js::run(sender.replace_track(track));
        });
    }

    /// Does something with the sender of a source, if there is one.
    pub(super) fn with(&self, source: TrackSource, f: impl FnOnce(&RtcRtpSender)) {
        if let Some(known) = self.0.borrow().iter().find(|known| known.source == source) {
            f(&known.sender);
        }
    }

    /// Sends the picture of a source like this.
    pub(super) fn encode(&self, source: TrackSource, encoding: Encoding) {
        if let Some(known) = self.0.borrow().iter().find(|known| known.source == source) {
            known.changes.change(&known.sender, encoding);
        }
    }

    fn push(&self, source: TrackSource, sender: RtcRtpSender) {
        self.0.borrow_mut().push(Sender { source, sender, changes: Changes::default() });
    }

    /// The media sections of a connection, in their order.
    pub(super) fn sections(&self, connection: &RtcPeerConnection) -> Vec<MediaSection> {
        let senders = self.0.borrow();
        let section = |transceiver: RtcRtpTransceiver| {
            let kind = match transceiver.receiver().track().kind().as_str() {
                "audio" => MediaKind::Audio,
                "video" => MediaKind::Video,
                _ => return None,
            };
            let sender = transceiver.sender();
            let sends = senders.iter().find(|known| known.sender == sender).map(|known| known.source);
            Some(MediaSection { mid: transceiver.mid()?, kind, sends })
        };
        js::items(&connection.get_transceivers()).filter_map(section).collect()
    }
}

/// What comes through a media section.
pub(super) fn received(connection: &RtcPeerConnection, mid: &str) -> Option<MediaStreamTrack> {
    find(connection, mid).map(|transceiver| transceiver.receiver().track())
}

fn transceiver_init(
    direction: &str,
    stream: &MediaStream,
    encoding: Option<Encoding>,
) -> RtcRtpTransceiverInit {
    js::dictionary(&[
        ("direction", direction.into()),
        ("streams", Array::of1(stream).into()),
        ("sendEncodings", encoding.map(encoding::first).into()),
    ])
}

fn find(connection: &RtcPeerConnection, mid: &str) -> Option<RtcRtpTransceiver> {
    js::items::<RtcRtpTransceiver>(&connection.get_transceivers())
        .find(|transceiver| transceiver.mid().as_deref() == Some(mid))
}
