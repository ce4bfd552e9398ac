//! Icons that only the chat needs: path data for `draw_path`.

pub const CHAT: &str = "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-8l-4.5 3.5v-3.5H5\
     a1.5 1.5 0 0 1-1.5-1.5v-9a1.5 1.5 0 0 1 1.5-1.5ZM8 9.5h8M8 13h5";
pub const SEND: &str =
    "M4.5 12 3 5.2a.8.8 0 0 1 1.1-.9l16 7a.8.8 0 0 1 0 1.4l-16 7a.8.8 0 0 1-1.1-.9ZM4.5 12h8";
pub const REPLY: &str = "M10 6 4.5 11.5 10 17M5 11.5h8.5a6 6 0 0 1 6 6v1";
pub const COPY: &str = "M9 9h9.5a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1Z\
     M15.5 5.5v-1a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1V14a1 1 0 0 0 1 1h1";
pub const EDIT: &str =
    "M4.5 19.5l.9-4L16 4.9a1.6 1.6 0 0 1 2.3 0l.8.8a1.6 1.6 0 0 1 0 2.3L8.5 18.6ZM14 7l3 3";
pub const DELETE: &str = "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10 10.5v5.5M14 10.5v5.5";
pub const EMOJI: &str = "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM8.3 14a4.3 4.3 0 0 0 7.4 0\
     M9 9.5v.6M15 9.5v.6";
pub const CLOCK: &str = "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 7.5V12l3 2";
pub const DOWN: &str = "M12 5v14M6 13l6 6 6-6";
