//! Texts of the home page.

use super::{Text, text};

pub static TAGLINE: Text = text("Video calls from a link", "一个链接，视频通话");
pub static HEADLINE: Text = text("Give them a halloo.", "喊一声，就能见面。");
pub static LEAD: Text = text(
    "A video call is just a link. Press New call, send the link, and talk: no account, nothing to install.",
    "在这里，视频通话就是一个链接。点“发起通话”，把链接发给对方，就能聊了：不用注册，也不用安装。",
);
pub static NEW_CALL: Text = text("New call", "发起通话");
pub static OR_JOIN: Text = text("Or go to a call", "或者加入已有的通话");
pub static ROOM_FIELD: Text = text("Room name or link", "房间名或链接");
pub static GO: Text = text("Go", "前往");
pub static BAD_ROOM_INPUT: Text = text(
    "Use 1 to 64 letters a–z, digits and dashes, or paste a whole link.",
    "请输入 1 到 64 个字母 a–z、数字或连字符，或粘贴完整链接。",
);
pub static OTHER_SERVER: Text = text(
    "That link leads to another server. Open it in the address bar.",
    "这个链接属于另一个服务器，请在地址栏中打开。",
);
pub static NO_RANDOM: Text = text(
    "This browser can't make a secret name. Please type one of your own.",
    "此浏览器无法生成保密的名称，请自己输入一个。",
);
pub static POINT_LINK: Text =
    text("Whoever has the link can join, on a phone or a computer.", "有链接的人都能加入，手机、电脑都行。");
pub static POINT_PRIVATE: Text = text(
    "Picture and sound go from browser to browser, encrypted.",
    "画面和声音在浏览器之间直接传输，全程加密。",
);
pub static POINT_SURVIVES: Text =
    text("A reload or a lost network does not end the call.", "刷新页面或断网，都不会结束通话。");
pub static OTHER_DEVICES: Text = text("On another device in this network:", "在同一网络的其他设备上打开：");
pub static OTHER_DEVICES_HTTPS: Text = text(
    "Browsers give cameras and microphones only to pages loaded over HTTPS.",
    "浏览器只允许通过 HTTPS 打开的页面使用摄像头和麦克风。",
);
