//! What messages, states and steps are for: texts of the signals view.

use super::{Text, text};
use crate::call::signals::{StateKind, Step};

/// What a state is of.
pub const fn of(of: StateKind) -> &'static Text {
    match of {
        StateKind::Client => const { &text("Client", "客户端") },
        StateKind::Devices => const { &text("Devices", "设备") },
        StateKind::Socket => const { &text("Socket", "套接字") },
        StateKind::Signaling => const { &text("Signaling", "信令状态") },
        StateKind::Negotiation => const { &text("Negotiation", "协商") },
        StateKind::Gathering => const { &text("Gathering", "收集候选") },
        StateKind::Ice => const { &text("ICE", "ICE") },
        StateKind::Dtls => const { &text("DTLS", "DTLS") },
        StateKind::Connection => const { &text("Connection", "连接") },
        StateKind::CandidateError => const { &text("Candidate error", "候选错误") },
        StateKind::Picture => const { &text("Picture", "画面") },
    }
}

/// What it means that something is in another state.
pub const fn about_state(of: StateKind) -> &'static Text {
    match of {
        StateKind::Client => {
            const {
                &text(
                    "The program of the page (WebAssembly) has been loaded and runs. With join=now the \
                     socket was open before.",
                    "页面程序（WebAssembly）已加载并开始运行。使用 join=now 时，套接字此前就已打开。",
                )
            }
        }
        StateKind::Devices => {
            const {
                &text(
                    "The page asks for microphone and camera, and the browser, or the person, answers \
                     (getUserMedia). Signaling does not wait for it.",
                    "页面请求麦克风和摄像头，由浏览器或用户应答（getUserMedia）。信令不会等待这一步。",
                )
            }
        }
        StateKind::Socket => {
            const {
                &text(
                    "The WebSocket to the server. All signaling goes through it, media does not.",
                    "通往服务器的 WebSocket。所有信令都经过它，媒体则不经过。",
                )
            }
        }
        StateKind::Signaling => {
            const {
                &text(
                    "Where offer and answer stand (signalingState). stable: none is under way. \
                     have-local-offer: ours waits for an answer. have-remote-offer: theirs waits for \
                     ours.",
                    "提议与应答的进度（signalingState）。stable：没有进行中的协商；have-local-offer：我方的提议等待应答；\
                     have-remote-offer：对方的提议等待我方应答。",
                )
            }
        }
        StateKind::Negotiation => {
            const {
                &text(
                    "Something has changed that needs a new offer, such as a track (negotiationneeded).",
                    "发生了需要重新提议的变化，例如增加了轨道（negotiationneeded）。",
                )
            }
        }
        StateKind::Gathering => {
            const {
                &text(
                    "The browser looks for its own addresses: of its network cards, as seen by STUN, and \
                     at relays. Each becomes a candidate.",
                    "浏览器正在收集自己的地址：本机网卡的、STUN 看到的、中继上的。每个地址都会成为一个候选。",
                )
            }
        }
        StateKind::Ice => {
            const {
                &text(
                    "ICE tries pairs of addresses (checking) until packets get through both ways \
                     (connected). disconnected: nothing came for some seconds. failed: no pair works.",
                    "ICE 逐对尝试地址（checking），直到双向都能通（connected）。disconnected：数秒没有收到数据；failed：没有一对能通。",
                )
            }
        }
        StateKind::Dtls => {
            const {
                &text(
                    "The handshake of DTLS over the path that ICE has found (connecting) until both sides \
                     have shown the certificates of their fingerprints (connected). failed: a certificate \
                     is not that of the fingerprint, or nothing came.",
                    "在 ICE 找到的通路上进行 DTLS 握手（connecting），直到双方出示与指纹相符的证书（connected）。\
                     failed：证书与指纹不符，或没有收到数据。",
                )
            }
        }
        StateKind::Connection => {
            const {
                &text(
                    "ICE and DTLS together. connected: after ICE had a path, both sides have shown the \
                     certificates of their fingerprints, and media is encrypted.",
                    "ICE 与 DTLS 的总状态。connected：ICE 找到通路后，双方出示了与指纹相符的证书，媒体从此加密传输。",
                )
            }
        }
        StateKind::CandidateError => {
            const {
                &text(
                    "A STUN or TURN server gave no candidate. The call may come up without it.",
                    "某个 STUN 或 TURN 服务器没有给出候选。没有它，通话仍可能接通。",
                )
            }
        }
        StateKind::Picture => {
            const {
                &text(
                    "The first frame of the other's camera has been decoded.",
                    "对方摄像头的第一帧画面已解码。",
                )
            }
        }
    }
}

/// A step.
pub const fn step(step: Step) -> &'static Text {
    match step {
        Step::Page => const { &text("Page", "页面") },
        Step::Client => const { &text("Client (WASM)", "客户端") },
        Step::Socket => const { &text("Socket", "套接字") },
        Step::Join => const { &text("Join", "加入房间") },
        Step::Devices => const { &text("Devices", "设备") },
        Step::Offer => const { &text("Offer", "提议") },
        Step::Answer => const { &text("Answer", "应答") },
        Step::Candidates => const { &text("Candidates", "候选") },
        Step::Ice => const { &text("ICE", "ICE") },
        Step::Dtls => const { &text("DTLS", "DTLS") },
        Step::Picture => const { &text("First frame", "第一帧") },
    }
}

/// What a step waits for.
pub const fn about_step(step: Step) -> &'static Text {
    match step {
        Step::Page => const { &text("Navigation until the page is received", "从导航到页面接收完毕") },
        Step::Client => {
            const {
                &text("First byte of the page until its program runs", "从页面首字节到程序开始运行")
            }
        }
        Step::Socket => const { &text("WebSocket made until it is open", "从创建 WebSocket 到打开") },
        Step::Join => const { &text("join sent until joined is received", "从发出 join 到收到 joined") },
        Step::Devices => {
            const {
                &text("Microphone and camera asked for until answered", "从请求麦克风和摄像头到得到答复")
            }
        }
        Step::Offer => {
            const { &text("First word of the other until there is an offer", "从得知对方到出现提议") }
        }
        Step::Answer => const { &text("Offer until the answer", "从提议到应答") },
        Step::Candidates => {
            const {
                &text(
                    "First candidate until the last before the connection",
                    "从首个候选到连接前最后一个候选",
                )
            }
        }
        Step::Ice => const { &text("First check until a path is found", "从首次检查到找到通路") },
        Step::Dtls => {
            const { &text("Path until the connection is encrypted", "从找到通路到加密连接建立") }
        }
        Step::Picture => {
            const { &text("Connection until a frame is decoded", "从连接建立到解出第一帧") }
        }
    }
}

/// What the message of a kind is for. Empty for one that is not known.
pub fn about_message(kind: &str) -> &'static Text {
    match kind {
        "hello" => {
            const {
                &text(
                    "First on every socket: the version and the abilities of this client.",
                    "每个套接字上的第一条消息：客户端的版本和能力。",
                )
            }
        }
        "welcome" => {
            const {
                &text(
                    "The server's version, its abilities, and its limits of time.",
                    "服务器的版本、能力和各种时限。",
                )
            }
        }
        "join" => {
            const {
                &text(
                    "Asks for a seat in the room. Sent again after a lost socket, with the token of the \
                     seat.",
                    "请求房间中的座位。断线后会带着座位令牌再次发送。",
                )
            }
        }
        "joined" => {
            const {
                &text(
                    "The seat is taken: who else is here, the STUN and TURN servers, and the token that \
                     gets the seat back.",
                    "已入座：房间里还有谁、可用的 STUN 和 TURN 服务器，以及恢复座位用的令牌。",
                )
            }
        }
        "full" => const { &text("No seat is free.", "座位已满。") },
        "peer_joined" => {
            const {
                &text(
                    "Somebody took a seat. Whoever hears this makes the offer.",
                    "有人入座。收到此消息的一方负责发出提议。",
                )
            }
        }
        "peer_left" => const { &text("A seat is free again.", "有人离席。") },
        "peer_reconnecting" => {
            const {
                &text(
                    "Somebody's socket is lost. The seat is kept, and media goes on.",
                    "有人的套接字断开。座位保留，媒体继续。",
                )
            }
        }
        "peer_back" => {
            const { &text("Somebody is back on the seat that was kept.", "有人回到了保留的座位。") }
        }
        "set_media" | "media_changed" => {
            const {
                &text("Whether microphone, camera and screen are on.", "麦克风、摄像头和屏幕共享是否开启。")
            }
        }
        "offer" => {
            const {
                &text(
                    "Proposes a session: codecs, keys, and where to start looking (RFC 3264, RFC 8829).",
                    "提议一个会话：编解码器、密钥指纹以及 ICE 参数（RFC 3264、RFC 8829）。",
                )
            }
        }
        "answer" => {
            const {
                &text(
                    "Says what of the offer is accepted (RFC 3264, RFC 8829).",
                    "说明接受提议中的哪些内容（RFC 3264、RFC 8829）。",
                )
            }
        }
        "candidate" => {
            const {
                &text(
                    "One address at which the sender may be reached, sent as soon as it is found \
                     (trickle ICE, RFC 8838).",
                    "发送方的一个可能可达的地址，一经发现立即发送（Trickle ICE，RFC 8838）。",
                )
            }
        }
        "end_of_candidates" => {
            const {
                &text(
                    "The sender has no more candidates for now (RFC 8838).",
                    "发送方暂时没有更多候选（RFC 8838）。",
                )
            }
        }
        "viewing" => {
            const {
                &text(
                    "How large the sender shows the pictures of the receiver, who sends no more than that.",
                    "发送方以多大尺寸显示接收方的画面，接收方据此控制发送量。",
                )
            }
        }
        "heartbeat" => {
            const {
                &text(
                    "The server asks whether the client is there, and the client answers.",
                    "服务器询问客户端是否在线，客户端应答。",
                )
            }
        }
        "keep_seat" => {
            const {
                &text(
                    "Asks the server to keep a lost person's seat: media still flows.",
                    "请服务器为断线者保留座位：媒体仍在传输。",
                )
            }
        }
        "ice_servers" => {
            const {
                &text(
                    "New logins for TURN servers, before the old ones expire.",
                    "在旧凭据过期之前下发新的 TURN 登录信息。",
                )
            }
        }
        "server_restarting" => {
            const {
                &text(
                    "The server stops, and says when to come back. Media goes on.",
                    "服务器即将重启，并告知何时重连。媒体继续。",
                )
            }
        }
        "leave" => const { &text("Frees the seat at once.", "立即让出座位。") },
        "lock" | "locked" => {
            const { &text("Whether somebody new gets into the room.", "房间是否允许新人加入。") }
        }
        "raise_hand" | "hand_raised" => const { &text("A hand goes up or down.", "举手或放下。") },
        "react" | "reaction" => const { &text("Somebody reacts.", "有人发出表情回应。") },
        "error" => {
            const {
                &text("The server refused a request. The code says why.", "服务器拒绝了请求，原因见错误码。")
            }
        }
        _ => const { &text("", "") },
    }
}
