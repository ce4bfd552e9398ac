//! Texts about the people in a call.

use super::{Template, Text, template, text};

pub static YOU: Text = text("You", "我");
pub static GUEST: Text = text("Guest", "访客");
pub static PEOPLE: Text = text("People in the call", "通话中的人");
pub static OWN_PICTURE: Text = text("Your own picture", "自己的画面");
pub static CAMERA_IS_OFF: Text = text("Your camera is off", "摄像头已关闭");
pub static CAMERA_IS_STARTING: Text = text(
    "Starting your camera. If the browser asks, choose Allow.",
    "正在打开摄像头。如果浏览器询问，请选择“允许”。",
);
pub static MICROPHONE_OFF: Text = text("Microphone off", "麦克风已关闭");
pub static COMMA: Text = text(", ", "、");
pub static OWN_NAME: Template = template(["", " (you)"], ["", "（我）"]);
pub static PICTURE_OF: Template = template(["Picture of ", ""], ["", " 的画面"]);
pub static PEER_CONNECTING: Template = template(["Connecting to ", "…"], ["正在连接 ", "…"]);
pub static PEER_INTERRUPTED: Template =
    template(["Connection to ", " interrupted, repairing…"], ["与 ", " 的连接中断，正在恢复…"]);
pub static PEER_RECONNECTING: Template = template(["", " is reconnecting…"], ["", " 正在重新连接…"]);
pub static PEER_FAILED: Template = template(["No way through to ", ""], ["无法与 ", " 建立连接"]);
pub static PEER_FAILED_HINT: Text = text(
    "No network path was found between you. A firewall may be in between: another network often helps. This \
    page keeps trying.",
    "你们之间没有可用的网络路径，可能被防火墙挡住了，换一个网络往往有用。我们会一直重试。",
);
pub static PEER_FAILED_REFUSED: Text = text(
    "Your browser refuses the relays of this server: please tell whoever runs it.",
    "浏览器不接受此服务器的中继地址，请告知管理员。",
);
