//! Texts of the page during a call.

use super::{Template, Text, template, text};

pub static ROOM_NAMED: Template = template(["Room ", ""], ["房间 ", ""]);
pub static LEAVE: Text = text("Hang up", "挂断");
pub static COPY_LINK: Text = text("Copy link", "复制链接");
pub static COPIED: Text = text("Link copied", "链接已复制");
pub static COPY_FAILED: Text =
    text("The browser did not allow copying. Select the link instead.", "浏览器不允许复制，请手动选中链接。");
pub static LINK_TO_CALL: Text = text("Link to this call", "通话链接");
pub static CONTROLS: Text = text("Call controls", "通话控制");
pub static ALONE: Text = text("Nobody else is here yet", "还没有其他人");
pub static ALONE_HINT: Text = text(
    "Send this link to the person you want to talk to. The call starts when they join.",
    "把这个链接发给想通话的人，对方加入后通话就开始。",
);
pub static LEFT_BY: Template = template(["", " has left the call"], ["", " 已离开通话"]);
pub static LEFT_BY_HINT: Text =
    text("The call goes on if they come back. This link leads here.", "对方回来后通话会继续，链接仍然有效。");
