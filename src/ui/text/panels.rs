//! Texts of the panels beside a call: people, connections, invitation.

use super::{Template, Text, template, text};

pub static PANELS: Text = text("About this call", "通话详情");
pub static PEOPLE: Text = text("People", "成员");
pub static CONNECTIONS: Text = text("Connections", "连接");
pub static INVITE: Text = text("Invite", "邀请");
pub static CLOSE: Text = text("Close", "关闭");

pub static MICROPHONE_ON: Text = text("Microphone on", "麦克风已开启");
pub static CAMERA_ON: Text = text("Camera on", "摄像头已开启");
pub static CAMERA_OFF: Text = text("Camera off", "摄像头已关闭");

pub static GOOD: Text = text("Good", "良好");
pub static FAIR: Text = text("Fair", "一般");
pub static POOR: Text = text("Poor", "较差");
pub static MEASURING: Text = text("Measuring…", "正在检测…");
pub static CONNECTING: Text = text("Connecting…", "正在连接…");
pub static INTERRUPTED: Text = text("Interrupted", "连接中断");
pub static FAILED: Text = text("No way through", "无法建立连接");
pub static CONNECTION_IS: Template = template(["Connection: ", ""], ["连接：", ""]);

pub static OWN_NETWORK: Text = text("probably your network", "可能是你的网络问题");
pub static THEIR_NETWORK: Text = text("probably their network", "可能是对方的网络问题");
pub static OWN_PROCESSOR: Text = text("your device is busy", "你的设备负载过高");
pub static THEIR_PROCESSOR: Text = text("their device is busy", "对方的设备负载过高");
pub static UNKNOWN_CAUSE: Text = text("the network between you", "你们之间的网络问题");
pub static OWN_NETWORK_HINT: Text = text(
    "Move closer to the Wi-Fi router, use a cable, or pause downloads.",
    "请靠近路由器，改用网线，或暂停下载。",
);
pub static THEIR_NETWORK_HINT: Text =
    text("What they send or receive is lost on their side.", "数据在对方的网络中丢失。");
pub static OWN_PROCESSOR_HINT: Text = text(
    "Close other programs and tabs, or switch your camera off.",
    "请关闭其他程序和标签页，或关闭摄像头。",
);
pub static THEIR_PROCESSOR_HINT: Text =
    text("Their device sends only a few pictures per second.", "对方的设备每秒只发送几帧画面。");
pub static UNKNOWN_CAUSE_HINT: Text =
    text("Packets are lost or take long somewhere on the way.", "数据在途中丢失或延迟较大。");

pub static NOBODY_ELSE: Text = text("Nobody else is here yet.", "还没有其他人。");
pub static PATH: Text = text("Path", "路径");
pub static DIRECT: Text = text("direct", "直连");
pub static REFLEXIVE: Text = text("direct, through a router", "直连，经过路由器");
pub static RELAY: Text = text("through a relay", "经过中继");
pub static ROUND_TRIP: Text = text("Round trip", "往返时间");
pub static RECEIVED: Text = text("Received", "接收");
pub static SENT: Text = text("Sent", "发送");
pub static BITRATE: Text = text("Bitrate", "码率");
pub static LOSS: Text = text("Loss", "丢包");
pub static JITTER: Text = text("Jitter", "抖动");
pub static PICTURE: Text = text("Picture", "画面");
pub static FRAME_RATE: Text = text("Frame rate", "帧率");
pub static CODEC: Text = text("Codec", "编码");
pub static LIMITED_BY: Text = text("Limited by", "受限于");
pub static PROCESSOR: Text = text("processor", "处理器");
pub static BANDWIDTH: Text = text("bandwidth", "带宽");
pub static OTHER: Text = text("other", "其他");
pub static MEASURE: Text = text("Measure", "指标");
pub static LAST_MINUTES: Template = template(["", ", last two minutes"], ["", "，最近两分钟"]);

pub static COPY_REPORT: Text = text("Copy report", "复制报告");
pub static WITH_ADDRESSES: Text = text("With network addresses", "包含网络地址");
pub static WITH_ADDRESSES_HINT: Text =
    text("They tell roughly where you and the others are.", "这些地址会透露大致位置。");
pub static REPORT_COPIED: Text = text("Report copied", "报告已复制");
pub static REPORT_NOT_COPIED: Text = text("The browser did not allow copying.", "浏览器不允许复制。");

pub static INVITE_HINT: Text =
    text("Whoever has this link can join the call.", "任何拿到链接的人都可以加入通话。");
pub static SHARE: Text = text("Share link", "分享链接");
pub static EMAIL: Text = text("E-mail", "电子邮件");
pub static EMAIL_SUBJECT: Text = text("Video call", "视频通话");
pub static EMAIL_BODY: Template = template(["Join the call: ", ""], ["点击加入通话：", ""]);
pub static QR_CODE: Text = text("QR code of the link to this call", "通话链接的二维码");
pub static QR_HINT: Text = text("Scan to join from a phone.", "用手机扫码加入。");
