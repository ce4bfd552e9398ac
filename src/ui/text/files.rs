//! Texts about files that people send each other.

use super::{Template, Text, template, text};

pub static SEND_FILE: Text = text("Send a file", "发送文件");
pub static DROP: Text = text("Drop the files here to send them", "松开即可发送文件");
pub static DROP_TO: Template =
    template(["Drop the files here to send them to ", ""], ["松开即可将文件发送给 ", ""]);
pub static NOBODY: Text =
    text("Nobody else is here yet to whom a file could go.", "还没有其他人，无法发送文件。");
pub static TOO_MANY: Text =
    text("These are too many files at once. Some were left out.", "文件太多，部分文件未发送。");

pub static OFFERS: Template = template(["", " wants to send you a file"], ["", " 想给你发送文件"]);
pub static SENT_PICTURE: Template = template(["", " sent a picture"], ["", " 发来一张图片"]);
pub static ARRIVED: Template = template(["", " has arrived"], ["已收到 ", ""]);
pub static ACCEPT: Text = text("Accept", "接收");
pub static DECLINE: Text = text("Decline", "拒绝");
pub static CANCEL: Text = text("Cancel the transfer", "取消传输");
pub static REMOVE: Text = text("Remove from the list", "从列表中移除");
pub static SAVE: Template = template(["Save ", ""], ["保存 ", ""]);
pub static PROGRESS: Text = text("Progress", "进度");

pub static PREPARING: Text = text("Preparing", "正在准备");
pub static WAITING_FOR_ANSWER: Text = text("Waiting for an answer", "等待对方接收");
pub static WAITING: Text = text("Waiting", "等待中");
pub static INTERRUPTED: Text =
    text("Interrupted. It goes on when the connection is back.", "已中断，连接恢复后会继续。");
pub static CHECKING: Text = text("Checking", "正在校验");
pub static DELIVERED: Text = text("Delivered", "已送达");
pub static SAVED: Text = text("Saved", "已保存");
pub static OF: Template = template([" of ", ""], ["，共 ", ""]);
pub static PER_SECOND: Template = template(["", "/s"], ["", "/秒"]);
pub static SECONDS_LEFT: Template = template(["", " s left"], ["剩余 ", " 秒"]);
pub static MINUTES_LEFT: Template = template(["", " min left"], ["剩余 ", " 分钟"]);
pub static HOURS_LEFT: Template = template(["", " h left"], ["剩余 ", " 小时"]);

pub static DECLINED: Text = text("Declined", "已拒绝");
pub static CANCELLED: Text = text("Cancelled", "已取消");
pub static CANCELLED_BY_PEER: Text = text("Cancelled by the other side", "已被对方取消");
pub static LEFT: Text = text("Ended: the other person has left", "对方已离开，传输结束");
pub static DAMAGED: Text = text(
    "Damaged: what arrived is not what was sent. Please send it again.",
    "文件损坏：收到的内容与发送的不一致，请重新发送。",
);
pub static STORAGE: Text = text("There was no room to store it", "存储空间不足，无法保存");
pub static TOO_LARGE: Text = text(
    "Too large: this browser can keep files of up to 64 MB only",
    "文件过大：此浏览器最多只能保存 64 MB 的文件",
);
pub static UNREADABLE: Text = text("The file could not be read", "无法读取文件");
pub static INVALID: Text = text("Refused: the other side sent something else", "已拒绝：对方发送的内容不符");
pub static BUSY: Text = text("Refused: too many files at once", "已拒绝：同时发送的文件太多");
