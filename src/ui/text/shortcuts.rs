//! Texts about keyboard shortcuts.

use super::{Text, text};

pub static SHORTCUTS: Text = text("Keyboard shortcuts", "键盘快捷键");
pub static MICROPHONE: Text = text("Microphone on or off", "开关麦克风");
pub static CAMERA: Text = text("Camera on or off", "开关摄像头");
pub static TALK: Text = text("Hold to talk while the microphone is off", "麦克风关闭时按住说话");
pub static LIST: Text = text("This list", "显示此列表");
pub static CLOSE: Text = text("Close", "关闭");
