//! Browser functions for components. Called only in a browser: in effects, event handlers, and components
//! that exist only during a call.

mod by_name;
mod clipboard;
mod data_transfer;
mod dialog;
mod document;
mod drag;
mod files;
mod focus;
mod forms;
mod full_screen;
mod idle;
mod location;
mod network;
mod playback;
mod random;
mod segmenter;
mod share;
mod small_window;
mod styles;
mod taps;
mod time;
mod writing;

pub use clipboard::copy_text;
pub use data_transfer::{Dragged, chosen_files, on_files_dragged, pasted_files};
pub use dialog::{close_dialog, show_modal, user_agent};
pub use document::{
    clear_body, focus, focus_first, has_element, hide_popover, is_hidden, is_pressed, is_typing,
    on_visibility_change, pixel_ratio, put_before, put_into, root_attribute, set_attribute, set_cookie,
    set_label, set_root_attribute, set_title, title, toggle_popover,
};
pub use drag::Drag;
pub use files::{OpenedFile, chosen_file, dropped_file, save_file};
pub use focus::{Sibling, focus_sibling_button, focused_id, is_end_in_sight, show_element};
pub use forms::FormSnapshot;
pub use full_screen::{has_full_screen, toggle_full_screen};
pub use idle::when_idle;
pub use location::{Navigation, absolute_link, go, host, path, query, reload};
pub use network::server_answers;
pub use playback::{Playback, on_interruptions, on_pictures, play, play_everybody};
pub use random::random_bytes;
pub use segmenter::first_grapheme;
pub use share::{can_share, share};
pub use small_window::{DocumentWindow, MediaAction, SmallWindow, SmallWindowKind, VideoWindow};
pub use styles::adopt_styles;
pub use taps::mark_tapped;
pub use time::{local_time, machine_time, unix_ms};
pub use writing::{
    focus_beside, go_to, insert_at_caret, is_composing, is_shifted, on_load_within, points_with_finger,
    rewrite, scroll_position, scroll_to_end, stop, written,
};
