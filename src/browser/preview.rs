//! The own picture with fewer frames, for [`super::devices`]. In a call of four and more it is one of
//! several tiles, and drawing all of its frames costs as much as receiving a picture.

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
    /// Of this camera. Returns `None` in browsers that may not be able to reduce the frame rate of one track
    /// alone; those that can report `resizeMode` (W3C mediacapture-main).
    pub(super) fn new(camera: &MediaStreamTrack) -> Option<Self> {
        let stream = MediaStream::new().ok()?;
        js::member(&js::invoke(camera, "getSettings", &[]).ok()?, "resizeMode")?;
        // `applyConstraints()` replaces all earlier constraints.
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

    /// What a video element shows. `clone()` of it would be the browser's, which makes more tracks.
    pub(super) fn stream(&self) -> &MediaStream {
        &self.stream
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.track.stop();
    }
}
