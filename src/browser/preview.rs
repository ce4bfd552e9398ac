//! The own picture with fewer frames, for [`super::devices`]. In a call of several it is one of many small
//! tiles, and drawing all of its frames costs as much as receiving a picture.

use web_sys::{MediaStream, MediaStreamTrack};

use super::js;

/// Frames of the own picture. Half of what most cameras give, so that they come evenly. Unit: frames per
/// second.
const RATE: u8 = 15;

/// A second track of the camera, with fewer frames than are sent. Dropping it stops it.
pub(super) struct Preview {
    stream: MediaStream,
    track: MediaStreamTrack,
}

impl Preview {
    /// Shows this camera in a stream, which is empty. `None` in browsers that may not leave out frames of one
    /// track alone, and would send fewer as well: those that do say how they do it (W3C mediacapture-main,
    /// `resizeMode`).
    pub(super) fn new(camera: &MediaStreamTrack, stream: MediaStream) -> Option<Self> {
        js::member(&js::invoke(camera, "getSettings", &[]).ok()?, "resizeMode")?;
        // Whatever is not said again no longer holds.
        let constraints = js::invoke(camera, "getConstraints", &[]).ok()?;
        js::set_member(&constraints, "frameRate", &RATE.into());
        // The browser's method, which makes another track of the same device.
        let track = MediaStreamTrack::clone(camera);
        if let Ok(applied) = js::invoke(&track, "applyConstraints", &[constraints]) {
            js::run(js::promise(applied));
        }
        stream.add_track(&track);
        Some(Self { stream, track })
    }

    pub(super) fn stream(&self) -> &MediaStream {
        &self.stream
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.stream.remove_track(&self.track);
        self.track.stop();
    }
}
