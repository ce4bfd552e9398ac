//! The table of settings. Help, manual page and completions, `Leptos.toml`, `packaging/halloo.toml` and
//! `docs/SETTINGS*.md` are made from it; `make settings` writes the files.

use super::setting::{Group, Kind, Setting, Words, words};

/// Every setting, in groups.
pub static GROUPS: &[Group] = &[
    Group {
        title: words("Addresses", "监听地址"),
        introduction: words("", ""),
        settings: &[
            Setting::new("listen", "ADDRESS:PORT", Kind::Text(ADDRESS))
                .text(
                    "Where pages and signaling are served. For the network: 0.0.0.0:8080, or [::]:8080 with \
                     IPv6.",
                    "页面和信令的监听地址。要对网络开放，用 0.0.0.0:8080；支持 IPv6 用 [::]:8080。",
                )
                .default("127.0.0.1:8080")
                .otherwise("[::]:443 with `domain`", "有 `domain` 时为 [::]:443")
                .example("0.0.0.0:8080"),
            Setting::new(
                "http_listen",
                "ADDRESS:PORT",
                Kind::Text(words(
                    "an IP address and a port, such as 0.0.0.0:80, or off",
                    "IP 地址和端口，或 off",
                )),
            )
            .text(
                "Also listen here for plain HTTP, and redirect browsers to HTTPS. `off`: not even with \
                 `domain`.",
                "同时在这里监听普通 HTTP，并把浏览器重定向到 HTTPS。`off`：有 `domain` 时也不监听。",
            )
            .otherwise(
                "nowhere, or [::]:80 with `domain` and without `listen`",
                "不监听；有 `domain` 而没有 `listen` 时为 [::]:80",
            )
            .example("0.0.0.0:80"),
        ],
    },
    Group {
        title: words("HTTPS", "HTTPS"),
        introduction: words(
            "A certificate comes from an authority (`domain`), from files (`tls_cert` and `tls_key`), or is \
             created on this machine (`tls_self_signed`). With none of these, plain HTTP is served: for this \
             machine, or behind a proxy.",
            "证书有三种来源：向证书颁发机构申请（`domain`）、来自文件（`tls_cert` 和 `tls_key`），\
             或由本机生成（`tls_self_signed`）。都不设置时使用普通 HTTP，只适合本机访问或放在反向代理后面。",
        ),
        settings: &[
            Setting::new(
                "domain",
                "NAMES",
                Kind::List(words(
                    "names that this server has in the internet, such as call.example.org",
                    "服务器在互联网上的域名",
                )),
            )
            .text(
                "Serve HTTPS with a certificate that is obtained and renewed automatically for these names. \
                 The authority must reach port 443 of each name. Setting this accepts the authority's terms \
                 of service.",
                "通过 ACME 自动申请并续期这些域名的证书，提供 HTTPS。证书颁发机构必须能访问每个域名的 443 \
                 端口。设置此项即表示同意其服务条款。",
            )
            .otherwise("none", "无")
            .example("call.example.org"),
            Setting::new(
                "acme_directory",
                "URL",
                Kind::Text(words("a URL that starts with https://", "以 https:// 开头的 URL")),
            )
            .text(
                "The authority that issues the certificate: the URL of its ACME directory.",
                "颁发证书的机构：其 ACME 目录的 URL。",
            )
            .otherwise("Let's Encrypt", "Let's Encrypt")
            .example("https://ca.example.net/acme/acme/directory"),
            Setting::new("acme_contact", "EMAIL", Kind::Text(words("an e-mail address", "电子邮箱地址")))
                .text(
                    "Where the authority may write to about the certificate.",
                    "证书有问题时，颁发机构可以联系的邮箱。",
                )
                .otherwise("none", "无")
                .example("you@example.org"),
            Setting::new("acme_ca", "FILE", Kind::Text(FILE))
                .text(
                    "PEM file with the certificates to trust when connecting to a private authority.",
                    "连接私有颁发机构时信任的证书，PEM 文件。",
                )
                .otherwise("the authorities that browsers trust", "浏览器信任的机构")
                .example("/etc/halloo/ca.pem"),
            Setting::new("tls_cert", "FILE", Kind::Text(FILE))
                .text(
                    "Serve HTTPS with this certificate: a PEM file with the whole chain. Read again when it \
                     changes.",
                    "用这张证书提供 HTTPS：包含完整证书链的 PEM 文件。文件变化后自动重新读取。",
                )
                .otherwise("none", "无")
                .example("/etc/halloo/cert.pem"),
            Setting::new("tls_key", "FILE", Kind::Text(FILE))
                .text("The private key of `tls_cert`, a PEM file.", "`tls_cert` 的私钥，PEM 文件。")
                .otherwise("none", "无")
                .example("/etc/halloo/key.pem"),
            Setting::switch("tls_self_signed").text(
                "Serve HTTPS with a certificate created on this machine, for its own names and addresses. \
                 Browsers warn about it once.",
                "用本机自己生成的证书提供 HTTPS，证书包含本机的名字和地址。浏览器会警告一次。",
            ),
        ],
    },
    Group {
        title: words("Behind a proxy", "反向代理"),
        introduction: words("", ""),
        settings: &[
            Setting::new(
                "trusted_proxies",
                "ADDRESSES",
                Kind::List(words("addresses or networks, such as 127.0.0.1 or 10.0.0.0/8", "地址或网段")),
            )
            .text(
                "Proxies whose headers X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are trusted.",
                "受信任的代理，其 X-Forwarded-For、X-Forwarded-Proto 和 X-Forwarded-Host 头才会被采信。",
            )
            .otherwise("none", "无")
            .example("127.0.0.1,::1"),
            Setting::new(
                "allowed_origins",
                "ORIGINS",
                Kind::List(words(
                    "origins such as https://call.example.org, without a path",
                    "来源（origin），不带路径",
                )),
            )
            .text(
                "Origins whose pages may connect. Needed behind a proxy that changes the Host header.",
                "哪些来源的页面可以连接。代理改写 Host 头时需要设置。",
            )
            .otherwise("the host that served the page", "提供页面的主机")
            .example("https://call.example.org"),
        ],
    },
    Group {
        title: words("Rooms", "房间"),
        introduction: words("", ""),
        settings: &[
            Setting::number("room_capacity", "N", 2..=25, "6")
                .text(
                    "Seats in a room. Everybody sends to everybody, less to each the more there are: among \
                     ten people a camera has a quarter of its width and height.",
                    "每个房间的座位数。每个人都要向其他每个人发送画面，人越多，给每个人的就越小：\
                     十人时摄像头画面的宽和高为原来的四分之一。",
                )
                .example("2"),
            Setting::number("heartbeat_ms", "MS", 1_000..=300_000, "10000").text(
                "Time between heartbeats. A connection that is silent for two of them is closed. At most two \
                 fifths of `resume_window_ms`.",
                "心跳间隔。连续两个间隔没有动静，连接就会断开。不能超过 `resume_window_ms` 的五分之二。",
            ),
            Setting::number("resume_window_ms", "MS", 1_000..=3_600_000, "30000").text(
                "How long the seat of a lost connection is kept, and longer while somebody in the call still \
                 sees the person.",
                "连接断开后座位保留多久。通话中仍有人能看到对方时，会一直保留。",
            ),
            Setting::number("reload_window_ms", "MS", 0..=3_600_000, "5000").text(
                "How long the seat of a page that went away is kept: long enough to load it again.",
                "页面关闭或刷新后座位保留多久，要够页面重新加载。",
            ),
            Setting::switch("codelab").text(
                "Serve a page of the tutorial's shape at /codelab/, and its Socket.IO events at /socket.io/. \
                 A room of the tutorial is a room of two here, so its page and that of halloo can call \
                 each other. For learning: see docs/CODELAB.md.",
                "在 /codelab/ 提供教程那样的页面，在 /socket.io/ 提供教程的 Socket.IO 事件。\
                 教程的房间就是这里的双人房间，教程页面和 halloo 页面可以互相通话。\
                 供学习使用，见 docs/CODELAB.zh-CN.md。",
            ),
        ],
    },
    Group {
        title: words("Limits", "限制"),
        introduction: words(
            "An address is an IPv4 address or 64 bits of an IPv6 address: one person, or an office behind \
             one address. An IPv4 /24 or an IPv6 /56 may have four times as many joins, and at most a \
             ninth of all connections. Addresses of this machine are not limited.",
            "一个“地址”指一个 IPv4 地址，或 IPv6 地址的前 64 位：可能是一个人，\
             也可能是共用一个出口的整个办公室。同一 IPv4 /24 或 IPv6 /56 网段可以有四倍的加入次数，\
             最多占全部连接的九分之一。本机地址不受限制。",
        ),
        settings: &[
            Setting::number("max_connections", "N", 16..=1_000_000, "20000").text(
                "Open connections in all: each is an open file and takes about 10 KiB. The limit of open \
                 files applies as well.",
                "同时打开的连接总数。每个连接占用一个打开的文件和大约 10 KiB 内存，\
                 同时还受系统的打开文件数限制。",
            ),
            Setting::number("connections_per_address", "N", 4..=1_000_000, "1000")
                .text(
                    "Open connections of one address, at most a seventeenth of all. As many may be opened at \
                     once, then a tenth of it per second. A person in a call has one, or two if the call is \
                     relayed by TCP; while a page loads, up to seven.",
                    "一个地址同时打开的连接数，最多占总数的十七分之一。可以一次打开这么多，之后每秒十分之一。\
                     通话中的人占一个，用 TCP 中继时占两个；加载页面时最多七个。",
                )
                .example("2000"),
            Setting::number("joins_per_address", "N", 1..=10_000, "20")
                .text(
                    "Joins of one address per second, ten times as many at once. Of these a tenth may find \
                     nobody or a full room, half of them at once: names of rooms cannot be tried. Returns to \
                     a seat are not limited.",
                    "一个地址每秒加入房间的次数，可以一次加入十倍。其中遇到空房间或满员房间的，\
                     每秒最多十分之一，一次最多一半：房间名因此无法被大量试探。回到自己的座位不受限制。",
                )
                .example("40"),
        ],
    },
    Group {
        title: words("STUN and TURN", "STUN 和 TURN"),
        introduction: words(
            "A TURN server for calls that cannot go directly is built in. In the firewall, open its UDP port \
             and `turn_ports`.",
            "程序内置 TURN 服务器，用来中继无法直连的通话。防火墙要放行它的 UDP 端口和 `turn_ports`。",
        ),
        settings: &[
            Setting::new(
                "turn_listen",
                "ADDRESS:PORT",
                Kind::Text(words(
                    "an IP address and a port, such as 0.0.0.0:3478, or off",
                    "IP 地址和端口，\
                     或 off",
                )),
            )
            .text(
                "UDP address of the built-in TURN server, or `off`. By TCP and TLS it is reached where \
                 the pages are.",
                "内置 TURN 服务器的 UDP 监听地址，`off` 表示关闭。TCP 和 TLS 走页面的端口。",
            )
            .otherwise(
                "the address of the pages, at port 3478 or, if that is in use, another one",
                "页面的监听地址，端口 3478，被占用时用别的端口",
            )
            .example("[::]:3478"),
            Setting::new(
                "turn_address",
                "ADDRESSES",
                Kind::List(words(
                    "IP addresses, at most one IPv4 and one IPv6",
                    "IP 地址，IPv4、IPv6 \
                     至多各一个",
                )),
            )
            .text(
                "Addresses of this machine as others see it. Needed behind NAT.",
                "外界看到的本机地址。在 NAT 后面时需要设置。",
            )
            .otherwise("those that the machine knows", "本机已知的地址")
            .example("203.0.113.7"),
            Setting::new(
                "turn_ports",
                "FIRST-LAST",
                Kind::Text(words(
                    "two ports, such as 50000-50999, the first from 1024 up",
                    "两个端口，第一个不小于 1024",
                )),
            )
            .text("UDP ports of relayed calls.", "中继通话使用的 UDP 端口范围。")
            .default("49152-65535")
            .example("50000-50999"),
            Setting::switch("turn_allow_private").text(
                "Relay to private networks as well. Everybody who can open the page can then send UDP \
                 packets into the network of the server.",
                "也允许中继到私有网络。这时，凡是能打开页面的人，都可以向服务器所在的网络发送 UDP 数据。",
            ),
            Setting::number("turn_person_mbit", "MBIT", 0..=10_000, "16")
                .text(
                    "Megabits per second that are relayed for one person, in each direction; packets beyond \
                     are dropped. 16 are enough for six people with 720p. 0: without limit.",
                    "为每个人中继的带宽上限（每个方向，Mbit/s），超出的数据包会被丢弃。16 \
                     足够六个人使用 720p。0 表示不限制。",
                )
                .example("40"),
            Setting::number("turn_total_mbit", "MBIT", 0..=1_000_000, "0")
                .text(
                    "Megabits per second that are relayed in all; packets beyond are dropped. Set it below \
                     what the line can carry, if other services share it. 0: without limit.",
                    "中继的总带宽上限（Mbit/s），超出的数据包会被丢弃。线路与其他服务共用时，\
                     设为低于线路带宽的值。0 表示不限制。",
                )
                .example("500"),
            Setting::new(
                "ice_servers",
                "URLS",
                Kind::List(words(
                    "URLs that start with stun:, turn: or turns:, or tables of urls, username and credential",
                    "以 stun:、turn: 或 turns: 开头的 URL，或含 urls、username、credential 的表",
                )),
            )
            .text(
                "Other STUN and TURN servers that browsers are told. No server is contacted unless it is \
                 listed here. In the file, one with a login is a table: { urls = \
                 [\"turn:turn.example.org\"], username = \"halloo\", credential = \"...\" }.",
                "告诉浏览器的其他 STUN 和 TURN 服务器。不在这里列出的服务器不会被联系。在配置文件里，\
                 带账号的服务器写成表：{ urls = [\"turn:turn.example.org\"], username = \"halloo\", \
                 credential = \"...\" }。",
            )
            .otherwise("none", "无")
            .example("stun:turn.example.org,turn:turn.example.org"),
            Setting::new("turn_secret", "SECRET", Kind::Secret(words("a text", "文本")))
                .text(
                    "Secret shared with those servers in `ice_servers` that have no login (coturn: \
                     use-auth-secret, static-auth-secret). Each person gets a login of their own. Other \
                     users can see flags, so prefer the variable.",
                    "与 `ice_servers` 中没有账号的服务器共享的密钥（coturn 的 use-auth-secret、\
                     static-auth-secret）。每个人得到自己的临时账号。命令行参数会被其他用户看到，\
                     最好用环境变量。",
                )
                .otherwise("none", "无")
                .example("the static-auth-secret of coturn"),
            Setting::number("turn_login_seconds", "S", 10..=86_400, "600").text(
                "How long a login at a TURN server, the built-in one included, can be used for something \
                 new. A call that has begun goes on. More than two intervals of `heartbeat_ms`.",
                "TURN 服务器（包括内置的）的临时账号可用于新连接的时间。已经开始的通话不受影响。要大于 \
                 `heartbeat_ms` 的两倍。",
            ),
        ],
    },
    Group {
        title: words("Key and files", "密钥和文件"),
        introduction: words("", ""),
        settings: &[
            Setting::new("key_file", "FILE", Kind::Text(FILE))
                .text(
                    "File with the key that lets people return to their seats after a restart. Created if \
                     missing, readable by its owner only.",
                    "让人在服务器重启后回到座位的密钥文件。没有就创建，只有所有者可读。",
                )
                .otherwise(
                    "the file key in $STATE_DIRECTORY, else in $XDG_STATE_HOME/halloo, else in \
                     $HOME/.local/state/halloo",
                    "$STATE_DIRECTORY、$XDG_STATE_HOME/halloo 或 $HOME/.local/state/halloo 里的 key 文件",
                )
                .example("/var/lib/halloo/key"),
            Setting::new(
                "key",
                "HEX",
                Kind::Secret(words(
                    "64 hexadecimal digits, such as `openssl rand -hex 32` prints",
                    "64 位十六进制数字，例如 `openssl rand -hex 32` 的输出",
                )),
            )
            .text(
                "The key itself instead of a file: one key for several machines. Other users can see flags, \
                 so prefer the variable.",
                "密钥本身，代替文件：几台机器可以共用一个密钥。命令行参数会被其他用户看到，最好用环境变量。",
            )
            .otherwise("from the file", "取自文件"),
            Setting::new(
                "site_root",
                "DIRECTORY",
                Kind::Text(words(
                    "a directory with the built pages, such as target/site",
                    "构建好的页面所在的目录",
                )),
            )
            .text("Directory of the built pages.", "构建好的页面所在的目录。")
            .otherwise("the pages in the program", "程序自带的页面")
            .example("target/site"),
        ],
    },
    Group {
        title: words("Monitoring", "监控"),
        introduction: words("", ""),
        settings: &[
            Setting::new("metrics_listen", "ADDRESS:PORT", Kind::Text(ADDRESS))
                .text(
                    "Serve metrics for Prometheus here, at /metrics. Everybody who reaches this address can \
                     read them.",
                    "在这里提供 Prometheus 指标，路径 /metrics。能访问到这个地址的人都能读取。",
                )
                .otherwise("nowhere", "不监听")
                .example("127.0.0.1:9464"),
            Setting::new(
                "log",
                "FILTER",
                Kind::Text(words(
                    "off, error, warn, info, debug, trace, or a filter such as info,halloo=debug",
                    "off、error、warn、info、debug、trace，或 info,halloo=debug 这样的过滤规则",
                )),
            )
            .text("What to log.", "记录哪些日志。")
            .default("info")
            .example("info,halloo=debug"),
            Setting::new("log_format", "FORMAT", Kind::Text(words("text or json", "text 或 json")))
                .text(
                    "How to write the log: as text, or as JSON with one object in each line.",
                    "日志的格式：文本，或每行一个 JSON 对象。",
                )
                .default("text")
                .example("json"),
        ],
    },
];

const ADDRESS: Words =
    words("an IP address (not a name) and a port, such as 127.0.0.1:8080", "IP 地址（不能是域名）和端口");
const FILE: Words = words("the path of a file", "文件路径");

/// Every setting.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

/// The setting of this name.
pub(super) fn setting(name: &str) -> Option<&'static Setting> {
    settings().find(|setting| setting.name == name)
}
