//! Icons that only this part needs, as path data for [`draw_path`](crate::ui::parts::icons::draw_path).

pub(super) const PIN: &str = "M9 4h6l-.8 6 3.3 3.5h-11L9.8 10ZM12 13.5V20.5";
pub(super) const SOUND: &str =
    "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11";
pub(super) const SOUND_OFF: &str = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM16 9.5l5 5M21 9.5l-5 5";
pub(super) const MOVE: &str = "M12 3v18M3 12h18M9.5 5.5L12 3l2.5 2.5M9.5 18.5L12 21l2.5-2.5\
                               M5.5 9.5L3 12l2.5 2.5M18.5 9.5L21 12l-2.5 2.5";
pub(super) const HIDE: &str = "M4 4l16 16M9.5 5.5A9.5 9.5 0 0 1 21.5 12a11 11 0 0 1-2.2 3\
                               M6.5 7.2A11 11 0 0 0 2.5 12a9.8 9.8 0 0 0 13.5 5.5\
                               M10 10.2a3 3 0 0 0 4 4";
pub(super) const TURN: &str = "M4 12a8 8 0 0 1 13.5-5.8M20 12a8 8 0 0 1-13.5 5.8\
                               M17.5 2.5v4h-4M6.5 21.5v-4h4";
