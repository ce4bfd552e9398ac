//! Texts around every page.

use super::{Text, text};

pub static SKIP_TO_CONTENT: Text = text("Skip to content", "跳到正文");
pub static LANGUAGE: Text = text("Language", "语言");
pub static HOME: Text = text("Home", "首页");
pub static NOT_STARTED: Text = text(
    "This page could not be loaded completely and does not work. Reload it, or use an up-to-date browser.",
    "页面未能完整加载，无法使用。请刷新页面，或换用较新的浏览器。",
);
pub static NEEDS_JAVASCRIPT: Text = text(
    "Calls need JavaScript. Please switch it on for this site.",
    "通话需要 JavaScript，请为本站启用它。",
);
