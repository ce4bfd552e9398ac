//! Texts about parts of the page that load when they are first wanted.

use super::{Text, text};

pub static LOADING: Text = text("One moment…", "请稍候…");
pub static UNREACHABLE: Text = text(
    "This part of the page could not be loaded: the server can't be reached.",
    "无法连接服务器，页面的这一部分没能加载。",
);
pub static UNREACHABLE_IN_CALL: Text = text(
    "This part of the page could not be loaded: the server can't be reached. The call goes on.",
    "无法连接服务器，页面的这一部分没能加载。通话不受影响。",
);
pub static OUTDATED: Text = text(
    "The server has been updated since this page was loaded. Reload to get the new page.",
    "页面打开后服务器已更新，请刷新页面。",
);
pub static OUTDATED_IN_CALL: Text = text(
    "The server has been updated since this page was loaded. The call goes on. Reload the page after it.",
    "页面打开后服务器已更新。通话不受影响，请在通话结束后刷新页面。",
);
pub static TRY_AGAIN: Text = text("Try again", "重试");
pub static RELOAD: Text = text("Reload", "刷新");
