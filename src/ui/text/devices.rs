//! Texts about microphone and camera.

use super::{Template, Text, template, text};

pub static MICROPHONE: Text = text("Microphone", "麦克风");
pub static CAMERA: Text = text("Camera", "摄像头");
pub static MICROPHONE_AND_CAMERA: Text = text("camera or microphone", "摄像头或麦克风");
pub static DEVICES: Text = text("Devices", "设备");
pub static DEFAULT_DEVICE: Text = text("Chosen by the browser", "浏览器默认");
pub static UNNAMED_DEVICE: Template = template(["Device ", ""], ["设备 ", ""]);
pub static SHORTCUTS: Text = text("Keyboard shortcuts", "键盘快捷键");
pub static SHORTCUTS_HINT: Text = text("M: microphone, V: camera", "M：麦克风，V：摄像头");
pub static CLOSE: Text = text("Close", "关闭");
