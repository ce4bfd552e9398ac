//! Texts of the chat.

use super::{Template, Text, template, text};

pub static CHAT: Text = text("Chat", "聊天");
pub static UNREAD: Template = template(["Chat, ", " unread"], ["聊天，", " 条未读"]);
pub static MESSAGES: Text = text("Messages", "消息");
pub static NOTE: Text = text(
    "Messages go from browser to browser, not through the server. Whoever comes later gets the newest from \
    the others. Nothing is stored: when everybody has left, they are gone.",
    "消息在浏览器之间直接传输，不经过服务器。后加入的人会从其他人那里收到最近的消息。\
    消息不会保存：所有人离开后即消失。",
);
pub static EMPTY: Text = text("No messages yet", "还没有消息");
pub static EARLIER: Text = text("Earlier messages, as the others have them", "较早的消息，由其他成员提供");
pub static JOINED: Text = text("Since you are here", "你加入之后");
pub static SCROLL_TO_NEW: Text = text("New messages", "新消息");

pub static TO: Text = text("To", "发送给");
pub static EVERYBODY: Text = text("Everybody", "所有人");
pub static WHO_LEFT: Text = text("Somebody who left", "已离开的人");
pub static RECIPIENT_LEFT: Text =
    text("This person has left. Choose to whom the message goes.", "对方已离开，请重新选择接收者。");
pub static WRITE: Text = text("Write a message", "输入消息");
pub static WRITE_TO: Template = template(["Message only to ", ""], ["只发送给 ", ""]);
pub static SEND: Text = text("Send", "发送");
pub static SAVE: Text = text("Save", "保存");
pub static EMOJI: Text = text("Emoji", "表情");
pub static TOO_LONG: Text =
    text("This is too long: only the first 8 kB are sent.", "内容过长，只会发送前 8 kB。");
pub static TOO_FAST: Text = text("Too many messages at once. Wait a moment.", "发送太频繁，请稍候。");
pub static TOO_LATE: Text =
    text("A minute has passed: this message can no longer be changed.", "已超过一分钟，这条消息不能再修改。");

pub static REPLY: Text = text("Reply", "回复");
pub static COPY: Text = text("Copy", "复制");
pub static COPIED: Text = text("Copied", "已复制");
pub static EDIT: Text = text("Edit", "编辑");
pub static DELETE: Text = text("Delete", "删除");
pub static ACTIONS: Text = text("What to do with this message", "消息操作");
pub static REPLYING_TO: Template = template(["Replying to ", ""], ["回复 ", ""]);
pub static EDITING: Text = text("Editing your message", "正在编辑消息");
pub static CANCEL: Text = text("Cancel", "取消");
pub static EDITED: Text = text("edited", "已编辑");
pub static DELETED: Text = text("Message deleted", "消息已删除");
pub static OLD_MESSAGE: Text = text("an older message", "较早的消息");
pub static ONLY_YOU_AND: Template = template(["Only you and ", ""], ["仅你与 ", " 可见"]);
pub static NOT_DELIVERED: Template = template(["Not delivered yet: ", ""], ["尚未送达：", ""]);
pub static SAYS: Template = template(["", ": "], ["", "："]);
