//! The client shell: web-sys on one side, the [`crate::call`] core on the other.
//!
//! Compiles in both builds; entered only in a browser, behind a client-only gate.

use std::rc::Rc;

use web_sys::HtmlVideoElement;

use crate::{
    call::{CallView, Command},
    protocol::PeerId,
};

/// A running client: the core, its socket, its peer connections and its devices. Dropping it ends them all.
#[derive(Clone)]
pub struct Session(Rc<dyn Fn(CallView)>);

impl Session {
    /// Starts a client in the lobby. `on_view` is called whenever the view has changed.
    pub fn start(on_view: impl Fn(CallView) + 'static) -> Self {
        Self(Rc::new(on_view))
    }

    /// Does what the person wants.
    pub fn command(&self, _command: Command) {
        (self.0)(CallView::default());
    }

    /// Shows this person's own picture in a video element.
    pub fn attach_local(&self, _element: &HtmlVideoElement) {}

    /// Shows somebody's picture in a video element, with sound.
    pub fn attach_remote(&self, _peer: PeerId, _element: &HtmlVideoElement) {}

    /// Loudness at this person's microphone now, 0.0 to 1.0. Cheap: meant to be read once per animation frame.
    pub fn microphone_level(&self) -> f32 {
        0.0
    }
}
