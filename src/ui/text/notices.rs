//! What is wrong during a call, and what to do about it. The gap in `PROBLEM_...` is for a device, in small
//! letters.

use super::{Template, Text, template, text};

pub static SERVER_UNREACHABLE: Text = text("The server can't be reached.", "无法连接服务器。");
pub static SERVER_UNREACHABLE_HINT: Text = text(
    "This page keeps trying. Picture and sound that are connected go on, as a rule.",
    "正在自动重试，已接通的画面和声音通常不受影响。",
);
pub static SERVER_NOT_REACHED_HINT: Text = text(
    "This page keeps trying. If this lasts, a proxy in between may not let WebSockets through.",
    "正在自动重试。如果一直这样，可能是中间的代理不支持 WebSocket。",
);
pub static OFFLINE: Text = text("You are offline.", "你已离线。");
pub static OFFLINE_HINT: Text = text("The call goes on when the network is back.", "网络恢复后通话会继续。");
pub static SOUND_BLOCKED: Text = text("Your browser holds back the sound.", "浏览器阻止了声音播放。");
pub static TURN_ON_SOUND: Text = text("Turn on sound", "打开声音");
pub static PROBLEM_DENIED: Template = template(["No permission to use your ", ""], ["没有使用", "的权限"]);
pub static PROBLEM_DENIED_HINT: Text = text(
    "Allow it with the icon in the address bar, or in your system's privacy settings, then try again.",
    "请点地址栏里的图标，或在系统的隐私设置中允许，然后重试。",
);
pub static PROBLEM_NOT_FOUND: Template = template(["No ", " found"], ["没有找到", ""]);
pub static PROBLEM_NOT_FOUND_HINT: Text = text(
    "Plug one in and it will be picked up. The others can still see or hear what you do have.",
    "接上设备后会自动启用。已有的设备照常可用。",
);
pub static PROBLEM_IN_USE: Template =
    template(["Another program is using your ", ""], ["", "正被其他程序占用"]);
pub static PROBLEM_IN_USE_HINT: Text =
    text("Close the other program or tab, then try again.", "请关闭占用它的程序或标签页，然后重试。");
pub static PROBLEM_PAUSED: Template = template(["Your ", " is paused"], ["", "已暂停"]);
pub static PROBLEM_PAUSED_HINT: Text = text(
    "Your system or a switch on the device holds it back. It goes on by itself when that ends.",
    "系统或设备上的开关暂停了它，恢复后会自动继续。",
);
pub static PROBLEM_INSECURE: Template =
    template(["Your browser gives no ", " to this address"], ["浏览器不允许此地址使用", ""]);
pub static PROBLEM_INSECURE_HINT: Text = text(
    "Browsers do so only over HTTPS or on localhost. Ask for the https:// address of this server.",
    "只有 HTTPS 或 localhost 页面才可以。请向管理员索要 https:// 开头的地址。",
);
pub static PROBLEM_NOT_OFFERED: Template =
    template(["This app gives no ", " to pages"], ["此应用不允许网页使用", ""]);
pub static PROBLEM_NOT_OFFERED_HINT: Text = text(
    "Open this link in a browser of its own, such as Chrome, Firefox or Safari. The app's menu may offer it.",
    "请改用独立的浏览器打开这个链接，例如点右上角的菜单，选择“在浏览器中打开”。",
);
pub static PROBLEM_OTHER: Template = template(["Your ", " did not start"], ["", "没能启动"]);
pub static PROBLEM_OTHER_HINT: Text = text(
    "Unplug it and plug it in again, or restart the browser, then try again.",
    "请重新插拔设备或重启浏览器，然后重试。",
);
pub static DISMISS: Text = text("Dismiss", "知道了");
