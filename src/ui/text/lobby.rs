//! Texts of the page before joining.

use super::{Text, text};

pub static READY: Text = text("Ready to join?", "准备好加入了吗？");
pub static YOUR_NAME: Text = text("Your name", "你的名字");
pub static NAME_PLACEHOLDER: Text = text("Shown to the others", "对方会看到这个名字");
pub static JOIN: Text = text("Join", "加入");
pub static JOIN_WITHOUT: Text = text(
    "You can join without a camera, without a microphone, or with neither.",
    "没有摄像头、没有麦克风，或者两样都没有，也可以加入。",
);
pub static IN_CALL_ELSEWHERE: Text = text(
    "You are in this call already, in another tab. If you join here too, you are in it twice, with an echo.",
    "你已经在另一个标签页加入了这个通话。如果在这里再次加入，通话中会出现两个你，还会有回声。",
);
pub static USE_DEVICES: Text = text("Use camera and microphone", "打开摄像头和麦克风");
pub static MICROPHONE_LEVEL: Text = text("Microphone level", "麦克风音量");
