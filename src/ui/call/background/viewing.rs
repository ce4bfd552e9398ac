//! Sends the others how large their pictures are shown here, so that they send no more than that.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    call::{DataSaver, rounded},
    protocol::{PeerId, Viewing},
    ui::{
        call::stage::{layout::Size, place::Place, views::StageViews},
        dom,
        handle::CallHandle,
        reactive::{Derived, State, effect},
    },
};

/// Pixels of the display beyond this many per pixel of the page make no visible difference in a picture that
/// moves.
const MOST_PIXELS: f64 = 2.0;
/// A page that is hidden for this long shows nothing.
const HIDDEN_AFTER: Duration = Duration::from_secs(2);
/// Height of a picture in the small window, large or not. Unit: pixel.
const SMALL_WINDOW_HEIGHT: u16 = 360;
/// Height of the picture of a camera for who saves data. Unit: pixel.
const SAVING_HEIGHT: u16 = 180;

/// Sends it as long as the component is drawn.
pub fn send_sizes(call: CallHandle, stage: StageViews) {
    let is_hidden = hidden_page();
    let saver = call.slice(|view| view.saver);
    let sharing = call.slice(|view| {
        view.participants.iter().map(|peer| (peer.id, peer.shows_screen())).collect::<Vec<_>>()
    });
    let shown = Derived::new(move || {
        let sizes = stage.places.sizes()?;
        let is_seen = !is_hidden.get();
        let height = |place: Place| {
            let size = sizes.iter().find(|(of, _)| *of == place).map(|(_, size)| *size);
            let here = size.filter(|_| is_seen).map_or(0, |size| height(size, dom::pixel_ratio()));
            if stage.is_in_small_window(place) { here.max(SMALL_WINDOW_HEIGHT) } else { here }
        };
        let viewing = |(peer, shares): (PeerId, bool)| {
            let screen = shares.then(|| height(Place::Screen(peer)));
            (peer, saving(Viewing { camera: Some(height(Place::Person(peer))), screen }, saver.get()))
        };
        Some(sharing.get().into_iter().map(viewing).collect::<Vec<_>>())
    });
    effect(move || {
        if let Some(shown) = shown.get() {
            call.show(shown);
        }
    });
}

/// Whether the page has been hidden for a while.
fn hidden_page() -> State<bool> {
    let hidden = State::new(false);
    let look = move || {
        let now = dom::is_hidden();
        if !now && hidden.get_untracked() {
            hidden.set(false);
        } else if now {
            set_timeout(
                move || {
                    if !hidden.is_disposed() && dom::is_hidden() && !hidden.get_untracked() {
                        hidden.set(true);
                    }
                },
                HIDDEN_AFTER,
            );
        }
    };
    look();
    // Removed with the component.
    StoredValue::new_local(dom::on_visibility_change(look));
    hidden
}

/// The height in pixels of the display of a picture that covers a tile of this size, rounded.
fn height(tile: Size, pixel_ratio: f64) -> u16 {
    let covering = f64::from(tile.height).max(f64::from(tile.width) * 9.0 / 16.0);
    let pixels = covering * pixel_ratio.clamp(1.0, MOST_PIXELS);
    rounded((pixels as u16).max(1))
}

fn saving(viewing: Viewing, saver: DataSaver) -> Viewing {
    match saver {
        DataSaver::Off => viewing,
        DataSaver::SmallPictures => {
            Viewing { camera: viewing.camera.map(|height| height.min(SAVING_HEIGHT)), ..viewing }
        }
        DataSaver::NoCameras => Viewing { camera: Some(0), ..viewing },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_covers_its_tile() {
        assert_eq!(height(Size { width: 640, height: 360 }, 1.0), 360);
        assert_eq!(height(Size { width: 1_280, height: 360 }, 1.0), 720);
        assert_eq!(height(Size { width: 170, height: 300 }, 1.0), 360);
        assert_eq!(height(Size { width: 0, height: 0 }, 1.0), 90);
    }

    #[test]
    fn fine_displays_get_more_within_limits() {
        assert_eq!(height(Size { width: 320, height: 180 }, 2.0), 360);
        assert_eq!(height(Size { width: 320, height: 180 }, 4.0), 360);
        assert_eq!(height(Size { width: 320, height: 180 }, f64::NAN), 90);
        assert_eq!(height(Size { width: u32::MAX / 9, height: u32::MAX }, 2.0), 1_080);
    }

    #[test]
    fn who_saves_data_asks_for_less() {
        let large = Viewing { camera: Some(720), screen: Some(720) };
        assert_eq!(saving(large, DataSaver::Off), large);
        assert_eq!(saving(large, DataSaver::SmallPictures), Viewing { camera: Some(180), ..large });
        assert_eq!(saving(large, DataSaver::NoCameras), Viewing { camera: Some(0), ..large });
        let hidden = Viewing { camera: Some(0), screen: None };
        assert_eq!(saving(hidden, DataSaver::SmallPictures), hidden);
    }
}
