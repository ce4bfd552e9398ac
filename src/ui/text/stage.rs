//! Texts about the view of a call, and the buttons of its tiles.

use super::{Template, Text, template, text};

pub static VIEW: Text = text("View", "视图");
pub static AUTOMATIC: Text = text("Automatic", "自动");
pub static GRID: Text = text("Everybody the same size", "所有人同样大小");
pub static SPEAKER: Text = text("Whoever speaks is large", "放大正在发言的人");
pub static SHOW_OWN_PICTURE: Text = text("Show my own picture", "显示自己的画面");
pub static HIDE_OWN: Text =
    text("Hide my own picture (shown again under Devices)", "隐藏自己的画面（可在“设备”中恢复）");
pub static NEXT_CAMERA: Text = text("Use the next camera", "切换摄像头");
pub static MOVE_OWN: Text = text("Move to the next corner, or by arrow key", "移到下一个角，或按方向键");
pub static PIN: Template = template(["Keep ", " large"], ["固定放大 ", ""]);
pub static VOLUME_OF: Template = template(["Volume of ", ""], ["", " 的音量"]);
pub static MUTE_FOR_ME: Text = text("Mute for me", "仅对我静音");
pub static MUTE_FOR_ME_NAMED: Template = template(["Mute ", " for me"], ["将 ", " 对我静音"]);
pub static MUTE_FOR_ME_HINT: Text = text("The others still hear them.", "其他人仍能听到。");
pub static MUTED_FOR_ME: Text = text("Muted for you", "已对你静音");
pub static SMALL_WINDOW: Text = text("Small window", "小窗显示");
pub static SMALL_WINDOW_HINT: Text =
    text("The call stays in view over other windows.", "通话画面会一直显示在其他窗口之上。");
pub static SMALL_WINDOW_FAILED: Text =
    text("The browser did not open the small window.", "浏览器未能打开小窗。");
