//! The verdicts of the connection check: what it is, what to do, and what whoever runs the server can do.

use super::{Text, text};

/// What is said about a verdict.
#[derive(Debug)]
pub struct VerdictWords {
    /// What it is.
    pub title: Text,
    /// What the person can do.
    pub advice: Text,
    /// What whoever runs the server can do.
    pub operator: Text,
}

const fn words(title: Text, advice: Text, operator: Text) -> VerdictWords {
    VerdictWords { title, advice, operator }
}

const NOTHING: Text = text("Nothing to do at the server.", "服务器端无需处理。");

pub static STOPPED: VerdictWords = words(
    text("The check was stopped", "检查已停止"),
    text("What was not finished says nothing. Check again.", "未完成的项目没有结论，请重新检查。"),
    NOTHING,
);
pub static BROWSER_TOO_OLD: VerdictWords = words(
    text("This browser cannot make calls", "这个浏览器不支持通话"),
    text(
        "Update it, or open this link in a current Chrome, Edge, Firefox or Safari, not inside another app.",
        "请更新浏览器，或用新版 Chrome、Edge、Firefox、Safari 打开链接，不要在其他应用内打开。",
    ),
    text("The browser has no WebRTC, or it is switched off.", "浏览器没有 WebRTC，或已被禁用。"),
);
pub static OFFLINE: VerdictWords = words(
    text("You are offline", "你已离线"),
    text("Connect to a network, then check again.", "请连接网络后重新检查。"),
    NOTHING,
);
pub static SERVER_UNREACHABLE: VerdictWords = words(
    text("The server can't be reached", "无法连接服务器"),
    text(
        "Try another network, such as that of a phone. If that does not help, the server may be down.",
        "请换一个网络试试，例如手机热点。如果仍然不行，可能是服务器停机了。",
    ),
    text(
        "Is the server running, and does a firewall let its port through? halloo doctor tells.",
        "请确认服务器正在运行、防火墙已放行端口，可运行 halloo doctor 检查。",
    ),
);
pub static PORTAL: VerdictWords = words(
    text("Something else answers for the server", "响应来自其他设备，不是服务器"),
    text(
        "A network that asks for a login does so. Open any web page, log in to the network, then check \
         again.",
        "通常是因为网络需要先登录。请打开任意网页完成登录，然后重新检查。",
    ),
    text(
        "A portal or a proxy answers /healthz. If people everywhere see this, look at the proxy in front of \
         the server.",
        "/healthz 的响应来自认证页或代理。如果所有人都遇到这种情况，请检查服务器前面的代理。",
    ),
);
pub static SERVER_REFUSES: VerdictWords = words(
    text("The server does not accept this page", "服务器拒绝了本页面的连接"),
    text(
        "Open the call at the address that you were given. If you have tried very often, wait a minute.",
        "请使用收到的原始链接打开。如果刚才尝试过很多次，请等一分钟再试。",
    ),
    text(
        "The origin of the page is not allowed (allowed_origins, or a proxy that changes Host), or a \
         limit on connections or joins was reached.",
        "页面来源未被允许（检查 allowed_origins，或代理是否改写了 Host），或触及连接数、加入频率的限制。",
    ),
);
pub static WEBSOCKET_BLOCKED: VerdictWords = words(
    text("Something blocks WebSockets", "WebSocket 连接被拦截"),
    text(
        "The page comes through, calls do not: a proxy, a filter or a virus scanner on the way holds \
         WebSockets back. Try another network, or switch such a program off for this site.",
        "网页能打开，但通话连接被代理、过滤软件或杀毒软件拦截。请换一个网络，或让这些软件放行本网站。",
    ),
    text(
        "If people everywhere see this, the proxy in front of the server does not pass on Upgrade at \
         /signal: see docs/DEPLOY.md.",
        "如果所有人都遇到这种情况，说明前置代理没有转发 /signal 的 Upgrade 请求，见 docs/DEPLOY.zh-CN.md。",
    ),
);
pub static WEBRTC_BLOCKED: VerdictWords = words(
    text("The browser keeps its addresses to itself", "浏览器没有提供任何网络地址"),
    text(
        "An extension or a setting for privacy blocks WebRTC. Switch it off for this site, then check again.",
        "可能有扩展程序或隐私设置禁用了 WebRTC，请对本网站关闭它，然后重新检查。",
    ),
    NOTHING,
);
pub static RELAY_REFUSES_LOGIN: VerdictWords = words(
    text("The relay does not accept the server's logins", "中继服务器拒绝了登录"),
    text(
        "You cannot change that. Calls still connect directly, or over another way to the relay, where one \
         works. Send the report to whoever runs this server.",
        "这个问题需要管理员处理。能直连，或能通过其他方式使用中继时，通话仍可建立。\
         请把报告发给服务器管理员。",
    ),
    text(
        "turn_secret is not the secret of the TURN server (coturn: static-auth-secret), or the clocks of \
         both differ.",
        "turn_secret 与 TURN 服务器的密钥（coturn 的 static-auth-secret）不一致，或两台机器的时钟不同步。",
    ),
);
pub static RELAY_FULL: VerdictWords = words(
    text("The relay has no room for more", "中继服务器已满"),
    text(
        "Try again later. Calls still connect directly, or over another way to the relay, where one works.",
        "请稍后再试。能直连，或能通过其他方式使用中继时，通话仍可建立。",
    ),
    text(
        "Limits of the TURN server are reached: its ports (turn_ports) or its quota.",
        "TURN 服务器达到上限：端口范围（turn_ports）或配额不足。",
    ),
);
pub static RELAY_UNREACHABLE: VerdictWords = words(
    text("The relay can't be reached", "无法连接中继服务器"),
    text(
        "Your network lets through neither UDP nor the detours. Calls connect only where a direct path is \
         possible. Try another network, such as that of a phone.",
        "你的网络既不放行 UDP，也不放行其他方式，只有能直连时才能通话。请换一个网络试试，例如手机热点。",
    ),
    text(
        "If people everywhere see this, a firewall in front of the server blocks the relay's port (3478 by \
         UDP, that of the pages by TCP), or its address is wrong: see halloo doctor.",
        "如果所有人都遇到这种情况，说明服务器前的防火墙拦截了中继端口（UDP 3478，TCP 与网页同端口），\
         或地址设置有误，可运行 halloo doctor 检查。",
    ),
);
pub static RELAY_CARRIES_NOTHING: VerdictWords = words(
    text("The relay answers, but carries nothing", "中继有响应，但画面无法通过"),
    text(
        "Calls connect only where a direct path is possible. Send the report to whoever runs this server.",
        "只有能直连时才能通话。请把报告发给服务器管理员。",
    ),
    text(
        "Relayed addresses do not reach each other: rules of the relay forbid it (coturn: denied-peer-ip), \
         or a firewall blocks its UDP ports (turn_ports).",
        "中继地址之间不通：中继的规则不允许（coturn 的 denied-peer-ip），\
         或防火墙拦截了中继的 UDP 端口（turn_ports）。",
    ),
);
pub static NOT_SECURE: VerdictWords = words(
    text("This address gets no camera and no microphone", "此地址无法使用摄像头和麦克风"),
    text(
        "Browsers give devices only to pages over HTTPS or on localhost. Ask for the https:// address of \
         this server.",
        "只有 HTTPS 或 localhost 页面才能使用设备，请向管理员索要 https:// 开头的地址。",
    ),
    text("Serve the pages over HTTPS: see docs/DEPLOY.md.", "请启用 HTTPS，见 docs/DEPLOY.zh-CN.md。"),
);
pub static DEVICES_NOT_OFFERED: VerdictWords = words(
    text("This app gives pages no camera and no microphone", "此应用不允许网页使用摄像头和麦克风"),
    text(
        "Open this link in a browser of its own, such as Chrome, Firefox or Safari.",
        "请改用独立的浏览器打开链接，例如点右上角的菜单，选择“在浏览器中打开”。",
    ),
    NOTHING,
);
pub static DEVICES_DENIED: VerdictWords = words(
    text("The connection works, but devices are not allowed", "连接正常，但没有设备权限"),
    text(
        "Allow microphone and camera with the icon in the address bar, or in your system's privacy settings.",
        "请点地址栏里的图标，或在系统的隐私设置中，允许使用麦克风和摄像头。",
    ),
    NOTHING,
);
pub static NO_DEVICES: VerdictWords = words(
    text("The connection works, but there is no microphone and no camera", "连接正常，但没有麦克风和摄像头"),
    text("Plug one in. You can join without, too.", "请接上设备。没有设备也可以加入。"),
    NOTHING,
);
pub static DEVICES_IN_USE: VerdictWords = words(
    text("The connection works, but a device is in use elsewhere", "连接正常，但设备被其他程序占用"),
    text("Close other programs and tabs that use it.", "请关闭占用设备的程序或标签页。"),
    NOTHING,
);
pub static ONLY_NEARBY: VerdictWords = words(
    text("Calls connect within your own network", "只能与同一网络内的人通话"),
    text(
        "With people elsewhere there may be no picture: this server offers no relay.",
        "与其他网络的人通话时可能没有画面：此服务器没有提供中继。",
    ),
    text(
        "Neither a STUN server nor a relay is offered. Remove turn_listen = \"off\", or set ice_servers.",
        "没有提供 STUN 或中继服务器。请去掉 turn_listen = \"off\"，或设置 ice_servers。",
    ),
);
pub static NO_RELAY: VerdictWords = words(
    text("Works in most networks", "多数网络下可以通话"),
    text(
        "This server offers no relay: in networks with strict firewalls there is no picture.",
        "此服务器没有提供中继：在防火墙严格的网络中会没有画面。",
    ),
    text(
        "Only STUN is offered. Remove turn_listen = \"off\", or add a TURN server to ice_servers.",
        "只提供了 STUN。请去掉 turn_listen = \"off\"，或在 ice_servers 中加入 TURN 服务器。",
    ),
);
pub static UDP_BLOCKED: VerdictWords = words(
    text("Calls work, by a detour", "可以通话，但要绕道"),
    text(
        "Your network blocks UDP. Calls go through the relay as web traffic, which makes picture and sound \
         come later. Another network is better, if there is one.",
        "你的网络拦截了 UDP。通话会以网页流量的方式经过中继，声音和画面的延迟较大。有条件请换一个网络。",
    ),
    text(
        "If people everywhere see this, a firewall in front of the server blocks UDP at the relay's port.",
        "如果所有人都遇到这种情况，说明服务器前的防火墙拦截了中继端口的 UDP。",
    ),
);
pub static STREAMS_BLOCKED: VerdictWords = words(
    text("Everything you need works", "一切正常"),
    text(
        "Only the detour for networks without UDP does not work, which yours is not.",
        "只有为拦截 UDP 的网络准备的备用方式不通，你的网络用不到它。",
    ),
    text(
        "People whose network blocks UDP cannot connect: the relay is not reached by TCP or TLS.",
        "网络拦截 UDP 的人将无法连接：中继的 TCP 和 TLS 方式不通。",
    ),
);
pub static ALL_WELL: VerdictWords = words(
    text("Everything works", "一切正常"),
    text(
        "If a call does not connect, the reason may be on the other side. Have them make this check, too.",
        "如果仍然无法接通，问题可能在对方，请让对方也做一次检查。",
    ),
    NOTHING,
);
