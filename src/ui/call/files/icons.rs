//! Icons that only files need: path data for `draw_path`.

pub const CLIP: &str = "M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9\
     a1.5 1.5 0 0 1-2.2-2.2l7.3-7.3";
pub const FILE: &str = "M7 3.5h6.5l5 5v11a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1ZM13.5 3.5v5h5";
pub const SAVE: &str = "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14";
