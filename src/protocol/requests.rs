//! Writing a request in the client.

use super::{
    Candidate, ClientMsg, MediaState, Resume, ResumeMode, Signal, TrackSource, Tracks, Viewing,
    object_writer::ObjectWriter,
};

/// Encodes a client's message, like `encode` but without serde.
pub fn encode_request(message: &ClientMsg) -> String {
    let named = |name| ObjectWriter::new().text("type", name);
    match message {
        ClientMsg::Hello { version, features } => {
            named("hello").number("version", u64::from(*version)).texts("features", features)
        }
        ClientMsg::Join { room, name, resume, media, visit } => {
            let mut join = named("join").text("room", room.as_str());
            join = join.maybe_text("name", name.as_ref().map(|name| name.as_str()));
            if let Some(resume) = resume {
                join = join.json("resume", &write_resume(resume));
            }
            join = join.json("media", &write_media(*media));
            join.maybe_text("visit", visit.map(String::from).as_deref())
        }
        ClientMsg::SetMedia { media } => named("set_media").json("media", &write_media(*media)),
        ClientMsg::Lock { locked } => named("lock").flag("locked", *locked),
        ClientMsg::RaiseHand { raised } => named("raise_hand").flag("raised", *raised),
        ClientMsg::React { reaction } => named("react").text("reaction", reaction.name()),
        ClientMsg::Signal { to, signal } => {
            named("signal").text("to", &to.to_string()).json("signal", &write_signal(signal))
        }
        ClientMsg::KeepSeat { peer } => named("keep_seat").text("peer", &peer.to_string()),
        ClientMsg::Heartbeat => named("heartbeat"),
        ClientMsg::Leave => named("leave"),
    }
    .end()
}

fn write_resume(resume: &Resume) -> String {
    let mode = match resume.mode {
        ResumeMode::Reconnect => "reconnect",
        ResumeMode::Takeover => "takeover",
    };
    ObjectWriter::new().text("token", resume.token.as_str()).text("mode", mode).end()
}

fn write_media(media: MediaState) -> String {
    let mut object = ObjectWriter::new().flag("microphone", media.microphone).flag("camera", media.camera);
    if media.screen {
        object = object.flag("screen", true);
    }
    if media.screen_audio {
        object = object.flag("screen_audio", true);
    }
    object.end()
}

fn write_signal(signal: &Signal) -> String {
    let kind = |kind| ObjectWriter::new().text("kind", kind);
    let (object, epoch) = match signal {
        Signal::Offer { sdp, tracks, epoch } => (write_description("offer", sdp, tracks.as_ref()), epoch),
        Signal::Answer { sdp, tracks, epoch } => (write_description("answer", sdp, tracks.as_ref()), epoch),
        Signal::Candidate { candidate, epoch } => {
            let Candidate { candidate, sdp_mid, sdp_m_line_index, username_fragment } = candidate;
            let mut object = kind("candidate").text("candidate", candidate);
            object = object.maybe_text("sdp_mid", sdp_mid.as_deref());
            if let Some(index) = sdp_m_line_index {
                object = object.number("sdp_m_line_index", u64::from(*index));
            }
            (object.maybe_text("username_fragment", username_fragment.as_deref()), epoch)
        }
        Signal::EndOfCandidates { epoch } => (kind("end_of_candidates"), epoch),
        Signal::Viewing(Viewing { camera, screen }) => {
            let heights = [("camera", camera), ("screen", screen)];
            let write = |object: ObjectWriter, (source, height): (&str, &Option<u16>)| match height {
                Some(height) => object.number(source, u64::from(*height)),
                None => object,
            };
            return heights.into_iter().fold(kind("viewing"), write).end();
        }
        Signal::Unknown => return kind("unknown").end(),
    };
    object.number("epoch", u64::from(*epoch)).end()
}

fn write_description(kind: &str, sdp: &str, tracks: Option<&Tracks>) -> ObjectWriter {
    let object = ObjectWriter::new().text("kind", kind).text("sdp", sdp);
    let Some(tracks) = tracks else { return object };
    let write = |object: ObjectWriter, (mid, source): (&str, TrackSource)| object.text(mid, source.name());
    object.json("tracks", &tracks.iter().fold(ObjectWriter::new(), write).end())
}
