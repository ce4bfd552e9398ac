//! What the lines of session descriptions mean.

use super::{Text, text};
use crate::call::signals::sdp::{Field, Topic};

/// What a line about this says.
pub const fn about(topic: Topic) -> &'static Text {
    match topic {
        Topic::Version => const { &text("The version of SDP. There is only 0.", "SDP 的版本，只有 0。") },
        Topic::Origin => {
            const {
                &text(
                    "Who made this description. The version counts up with every new offer of the \
                     session; the address is not used.",
                    "描述的创建者。会话每次重新提议时版本号加一；其中的地址不使用。",
                )
            }
        }
        Topic::SessionName => {
            const {
                &text("A name, which WebRTC does not use: a dash.", "会话名。WebRTC 不使用，写作短横线。")
            }
        }
        Topic::Information => const { &text("Words for people.", "供人阅读的说明。") },
        Topic::Uri => const { &text("A page about the session.", "介绍此会话的网页。") },
        Topic::Contact => {
            const {
                &text("Whom to ask about the session.", "此会话的联系方式（电子邮件或电话）。")
            }
        }
        Topic::ConnectionData => {
            const {
                &text(
                    "An address for media. ICE replaces it: 0.0.0.0 is normal.",
                    "媒体地址。由 ICE 取代，因此 0.0.0.0 属于正常情况。",
                )
            }
        }
        Topic::Bandwidth => const { &text("The most that may be sent.", "带宽上限。") },
        Topic::Timing => {
            const {
                &text(
                    "When the session takes place. 0 0: now, without end.",
                    "会话的时间。0 0 表示即刻开始、没有终点。",
                )
            }
        }
        Topic::RepeatTimes => const { &text("When the session is repeated.", "会话何时重复。") },
        Topic::TimeZone => {
            const { &text("When clocks change between repetitions.", "重复期间时钟何时调整。") }
        }
        Topic::Media => {
            const {
                &text(
                    "A media section begins: audio, video or data (application). The numbers at the end \
                     are payload types, preferred ones first. Port 9 means that ICE finds the port, 0 \
                     that the section is refused.",
                    "媒体段的开始：音频、视频或数据（application）。末尾的数字是载荷类型，靠前的优先。端口 9 表示由 ICE 决定端口，0 表示拒绝此段。",
                )
            }
        }
        Topic::Group => {
            const {
                &text(
                    "BUNDLE: these sections share one connection, so that ICE and DTLS run once for all.",
                    "BUNDLE：这些媒体段共用一条连接，ICE 和 DTLS 只需进行一次。",
                )
            }
        }
        Topic::BundleOnly => {
            const {
                &text(
                    "This section has no connection of its own; it is used only if the group is accepted.",
                    "此段没有自己的连接，仅当 BUNDLE 组被接受时才使用。",
                )
            }
        }
        Topic::Mid => {
            const {
                &text(
                    "The name of this section. Candidates and the group refer to it.",
                    "媒体段的标识，候选和 BUNDLE 组通过它引用此段。",
                )
            }
        }
        Topic::ExtmapAllowMixed => {
            const {
                &text(
                    "Header extensions of one and of two bytes may be mixed in one stream.",
                    "同一条流中可以混用单字节和双字节的头部扩展。",
                )
            }
        }
        Topic::Extmap => {
            const {
                &text(
                    "A header extension: under this number RTP packets carry more than the standard \
                     header, such as the loudness or the section they belong to.",
                    "头部扩展：RTP 包用此编号携带标准头部之外的信息，例如音量或所属媒体段。",
                )
            }
        }
        Topic::MsidSemantic => {
            const {
                &text(
                    "Says that streams are named as in WebRTC (WMS). Only drafts specify it; it is ignored.",
                    "说明按 WebRTC 的方式命名流（WMS）。仅见于草案，如今被忽略。",
                )
            }
        }
        Topic::Msid => {
            const {
                &text(
                    "The stream and the track that the sender puts into this section.",
                    "发送方放入此段的媒体流和轨道。",
                )
            }
        }
        Topic::IceUfrag => {
            const {
                &text(
                    "The short name of this side in ICE. Connectivity checks carry the names of both \
                     sides. A new one means an ICE restart.",
                    "本端在 ICE 中的短名。连通性检查会携带双方的短名。换新即为 ICE 重启。",
                )
            }
        }
        Topic::IcePwd => {
            const {
                &text(
                    "The password that belongs to it. It protects the connectivity checks; media has \
                     keys of its own.",
                    "与短名配套的密码，用于保护连通性检查。媒体另有密钥。",
                )
            }
        }
        Topic::IceOptions => {
            const {
                &text(
                    "What this side can do in ICE. trickle: candidates follow in messages of their own.",
                    "本端的 ICE 能力。trickle：候选随后逐条发送。",
                )
            }
        }
        Topic::IceLite => {
            const {
                &text("This side is a server that only answers checks.", "本端是只应答检查的服务器。")
            }
        }
        Topic::Candidate => {
            const {
                &text(
                    "An address at which the sender may be reached. host: of its own network card; \
                     srflx: as a STUN server sees it, behind the router; relay: at a TURN server. The \
                     higher the priority, the earlier it is tried.",
                    "发送方可能可达的地址。host：本机网卡；srflx：STUN 服务器看到的路由器外侧地址；relay：TURN 服务器上的地址。优先级越高越先尝试。",
                )
            }
        }
        Topic::EndOfCandidates => const { &text("There are no more candidates.", "没有更多候选。") },
        Topic::Fingerprint => {
            const {
                &text(
                    "The hash of the certificate that this side will show in DTLS. This is what makes \
                     the call safe: whoever changes this line on the way can sit in the middle.",
                    "本端将在 DTLS 中出示的证书的哈希。通话的安全由此而来：谁能在途中改动这一行，谁就能充当中间人。",
                )
            }
        }
        Topic::Setup => {
            const {
                &text(
                    "Who opens the DTLS connection. actpass (offer): either; active: this side; passive: \
                     the other.",
                    "由谁发起 DTLS 连接。actpass（提议）：双方皆可；active：本端；passive：对方。",
                )
            }
        }
        Topic::TlsId => {
            const {
                &text(
                    "The name of the DTLS connection. A new one asks for new keys.",
                    "DTLS 连接的标识。换新表示需要新的密钥。",
                )
            }
        }
        Topic::Direction => {
            const {
                &text(
                    "Which way media flows in this section, as seen by whoever wrote this.",
                    "此段媒体的方向，从描述者的角度看。",
                )
            }
        }
        Topic::RtcpMux => {
            const {
                &text("Media and its reports (RTCP) share one port.", "媒体与其报告（RTCP）共用一个端口。")
            }
        }
        Topic::RtcpRsize => const { &text("Reports may be short.", "允许精简的 RTCP 报告。") },
        Topic::RtcpFeedback => {
            const {
                &text(
                    "What a receiver may say of this codec. nack: packets are missing; pli: a whole \
                     picture is needed; transport-cc and goog-remb: how much the line carries.",
                    "接收方可对该编码反馈的内容。nack：丢包重传；pli：请求完整画面；transport-cc 与 goog-remb：带宽估计。",
                )
            }
        }
        Topic::Rtcp => {
            const {
                &text(
                    "Where reports would go without rtcp-mux. Not used.",
                    "不使用 rtcp-mux 时的 RTCP 地址。此处不用。",
                )
            }
        }
        Topic::Rtpmap => {
            const {
                &text(
                    "Which codec the packets with this payload type have, and the clock of their time \
                     stamps.",
                    "该载荷类型对应的编解码器及其时间戳的时钟频率。",
                )
            }
        }
        Topic::Fmtp => {
            const {
                &text(
                    "Parameters of this codec. apt: a payload type of retransmissions (rtx) names the \
                     one that it repeats.",
                    "该编解码器的参数。apt：重传（rtx）的载荷类型所对应的原载荷类型。",
                )
            }
        }
        Topic::PacketTime => {
            const {
                &text("How much sound is in a packet, in milliseconds.", "每个包的音频时长，单位毫秒。")
            }
        }
        Topic::MaxPacketTime => {
            const {
                &text(
                    "How much sound a packet may have, in milliseconds.",
                    "每个包的最大音频时长，单位毫秒。",
                )
            }
        }
        Topic::SsrcGroup => {
            const {
                &text(
                    "Sources that belong together. FID: a picture and its retransmissions.",
                    "相关联的源。FID：画面与其重传。",
                )
            }
        }
        Topic::Ssrc => {
            const {
                &text(
                    "A number that the packets of one source carry. cname: sources with the same one are \
                     played in step.",
                    "同一源的数据包携带的编号。cname 相同的源会同步播放。",
                )
            }
        }
        Topic::Rid => {
            const {
                &text("The name of one of several encodings of a picture.", "画面的多路编码之一的名称。")
            }
        }
        Topic::Simulcast => {
            const {
                &text("A picture is sent in several sizes at once.", "同一画面同时以多种尺寸发送。")
            }
        }
        Topic::SctpPort => {
            const {
                &text(
                    "The port of SCTP, which carries data channels inside of DTLS.",
                    "SCTP 的端口。数据通道由 DTLS 之内的 SCTP 承载。",
                )
            }
        }
        Topic::MaxMessageSize => {
            const {
                &text(
                    "The largest message of a data channel that this side takes, in bytes.",
                    "本端可接收的数据通道消息的最大字节数。",
                )
            }
        }
        Topic::Unknown => {
            const {
                &text(
                    "halloo has no explanation for this line. Browsers ignore attributes that they do \
                     not know.",
                    "halloo 没有这一行的说明。浏览器会忽略不认识的属性。",
                )
            }
        }
    }
}

/// The name of a part.
pub const fn field(field: Field) -> &'static Text {
    match field {
        Field::UserName => const { &text("user", "用户") },
        Field::SessionId => const { &text("session", "会话号") },
        Field::SessionVersion => const { &text("version", "版本") },
        Field::Network => const { &text("network", "网络类型") },
        Field::Address => const { &text("address", "地址") },
        Field::Port => const { &text("port", "端口") },
        Field::MediaKind => const { &text("media", "媒体") },
        Field::Protocol => const { &text("protocols", "协议") },
        Field::Formats => const { &text("payload types", "载荷类型") },
        Field::Foundation => const { &text("foundation", "基础标识") },
        Field::Component => const { &text("component", "分量") },
        Field::Transport => const { &text("transport", "传输") },
        Field::Priority => const { &text("priority", "优先级") },
        Field::CandidateType => const { &text("type", "类型") },
        Field::RelatedAddress => const { &text("made from address", "来源地址") },
        Field::RelatedPort => const { &text("made from port", "来源端口") },
        Field::TcpType => const { &text("TCP role", "TCP 角色") },
        Field::UserFragment => const { &text("ICE name", "ICE 短名") },
        Field::Hash => const { &text("hash", "哈希算法") },
        Field::Digest => const { &text("value", "值") },
        Field::PayloadType => const { &text("payload type", "载荷类型") },
        Field::Codec => const { &text("codec", "编解码器") },
        Field::ClockRate => const { &text("clock (Hz)", "时钟（Hz）") },
        Field::Channels => const { &text("channels", "声道") },
        Field::Parameters => const { &text("parameters", "参数") },
        Field::Feedback => const { &text("feedback", "反馈") },
        Field::ExtensionId => const { &text("number", "编号") },
        Field::ExtensionUri => const { &text("extension", "扩展") },
        Field::Ssrc => const { &text("source", "源") },
        Field::SourceAttribute => const { &text("attribute", "属性") },
        Field::Semantics => const { &text("kind", "类别") },
        Field::Members => const { &text("members", "成员") },
        Field::Stream => const { &text("stream", "流") },
        Field::Track => const { &text("track", "轨道") },
        Field::Value => const { &text("value", "值") },
    }
}
