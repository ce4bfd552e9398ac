//! Every text of the page. A language is one value of [`Texts`]: a text that is missing in one does not compile.

mod en;
pub mod i18n;
pub mod language;
mod zh_cn;

pub use en::ENGLISH;
pub use zh_cn::SIMPLIFIED_CHINESE;

/// A text with one word or name in it.
pub type With = fn(&str) -> String;

/// Everything a page can say, in one language. The fields are named after what they say.
pub struct Texts {
    // Around the page
    pub tagline: &'static str,
    pub skip_to_content: &'static str,
    pub language: &'static str,
    pub home: &'static str,
    pub needs_javascript: &'static str,

    // Home
    pub headline: &'static str,
    pub lead: &'static str,
    pub new_call: &'static str,
    pub or_join: &'static str,
    pub room_field: &'static str,
    pub go: &'static str,
    pub bad_room_input: &'static str,
    pub other_server: &'static str,
    pub no_random: &'static str,
    pub point_link: &'static str,
    pub point_private: &'static str,
    pub point_survives: &'static str,
    pub other_devices: &'static str,
    pub other_devices_https: &'static str,

    // Before joining
    pub ready: &'static str,
    pub room_named: With,
    pub your_name: &'static str,
    pub name_placeholder: &'static str,
    pub join: &'static str,
    pub join_without: &'static str,
    pub own_picture: &'static str,
    pub camera_is_off: &'static str,
    pub camera_is_starting: &'static str,
    pub microphone_level: &'static str,
    pub loading: &'static str,

    // Devices
    pub microphone: &'static str,
    pub camera: &'static str,
    pub microphone_and_camera: &'static str,
    pub devices: &'static str,
    pub default_device: &'static str,
    pub unnamed_device: With,
    pub shortcuts: &'static str,
    pub shortcuts_hint: &'static str,
    pub close: &'static str,

    // In a call
    pub you: &'static str,
    pub guest: &'static str,
    pub microphone_off: &'static str,
    pub leave: &'static str,
    pub copy_link: &'static str,
    pub copied: &'static str,
    pub copy_failed: &'static str,
    pub link_to_call: &'static str,
    pub controls: &'static str,
    pub people: &'static str,
    pub picture_of: With,
    pub alone: &'static str,
    pub alone_hint: &'static str,
    pub left_by: With,
    pub left_by_hint: &'static str,
    pub peer_connecting: With,
    pub peer_interrupted: With,
    pub peer_reconnecting: With,
    pub peer_failed: With,
    pub peer_failed_hint: &'static str,
    pub sound_blocked: &'static str,
    pub turn_on_sound: &'static str,

    // Status
    pub status_lobby: &'static str,
    pub status_connecting: &'static str,
    pub status_waiting: &'static str,
    pub status_connected: &'static str,
    pub status_connected_to: With,
    pub status_reconnecting: &'static str,
    pub status_full: &'static str,
    pub status_left: &'static str,
    pub status_error: &'static str,

    // Trouble
    pub server_unreachable: &'static str,
    pub server_unreachable_hint: &'static str,
    pub server_not_reached_hint: &'static str,
    pub offline: &'static str,
    pub offline_hint: &'static str,

    // Devices that are not to be had; the word in them is one of the three above, in small letters
    pub problem_denied: With,
    pub problem_denied_hint: &'static str,
    pub problem_not_found: With,
    pub problem_not_found_hint: &'static str,
    pub problem_in_use: With,
    pub problem_in_use_hint: &'static str,
    pub problem_paused: With,
    pub problem_paused_hint: &'static str,
    pub problem_insecure: With,
    pub problem_insecure_hint: &'static str,
    pub problem_other: With,
    pub problem_other_hint: &'static str,
    pub try_again: &'static str,
    pub dismiss: &'static str,

    // After a call
    pub left: &'static str,
    pub left_hint: &'static str,
    pub rejoin: &'static str,
    pub full: &'static str,
    pub full_hint: &'static str,
    pub full_hint_seats: With,
    pub bad_room: &'static str,
    pub bad_room_hint: &'static str,
    pub bad_name_failure: &'static str,
    pub bad_name_failure_hint: &'static str,
    pub unsupported_version: &'static str,
    pub unsupported_version_hint: &'static str,
    pub reload: &'static str,
    pub replaced: &'static str,
    pub replaced_hint: &'static str,
    pub unsupported: &'static str,
    pub unsupported_hint: &'static str,
    pub refused: &'static str,
    pub refused_hint: &'static str,
    pub not_found: &'static str,
    pub not_found_hint: &'static str,
}
