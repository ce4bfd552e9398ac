//! Line icons on a 24 x 24 grid, in the colour of the text around them.

use leptos::{prelude::*, tachys::html::InertElement};

/// A lock, for [`draw_path`]: only parts of the page that load late have it.
pub const LOCK: &str = "M7 11h10a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 17 20H7a1.5 1.5 0 0 1-1.5-1.5v-6\
     A1.5 1.5 0 0 1 7 11ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3";

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Microphone,
    MicrophoneOff,
    Camera,
    CameraOff,
    Screen,
    Hand,
    More,
    HangUp,
    Link,
    Check,
    Sliders,
    Sound,
    Warning,
    Arrow,
    Person,
    Close,
}

impl Icon {
    /// Path data; the stroke is the same for all.
    const fn path(self) -> &'static str {
        match self {
            Self::Microphone => {
                "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0\
                 M12 18v3M9 21h6"
            }
            Self::MicrophoneOff => {
                "M4 4l16 16M9 9v2.5a3 3 0 0 0 4.6 2.5M15 11V6.5a3 3 0 0 0-5.7-1.3\
                 M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3M9 21h6"
            }
            Self::Camera => {
                "M5 6.5h8.5a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2Z\
                 M15.5 11l5.5-3.5v9L15.5 13"
            }
            Self::CameraOff => {
                "M4 4l16 16M9.5 6.5h4a2 2 0 0 1 2 2v2.5l5.5-3.5v9l-2-1.3\
                 M15.5 15.5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2h.5"
            }
            Self::Screen => {
                "M4.5 5h15a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM8.5 20h7\
                 M12 13.5v-5M9.5 10.5l2.5-2.5 2.5 2.5"
            }
            Self::Hand => {
                "M7 13V6.5a1.5 1.5 0 0 1 3 0V11V4.5a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v8\
                 a6 6 0 0 1-6 6.5c-3 0-4.5-2-6.5-5.5a1.5 1.5 0 0 1 2.5-1.6L7 15"
            }
            Self::More => "M5 12h.8M11.6 12h.8M18.2 12h.8",
            Self::HangUp => {
                "M3 14.5c0-1.2.5-2.2 1.5-3 4.3-3.3 10.7-3.3 15 0 1 .8 1.5 1.8 1.5 3v.7a1 1 0 0 1-1.2 \
                 1l-3.3-.7a1 1 0 0 1-.8-1v-1.9a11 11 0 0 0-7.4 0v1.9a1 1 0 0 1-.8 1l-3.3.7a1 1 0 0 1-1.2-1Z"
            }
            Self::Link => {
                "M10 14a4 4 0 0 0 6 .4l2.5-2.5a4 4 0 0 0-5.7-5.7L11.5 7.5\
                 M14 10a4 4 0 0 0-6-.4l-2.5 2.5a4 4 0 0 0 5.7 5.7l1.3-1.3"
            }
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Sliders => {
                "M4 8h8M16 8h4M4 16h4M12 16h8M14 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z\
                 M10 14a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z"
            }
            Self::Sound => {
                "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11"
            }
            Self::Warning => "M12 4l9 16H3ZM12 10v4.5M12 17.3v.2",
            Self::Person => "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20a7.5 7.5 0 0 1 15 0",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Arrow => "M5 12h14M13 6l6 6-6 6",
        }
    }
}

impl Icon {
    /// The drawing. It is hidden from screen readers: there is text beside it.
    pub fn draw(self) -> AnyView {
        draw_path(self.path())
    }
}

/// Draws path data as an icon: those that only a late part needs are not in [`Icon`].
pub fn draw_path(path: &'static str) -> AnyView {
    let svg = [
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=""#,
        path,
        r#""></path></svg>"#,
    ];
    InertElement::new(svg.concat()).into_any()
}

/// An icon.
#[component]
pub fn Glyph(
    /// What it shows.
    icon: Icon,
) -> impl IntoView {
    icon.draw()
}

/// Three bars, which the style sheet fills by the `data-grade` of an element around them.
pub fn bars() -> impl IntoView {
    InertElement::new(
        r#"<svg class="bars" viewBox="0 0 16 14" aria-hidden="true" focusable="false">
            <rect y="9" width="4" height="5" rx="1"></rect>
            <rect x="6" y="5" width="4" height="9" rx="1"></rect>
            <rect x="12" width="4" height="14" rx="1"></rect>
        </svg>"#,
    )
}

/// The mark: the two o's of the name, one reaching into the other.
pub fn mark() -> impl IntoView {
    InertElement::new(
        r#"<svg class="mark" viewBox="0 0 40 24" aria-hidden="true" focusable="false">
            <circle class="mark-near" cx="13" cy="12" r="9"></circle>
            <circle class="mark-far" cx="27" cy="12" r="9"></circle>
        </svg>"#,
    )
}

/// The picture of the home page: the two rings, and the call that goes from one to the other.
pub fn hero() -> impl IntoView {
    InertElement::new(
        r#"<svg class="hero-art" viewBox="0 0 480 400" aria-hidden="true" focusable="false">
            <circle class="wave wave-3" cx="180" cy="205" r="172"></circle>
            <circle class="wave wave-2" cx="180" cy="205" r="144"></circle>
            <circle class="wave wave-1" cx="180" cy="205" r="118"></circle>
            <circle class="ring-far" cx="318" cy="205" r="88"></circle>
            <circle class="ring-near" cx="180" cy="205" r="88"></circle>
            <path class="lens" d="M249 150.4a88 88 0 0 1 0 109.2a88 88 0 0 1 0-109.2Z"></path>
            <g class="face">
                <path d="M150 190v8M196 190v8"></path>
                <path d="M152 224c8 14 34 14 42 0"></path>
            </g>
            <g class="face face-far">
                <path d="M304 190v8M350 190v8"></path>
                <circle cx="327" cy="228" r="9"></circle>
            </g>
        </svg>"#,
    )
}
