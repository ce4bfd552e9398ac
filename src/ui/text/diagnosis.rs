//! Texts of the connection check. English names of checks are those of `Check::title`.

use super::{Template, Text, template, text};

pub static CHECK_CONNECTION: Text = text("Check the connection", "检查连接");

pub static TITLE: Text = text("Connection check", "连接检查");
pub static CLOSE: Text = text("Close", "关闭");
pub static CHECKS: Text = text("What is checked", "检查项目");
pub static CHECKING: Text = text("Checking…", "正在检查…");
pub static CHECKING_HINT: Text = text(
    "Each way of a call is tried by itself. This takes a few seconds, at most 20.",
    "正在逐项测试通话所需的各种连接方式，通常只要几秒，最长 20 秒。",
);
pub static STOP: Text = text("Stop", "停止");
pub static AGAIN_SOON: Text = text("Check again in a few seconds", "几秒后可重新检查");
pub static AGAIN: Text = text("Check again", "重新检查");
pub static FOR_OPERATOR: Text = text("For whoever runs this server", "给服务器管理员");
pub static COPY_REPORT: Text = text("Copy report", "复制报告");
pub static COPY_HINT: Text = text(
    "A text for whoever runs this server, without addresses, names and passwords.",
    "可以发给服务器管理员的文字，不含地址、姓名和密码。",
);
pub static MILLISECONDS: Template = template(["", " ms"], ["", " 毫秒"]);

pub static BROWSER: Text = text("Browser", "浏览器");
pub static DEVICES: Text = text("Microphone and camera", "麦克风和摄像头");
pub static HTTPS: Text = text("Web server (HTTPS)", "网页服务器（HTTPS）");
pub static WEBSOCKET: Text = text("Signaling (WebSocket)", "信令（WebSocket）");
pub static HOST: Text = text("Own address (host)", "本机地址（host）");
pub static STUN: Text = text("Public address (STUN)", "公网地址（STUN）");
pub static TURN_UDP: Text = text("Relay over UDP (TURN)", "中继，UDP 方式（TURN）");
pub static TURN_TCP: Text = text("Relay over TCP (TURN)", "中继，TCP 方式（TURN）");
pub static TURN_TLS: Text = text("Relay over TLS (TURN)", "中继，TLS 方式（TURN）");
pub static LOOP: Text = text("Picture through the relay and back", "画面经中继往返");

pub static WAITING: Text = text("waits", "等待中");
pub static RUNNING: Text = text("being checked", "检查中");
pub static PASSED: Text = text("works", "正常");
pub static SKIPPED: Text = text("not checked", "未检查");
pub static NOT_OFFERED: Text = text("not offered by this server", "服务器未提供");
pub static ABORTED: Text = text("stopped before its end", "已中止");

pub static NOT_SECURE: Text = text("the page was not loaded over HTTPS", "页面不是通过 HTTPS 打开的");
pub static NOT_SUPPORTED: Text = text("the browser cannot do this", "浏览器不支持");
pub static DENIED: Text = text("not allowed", "没有权限");
pub static NOT_FOUND: Text = text("none found", "没有找到");
pub static IN_USE: Text = text("in use elsewhere", "被其他程序占用");
pub static OFFLINE: Text = text("no network", "没有网络");
pub static UNREACHABLE: Text = text("no answer", "无响应");
pub static WRONG_ANSWER: Text = text("somebody else answers", "收到的不是本服务器的响应");
pub static REFUSED: Text = text("refused by the server", "被服务器拒绝");
pub static BAD_LOGIN: Text = text("login refused", "登录被拒绝");
pub static FULL: Text = text("no room for more", "已满");
pub static NO_ADDRESS: Text = text("gave no address", "没有得到地址");
pub static NO_MEDIA: Text = text("nothing came through", "没有收到画面");
pub static TIMED_OUT: Text = text("no answer in time", "超时");
