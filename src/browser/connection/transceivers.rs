//! The transceivers of a connection: one for sound and one for video, both ways, from the start. Switching a
//! camera on later needs no negotiation, only `replaceTrack`.

use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{
    MediaStreamTrack, RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection,
    RtcRtpTransceiverInit,
};

use super::video_ramp;
use crate::{
    browser::{
        devices::{LocalMedia, track_kind},
        js::{self, ModernSender},
    },
    call::{DeviceKind, FIRST_VIDEO_SCALE},
};

/// Adds both transceivers, so that the connection wants to offer.
pub(super) fn add(connection: &RtcPeerConnection, media: &LocalMedia) {
    for kind in DeviceKind::BOTH {
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
        // One stream for both, so that the receiver keeps lips and voice together.
        init.set_streams(&Array::of1(media.stream()));
        if kind == DeviceKind::Camera {
            init.set_send_encodings(&video_ramp::encodings(FIRST_VIDEO_SCALE));
        }
        match media.track(kind) {
            Some(track) => {
                connection.add_transceiver_with_media_stream_track_and_init(track, &init);
            }
            None => {
                connection.add_transceiver_with_str_and_init(track_kind(kind), &init);
            }
        }
    }
}

/// Makes the transceivers that the peer's offer brought send, too.
pub(super) fn accept(connection: &RtcPeerConnection, media: &LocalMedia) {
    for kind in DeviceKind::BOTH {
        let Some(transceiver) = find(connection, kind) else { continue };
        // Not by web-sys: the setter throws where the peer has stopped the transceiver.
        js::set_member(&transceiver, "direction", &"sendrecv".into());
        let sender = transceiver.sender().unchecked_into::<ModernSender>();
        // Older browsers cannot; then lips and voice may drift apart, nothing worse.
        let _ = sender.set_streams(media.stream());
        js::run(sender.replace_track(media.track(kind)));
    }
}

/// Sends a local track from now on, or nothing.
pub(super) fn set_track(connection: &RtcPeerConnection, kind: DeviceKind, track: Option<&MediaStreamTrack>) {
    if let Some(sender) = sender(connection, kind) {
        // Fails only on a connection that is closed.
        js::run(sender.replace_track(track));
    }
}

/// The sender of a device's track.
pub(super) fn sender(connection: &RtcPeerConnection, kind: DeviceKind) -> Option<RtcRtpSender> {
    find(connection, kind).map(|transceiver| transceiver.sender())
}

/// The transceiver of a device: the first of its kind.
fn find(connection: &RtcPeerConnection, kind: DeviceKind) -> Option<RtcRtpTransceiver> {
    connection
        .get_transceivers()
        .iter()
        .map(JsCast::unchecked_into::<RtcRtpTransceiver>)
        .find(|transceiver| transceiver.receiver().track().kind() == track_kind(kind))
}
