//! Texts of the pages for addresses that lead nowhere.

use super::{Text, text};

pub static BAD_ROOM: Text = text("That is not a room name", "房间名无效");
pub static BAD_ROOM_HINT: Text = text(
    "Room names have 1 to 64 letters a–z, digits and dashes. Perhaps a part of the link is missing.",
    "房间名由 1 到 64 个字母 a–z、数字或连字符组成。链接可能不完整。",
);
pub static NOT_FOUND: Text = text("Page not found", "页面不存在");
pub static NOT_FOUND_HINT: Text =
    text("There is no page at this address. Perhaps a part of the link is missing.", "请检查链接是否完整。");
