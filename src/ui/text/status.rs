//! Where a call stands.

use super::{Template, Text, template, text};

pub static LOBBY: Text = text("Not joined yet", "尚未加入");
pub static CONNECTING: Text = text("Connecting…", "正在连接…");
pub static WAITING: Text = text("Waiting for somebody to join", "等待对方加入");
pub static CONNECTED: Text = text("Connected", "已接通");
pub static CONNECTED_TO: Template = template(["In a call with ", ""], ["正在与 ", " 通话"]);
pub static RECONNECTING: Text = text("Reconnecting…", "正在重新连接…");
pub static FULL: Text = text("The room is full", "房间已满");
pub static LOCKED: Text = text("The room is locked", "房间已锁定");
pub static LEFT: Text = text("You hung up", "已挂断");
pub static ERROR: Text = text("The call has ended", "通话已结束");
