//! Texts about locking the room, raising hands and reacting.

use super::{Template, Text, template, text};

pub static RAISE_HAND: Text = text("Raise hand", "举手");
pub static MORE: Text = text("More", "更多");
pub static REACTIONS: Text = text("Reactions", "表情回应");
pub static THUMBS_UP: Text = text("Thumbs up", "赞");
pub static CLAP: Text = text("Applause", "鼓掌");
pub static HEART: Text = text("Heart", "爱心");
pub static LAUGH: Text = text("Laughing", "大笑");
pub static SURPRISE: Text = text("Surprised", "惊讶");
pub static LOCK: Text = text("Lock the room", "锁定房间");
pub static LOCK_HINT: Text = text(
    "Nobody new gets in. Who loses the connection can come back. Everybody sees that you locked it.",
    "新的人无法加入，断线的人仍可回来。所有人都会看到是你锁定的。",
);
pub static HANDS: Text = text("Raised hands", "举手的人");
pub static HAND_IS_UP: Text = text("Hand up", "已举手");
pub static YOUR_HAND: Text = text("Your hand", "你的举手");
pub static HAND_OF: Template = template(["Hand of ", ""], ["", " 举手"]);
pub static LOCKED: Text = text("The room is locked", "房间已锁定");
pub static LOCKED_BY: Template = template(["", " locked the room"], ["", " 锁定了房间"]);
pub static LOCKED_BY_YOU: Text = text("You locked the room", "你锁定了房间");
pub static UNLOCKED_BY: Template = template(["", " unlocked the room"], ["", " 解锁了房间"]);
pub static UNLOCKED_BY_YOU: Text = text("You unlocked the room", "你解锁了房间");
pub static RAISED_BY: Template = template(["", " raised a hand"], ["", " 举手了"]);
pub static YOUR_HAND_IS_UP: Text = text("Your hand is up", "你已举手");
