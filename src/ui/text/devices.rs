//! Texts about microphone and camera.

use super::{Template, Text, template, text};

pub static MICROPHONE: Text = text("Microphone", "麦克风");
pub static CAMERA: Text = text("Camera", "摄像头");
pub static MICROPHONE_AND_CAMERA: Text = text("camera or microphone", "摄像头或麦克风");
pub static DEVICES: Text = text("Devices", "设备");
pub static DEFAULT_DEVICE: Text = text("Chosen by the browser", "浏览器默认");
pub static UNNAMED_DEVICE: Template = template(["Device ", ""], ["设备 ", ""]);
pub static SPEAKER: Text = text("Loudspeaker", "扬声器");
pub static TEST_SOUND: Text = text("Test sound", "测试声音");
pub static SOUND: Text = text("Sound of my microphone", "麦克风声音处理");
pub static SOUND_SETTINGS: Text = text("Sound settings", "声音设置");
pub static ECHO: Text = text("Remove echo", "回声消除");
pub static NOISE: Text = text("Remove background noise", "降噪");
pub static GAIN: Text = text("Adjust the volume automatically", "自动调节音量");
pub static ORIGINAL: Text = text("Original sound", "原始声音");
pub static ORIGINAL_HINT: Text =
    text("For music: nothing is removed. Wear headphones.", "适合音乐，不作任何处理。请戴耳机。");
pub static MIRRORED: Text = text("Show my picture mirrored", "镜像显示我的画面");
pub static SOUNDS: Text = text("Sounds when somebody comes or goes", "有人加入或离开时播放提示音");
pub static SHORTCUTS: Text = text("Keyboard shortcuts", "键盘快捷键");
pub static SHORTCUTS_HINT: Text = text("? shows them all", "按 ? 查看全部");
pub static SPEAKS_WHILE_OFF: Text =
    text("You are speaking, but your microphone is off.", "你在说话，但麦克风已关闭。");
pub static SPEAKS_WHILE_OFF_HINT: Text = text("Nobody hears you.", "其他人听不到你的声音。");
pub static SWITCH_ON_MICROPHONE: Text = text("Turn on microphone", "打开麦克风");
pub static GIVES_NOTHING: Text = text("Nothing comes from your microphone.", "麦克风没有任何声音。");
pub static GIVES_NOTHING_HINT: Text = text(
    "Look whether it has a switch of its own, or choose another one under Devices.",
    "请检查麦克风上的开关，或在“设备”中选择其他麦克风。",
);
pub static CLOSE: Text = text("Close", "关闭");
