//! Texts of the page after a call, or in place of one.

use super::{Template, Text, template, text};

pub static LEFT: Text = text("You hung up", "已挂断");
pub static LEFT_HINT: Text = text("Camera and microphone are off.", "已退出通话，摄像头和麦克风已关闭。");
pub static REJOIN: Text = text("Join again", "重新加入");
pub static FULL: Text = text("The room is full", "房间已满");
pub static FULL_HINT: Text =
    text("All seats are taken. Try again when somebody has left.", "房间人数已满，等有人离开后再试。");
pub static FULL_HINT_BOTH: Text = text(
    "Both seats are taken. Try again when somebody has left.",
    "房间最多 2 人，现在已满，等有人离开后再试。",
);
pub static FULL_HINT_AWAITED: Text = text(
    "All seats are taken. This page joins by itself, with your devices on as before, when somebody leaves.",
    "房间人数已满。有人离开后会自动加入，设备会按之前的设置打开。",
);
pub static FULL_HINT_BOTH_AWAITED: Text = text(
    "Both seats are taken. This page joins by itself, with your devices on as before, when somebody leaves.",
    "房间最多 2 人，现在已满。有人离开后会自动加入，设备会按之前的设置打开。",
);
pub static FULL_HINT_SEATS: Template = template(
    ["All ", " seats are taken. Try again when somebody has left."],
    ["房间最多 ", " 人，现在已满，等有人离开后再试。"],
);
pub static LOCKED: Text = text("The room is locked", "房间已锁定");
pub static LOCKED_HINT: Text = text(
    "Somebody in the call has locked it. Try again when they have unlocked it.",
    "通话中有人锁定了房间，等对方解锁后再试。",
);
pub static LOCKED_HINT_AWAITED: Text = text(
    "Somebody in the call has locked it. This page joins by itself, with your devices on as before, when it \
    is unlocked.",
    "通话中有人锁定了房间。解锁后会自动加入，设备会按之前的设置打开。",
);
pub static BAD_NAME_FAILURE: Text = text("The server did not take your name", "服务器不接受这个名字");
pub static BAD_NAME_FAILURE_HINT: Text = text(
    "Choose a shorter one, without unusual characters, and join again.",
    "请换一个短一些、不含特殊字符的名字再加入。",
);
pub static UNSUPPORTED_VERSION: Text = text("This page is out of date", "页面版本过旧");
pub static UNSUPPORTED_VERSION_HINT: Text =
    text("The server has been updated. Reload to get the new page.", "服务器已更新，请刷新页面。");
pub static REPLACED: Text = text("The call goes on in another tab", "通话已转到另一个标签页");
pub static REPLACED_HINT: Text = text(
    "You joined it from another tab or window, which has taken this seat.",
    "你在另一个标签页或窗口加入了这个通话，此处的通话已转移。",
);
pub static UNSUPPORTED: Text = text("This browser can't make calls", "此浏览器无法通话");
pub static UNSUPPORTED_HINT: Text = text(
    "It lacks WebRTC or WebSockets, or they are switched off. A current Firefox, Chrome, Edge or Safari can.",
    "它不支持 WebRTC 或 WebSocket，或者被关闭了。新版 Firefox、Chrome、Edge 或 Safari 都可以。",
);
pub static ORIGIN: Text = text("This address is not accepted", "服务器不接受此网址");
pub static ORIGIN_HINT: Text = text(
    "Tell whoever runs the server: allowed_origins lacks this address, or a proxy does not pass on Host.",
    "请告知服务器的管理员：allowed_origins 中没有此网址，或反向代理没有转发 Host。",
);
pub static REFUSED: Text = text("The server refused", "服务器拒绝了请求");
pub static REFUSED_HINT: Text = text(
    "It gave a reason that this page does not know. Trying again may help.",
    "原因未知，再试一次也许可行。",
);
