//! `/r/{room}`: before, during and after a call, on one page.

use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use crate::ui::{
    call::CallScreen,
    call::ended::Ended,
    call::stage::tile::display_name,
    dom,
    lobby::{Lobby, LobbyPlaceholder, NAME_KEY},
    pages::facts::PageFacts,
    pages::frame::Frame,
    text::Texts,
    text::language::Speech,
};
use crate::{
    browser::Session,
    call::{CallView, Command, DeviceKind, DeviceState, Failure, MediaProblem, Status},
    protocol::{DisplayName, PeerId, RoomName},
};

/// Where the tab keeps, across a reload, that a device was switched off.
const DEVICES: [(DeviceKind, &str); 2] =
    [(DeviceKind::Microphone, "halloo.microphone"), (DeviceKind::Camera, "halloo.camera")];

/// The running call, for the components of this page: what to draw, and whom to tell. Made in a browser only.
#[derive(Clone, Copy)]
pub struct Call {
    /// What to draw.
    pub view: RwSignal<CallView>,
    /// The browser holds back sound until somebody touches the page.
    pub sound_blocked: RwSignal<bool>,
    /// None in a browser that cannot call.
    session: StoredValue<Option<Session>, LocalStorage>,
    room: StoredValue<RoomName>,
    name: RwSignal<Option<DisplayName>>,
}

impl Call {
    fn start(room: RoomName, name: Option<DisplayName>) -> Self {
        let view = ArcRwSignal::new(CallView::default());
        let written = view.clone();
        let session = Session::start(move |now| written.set(now));
        if session.is_none() {
            view.set(CallView {
                status: Status::Error,
                failure: Some(Failure::Unsupported),
                ..CallView::default()
            });
        }
        Self {
            view: view.into(),
            sound_blocked: RwSignal::new(false),
            session: StoredValue::new_local(session),
            room: StoredValue::new(room),
            name: RwSignal::new(name),
        }
    }

    /// A part of the view that only tells when it has changed.
    pub fn slice<T: PartialEq + Send + Sync + 'static>(
        self,
        pick: impl Fn(&CallView) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.view.with(&pick))
    }

    /// The session is gone once the page is being left; then nobody needs to be told.
    fn with_session<T>(self, f: impl FnOnce(&Session) -> T) -> Option<T> {
        self.session.try_with_value(|session| session.as_ref().map(f)).flatten()
    }

    fn tell(self, command: Command) {
        self.with_session(|session| session.command(command));
    }

    /// Whether this page was in the call when it was loaded anew.
    fn was_reloaded(self) -> bool {
        self.with_session(|session| session.was_reloaded_in(&self.room())).unwrap_or_default()
    }

    /// Goes on after a reload: who was silent or unseen stays so.
    fn come_back(self) {
        if DEVICES.iter().all(|(_, key)| dom::kept(key).is_none()) {
            self.switch_on_both();
        } else {
            for (kind, key) in DEVICES {
                self.switch(kind, dom::kept(key).is_none());
            }
        }
        self.join();
    }

    /// Goes into the room, under the name last given.
    pub fn join(self) {
        let room = self.room.get_value();
        self.tell(Command::Join { room, name: self.name.get_untracked() });
    }

    /// Goes into the room under this name.
    pub fn join_as(self, name: Option<DisplayName>) {
        self.name.set(name);
        self.join();
    }

    /// Hangs up.
    pub fn leave(self) {
        self.tell(Command::Leave);
    }

    /// Switches microphone and camera on, with one question to the person.
    pub fn switch_on_both(self) {
        self.tell(Command::SwitchOnBoth);
    }

    /// Switches a device.
    pub fn switch(self, kind: DeviceKind, on: bool) {
        for (_, key) in DEVICES.into_iter().filter(|(other, _)| *other == kind) {
            dom::keep(key, (!on).then_some("off"));
        }
        self.tell(Command::Switch { kind, on });
    }

    /// Switches a device to the other state.
    pub fn toggle(self, kind: DeviceKind) {
        let on = self.view.with_untracked(|view| is_wanted(view, kind));
        self.switch(kind, !on);
    }

    /// Uses another device.
    pub fn choose(self, kind: DeviceKind, id: String) {
        self.tell(Command::Choose { kind, id });
    }

    /// Shows the own picture.
    pub fn attach_local(self, element: &HtmlVideoElement) {
        self.with_session(|session| session.attach_local(element));
    }

    /// Shows somebody's picture.
    pub fn attach_remote(self, peer: PeerId, element: &HtmlVideoElement) {
        self.with_session(|session| session.attach_remote(peer, element));
    }

    /// Loudness at the microphone, as long as there is a session.
    pub fn microphone_level(self) -> Option<f32> {
        self.with_session(Session::microphone_level)
    }

    /// Nobody looks at the loudness any more.
    pub fn stop_metering(self) {
        self.with_session(Session::stop_metering);
    }

    /// The room.
    pub fn room(self) -> RoomName {
        self.room.get_value()
    }

    /// The name last given, read once.
    pub fn name_untracked(self) -> Option<DisplayName> {
        self.name.get_untracked()
    }

    /// The name last given.
    pub fn name(self) -> Option<DisplayName> {
        self.name.get()
    }
}

/// Whether a device is on or on its way.
pub fn is_wanted(view: &CallView, kind: DeviceKind) -> bool {
    let state = view.device(kind).state;
    matches!(state, DeviceState::On | DeviceState::Starting | DeviceState::Problem(MediaProblem::Paused))
}

/// What fills the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Lobby,
    Call,
    Ended,
}

impl Screen {
    const fn of(status: Status) -> Self {
        match status {
            Status::Lobby => Self::Lobby,
            Status::Connecting | Status::Waiting | Status::Connected | Status::Reconnecting => Self::Call,
            Status::Full | Status::Left | Status::Error => Self::Ended,
        }
    }
}

/// `/r/{room}`
#[component]
pub fn RoomPage(
    /// The name as it stands in the path.
    name: String,
) -> impl IntoView {
    match name.parse() {
        Ok(room) => view! { <Room room/> }.into_any(),
        Err(_) => view! { <BadRoomPage/> }.into_any(),
    }
}

/// Starts the call of the page at `/r/{name}`, in a browser, before the page is drawn.
pub fn begin_call(name: &str, facts: &PageFacts) {
    let Ok(room) = name.parse() else { return };
    let given = dom::query("name");
    let name = given.or_else(|| dom::remembered(NAME_KEY)).and_then(|name| DisplayName::from_typed(&name));
    let call = Call::start(room, name);
    if call.was_reloaded() {
        call.come_back();
    } else {
        for (_, key) in DEVICES {
            dom::keep(key, None);
        }
        call.switch_on_both();
        if facts.carried.join_allowed && dom::query("join").as_deref() == Some("now") {
            call.join();
        }
    }
    provide_context(call);
}

/// Until the client has taken over there is no call.
#[component]
fn Room(room: RoomName) -> impl IntoView {
    let call = use_context::<Call>();
    let status = Memo::new(move |_| call.map_or(Status::Lobby, |call| call.view.with(|view| view.status)));
    let screen = Memo::new(move |_| Screen::of(status.get()));
    let speech = Speech::from_context();
    let words = Memo::new(move |_| in_words(status.get(), call, speech.texts()));
    let title = Signal::derive(move || {
        if status.get() == Status::Lobby { speech.texts().ready.to_owned() } else { words.get() }
    });
    let content = move || match (call, screen.get()) {
        (None, _) => view! { <LobbyPlaceholder/> }.into_any(),
        (Some(call), Screen::Lobby) => view! { <Lobby call/> }.into_any(),
        (Some(call), Screen::Call) => view! { <CallScreen call/> }.into_any(),
        (Some(call), Screen::Ended) => view! { <Ended call/> }.into_any(),
    };
    view! {
        <Frame title class="page room" busy=Signal::derive(move || screen.get() == Screen::Call) middle=ViewFn::from(move || view! { <StatusLine status words room=room.clone()/> })>
            {content}
        </Frame>
    }
}

/// Where the call stands; stays in the page through all of its states.
#[component]
fn StatusLine(status: Memo<Status>, words: Memo<String>, room: RoomName) -> impl IntoView {
    view! {
        <span class="room-name">{room.to_string()}</span>
        <p class="status" role="status" data-testid="call-status" data-state=move || status.get().as_str()>
            <span class="status-words">{move || words.get()}</span>
        </p>
    }
}

fn in_words(status: Status, call: Option<Call>, texts: &Texts) -> String {
    match (status, call) {
        (Status::Connected, Some(call)) => {
            (texts.status_connected_to)(&call.view.with(|view| names_of(view, texts)))
        }
        (status, _) => status_in_words(status, texts).to_owned(),
    }
}

fn names_of(view: &CallView, texts: &Texts) -> String {
    let names: Vec<_> = view.peers.iter().map(|peer| display_name(Some(peer), texts)).collect();
    names.join(", ")
}

fn status_in_words(status: Status, texts: &Texts) -> &'static str {
    match status {
        Status::Lobby => texts.status_lobby,
        Status::Connecting => texts.status_connecting,
        Status::Waiting => texts.status_waiting,
        Status::Connected => texts.status_connected,
        Status::Reconnecting => texts.status_reconnecting,
        Status::Full => texts.status_full,
        Status::Left => texts.status_left,
        Status::Error => texts.status_error,
    }
}

#[component]
fn BadRoomPage() -> impl IntoView {
    let speech = Speech::from_context();
    view! {
        <Frame title=Signal::derive(move || speech.texts().bad_room.to_owned()) class="page message">
            <h1 class="title">{speech.say(|t| t.bad_room)}</h1>
            <p class="lead">{speech.say(|t| t.bad_room_hint)}</p>
            <p class="actions">
                <a href="/" class="button primary">{speech.say(|t| t.home)}</a>
            </p>
        </Frame>
    }
}
