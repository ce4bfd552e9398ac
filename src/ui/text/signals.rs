//! Texts of the signals view.

use super::{Template, Text, template, text};

pub static SIGNALS: Text = text("Signals", "信令");
pub static WHAT: Text = text(
    "Everything that this page and the server say to each other, and what comes of it.",
    "本页面与服务器之间的全部消息，以及由此发生的事情。",
);
pub static VIEWS: Text = text("View", "视图");
pub static DIAGRAM: Text = text("Diagram", "时序图");
pub static LIST: Text = text("List", "列表");
pub static WATERFALL: Text = text("Waterfall", "瀑布图");
pub static PAUSE: Text = text("Pause", "暂停");
pub static CLEAR: Text = text("Clear", "清空");
pub static SHOW_ALL: Text = text("Show all", "显示全部");
pub static SEARCH: Text = text("Search", "搜索");
pub static TYPE: Text = text("Type", "类型");
pub static PEER: Text = text("With", "对象");
pub static ALL_TYPES: Text = text("All types", "所有类型");
pub static ALL_PEERS: Text = text("Everybody", "所有人");
pub static MESSAGES: Text = text("Messages", "消息");
pub static STATES: Text = text("States", "状态");
pub static SHOW_SECRETS: Text = text("Show credentials", "显示凭据");
pub static SHOW_SECRETS_HINT: Text = text(
    "Logins of relays and the token of your seat. Not while others see your screen.",
    "中继服务器的登录信息和座位令牌。共享屏幕时请勿开启。",
);
pub static ME: Text = text("Me", "我");
pub static SERVER: Text = text("Server", "服务器");
pub static SOMEBODY: Template = template(["Peer ", ""], ["成员 ", ""]);
pub static SENT_TO: Template = template(["sent to ", ""], ["发往 ", ""]);
pub static RECEIVED_FROM: Template = template(["received from ", ""], ["来自 ", ""]);
pub static COUNT: Template = template(["", " entries"], ["", " 条记录"]);
pub static DROPPED: Template = template(
    ["", " entries from the middle are no longer kept."],
    ["为节省内存，中间的 ", " 条记录已不再保留。"],
);
pub static NOTHING: Text = text("Nothing here yet.", "暂无记录。");
pub static NOTHING_FITS: Text = text("Nothing fits the filter.", "没有符合筛选条件的记录。");
pub static UNKNOWN_MESSAGE: Text = text(
    "This version of halloo does not know this message, and ignores it.",
    "当前版本的 halloo 不认识这条消息，会忽略它。",
);
pub static NO_JSON: Text = text("The content is not there, or cannot be read.", "内容缺失或无法解析。");
pub static CONTENT: Text = text("Content", "内容");
pub static DESCRIPTION: Text = text("Session description", "会话描述（SDP）");
pub static SDP_HINT: Text = text(
    "Go to a line for what it means: with a click, or with the arrow keys.",
    "点击某一行或用方向键选中，即可查看说明。",
);
pub static SESSION: Text = text("Session", "会话");
pub static LINES: Template = template(["", " lines"], ["", " 行"]);
pub static BELOW: Text = text("(below)", "（见下方）");
pub static PREVIOUS: Text = text("Previous", "上一条");
pub static NEXT: Text = text("Next", "下一条");
pub static STEPS: Text = text("Step by step", "逐条查看");
pub static OF: Text = text(" of ", " / ");
pub static NOT_DONE: Text = text("not done yet", "尚未完成");
pub static SAVE: Text = text("Save capsule", "保存胶囊文件");
pub static SAVE_HINT: Text = text(
    "A file with everything above, to look at later or to hand on. Without tokens, passwords, addresses \
     and names.",
    "包含以上全部记录的文件，可供日后查看或转交他人。不含令牌、密码、地址和姓名。",
);
pub static WITH_ADDRESSES: Text = text("With addresses and names", "包含地址和姓名");
pub static WITH_ADDRESSES_HINT: Text = text(
    "Careful: whoever has this file learns your network addresses, those of the others, and all names. \
     Tokens and passwords stay out.",
    "请注意：拿到此文件的人可以看到你和其他人的网络地址以及所有人的名字。令牌和密码仍不会写入。",
);
pub static OPEN: Text = text("Open a capsule", "打开胶囊文件");

pub static PAGE_LEAD: Text = text(
    "Look at the signaling of a call afterwards, step by step. Open a capsule that was saved in the \
     signals view of a call. It stays in this browser.",
    "事后逐步查看一次通话的信令。请打开在通话的“信令”面板中保存的胶囊文件。文件只在本浏览器中处理，不会上传。",
);
pub static CHOOSE: Text = text("Choose a file", "选择文件");
pub static DROP: Text = text("or drop it here", "或拖放到此处");
pub static KEYS: Text = text("Arrow keys left and right go through the entries.", "用左右方向键逐条查看。");
pub static REDACTED: Text = text(
    "Addresses and names were taken out. Equal words stand for equal values.",
    "地址和姓名已隐去，相同的代号代表相同的值。",
);
pub static NOT_REDACTED: Text =
    text("This capsule contains addresses and names.", "此胶囊文件包含地址和姓名。");
pub static BROKEN: Text = text("This file cannot be read.", "无法读取此文件。");
pub static AT_LINE: Template = template(["Line ", ""], ["第 ", " 行"]);
pub static AT_COLUMN: Template = template([", column ", "."], ["，第 ", " 列。"]);
pub static AT_MEMBER: Template = template(["Where: ", ""], ["位置：", ""]);
pub static TOO_LARGE: Text = text("It is larger than 4 MiB.", "文件超过 4 MiB。");
pub static NOT_JSON: Text = text("It is not JSON.", "不是 JSON。");
pub static TOO_DEEP: Text = text("It is nested too deeply.", "嵌套层数过多。");
pub static NOT_A_CAPSULE: Text = text("It is not a capsule.", "不是胶囊文件。");
pub static OTHER_VERSION: Text =
    text("It is of a version that this program does not know.", "版本不受支持。");
pub static TOO_MANY: Text = text("It has more than 5000 entries.", "记录超过 5000 条。");
pub static MISSING: Text = text("Something is missing.", "缺少必要的内容。");
pub static WRONG: Text = text("A value is wrong.", "有一处的值不正确。");
pub static NOT_OPENED: Text = text("The browser could not open it.", "浏览器无法打开。");
