//! Texts about sharing a screen.

use super::{Template, Text, template, text};

pub static SHARE: Text = text("Share screen", "共享屏幕");
pub static SCREENS: Text = text("Shared screens", "共享的屏幕");
pub static STOP: Text = text("Stop sharing", "停止共享");
pub static SCREEN_OF: Template = template(["Screen of ", ""], ["", " 的屏幕"]);
pub static SHARING: Text = text("You are sharing your screen.", "正在共享你的屏幕。");
pub static SHARING_HINT: Text = text("Everybody in the call sees it.", "通话中的所有人都能看到。");
pub static SHARING_WITH_SOUND_HINT: Text =
    text("Everybody in the call sees it and hears its sound.", "通话中的所有人都能看到画面并听到声音。");
pub static SMOOTH: Text = text("Smooth motion", "流畅优先");
pub static SMOOTH_HINT: Text =
    text("For films; without it text is sharper.", "适合播放视频；关闭时文字更清晰。");
pub static INTERRUPTED: Text = text("Your screen is no longer shared.", "屏幕共享已停止。");
pub static INTERRUPTED_HINT: Text = text(
    "Loading the page anew has ended that. You can share it again.",
    "刷新页面后共享已停止，你可以重新共享。",
);
pub static BLOCKED: Text =
    text("Your system does not let the browser record the screen.", "系统不允许浏览器录制屏幕。");
pub static BLOCKED_HINT: Text = text(
    "Allow it in the system's privacy settings, under screen recording, then start the browser again.",
    "请在系统的隐私设置中允许浏览器进行“屏幕录制”，然后重启浏览器。",
);
pub static FAILED: Text = text("The screen could not be shared.", "无法共享屏幕。");
pub static FAILED_HINT: Text = text("Try again, or share a window instead.", "请重试，或改为共享一个窗口。");
pub static FULL_SCREEN: Text = text("Full screen", "全屏");
pub static ACTUAL_SIZE: Text = text("Actual size", "原始大小");
