//! Cuts texts into what is kept and what is taken out.

use std::ops::Range;

use super::{super::sdp::Topic, classes::Class};

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What a line is about, and where it ends: stays.
    Structure,
    /// Words whose meaning is specified: its keywords stay.
    Specified,
    /// Anything.
    Free,
    /// Taken out, if the level of the class says so.
    Taken(Class),
}

/// The parts of a text, one after the other, from its beginning to its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts(pub(super) Vec<(Range<usize>, Part)>);

impl Parts {
    /// A text that is one part.
    pub(super) fn whole(text: &str, part: Part) -> Self {
        let mut parts = Self::default();
        parts.push(text.len(), part);
        parts
    }

    fn end(&self) -> usize {
        self.0.last().map_or(0, |(at, _)| at.end)
    }

    /// Adds a part that ends here. What belongs together is one part, so that nothing hides at its seams.
    fn push(&mut self, end: usize, part: Part) {
        let start = self.end();
        match self.0.last_mut() {
            _ if end <= start => {}
            Some((last, kind)) if *kind == part && !matches!(part, Part::Taken(_)) => last.end = end,
            Some(_) | None => self.0.push((start..end, part)),
        }
    }

    /// The URL of a STUN or TURN server (RFC 7064, RFC 7065): scheme, host, port, transport.
    pub(super) fn of_url(url: &str) -> Self {
        let mut parts = Self::default();
        let scheme = url.find(':').filter(|colon| {
            ["stun", "stuns", "turn", "turns"].iter().any(|known| known.eq_ignore_ascii_case(&url[..*colon]))
        });
        parts.push(scheme.map_or(0, |colon| colon + 1), Part::Structure);
        parts.push(url.find('?').unwrap_or(url.len()), Part::Taken(Class::Host));
        parts.push(url.len(), Part::Specified);
        parts
    }

    /// A text, each line of it by what it is about. In descriptions, lines that this program does not know
    /// are taken out.
    pub(super) fn of_lines(text: &str, is_description: bool) -> Self {
        let mut parts = Self::default();
        let (other, line_end) = if is_description {
            (Part::Taken(Class::Text), Part::Structure)
        } else {
            (Part::Free, Part::Free)
        };
        for line in text.split_inclusive(['\r', '\n']) {
            let content = line.trim_end_matches(['\r', '\n']);
            let start = parts.end();
            let topic = Topic::of(content);
            if topic == Topic::Unknown {
                parts.push(start + content.len(), other);
            } else {
                parts.push_line(topic, content);
            }
            parts.push(start + line.len(), line_end);
        }
        parts
    }

    fn push_line(&mut self, topic: Topic, line: &str) {
        // `x=value`, `a=name:value`, `candidate:value`
        let name = match (line.split_once('='), line.find(':')) {
            (Some(("a", _)), Some(colon)) => colon + 1,
            (_, Some(colon)) if line.starts_with("candidate:") => colon + 1,
            (Some(("a", _)), None) => line.len(),
            (Some((kind, _)), _) if kind.len() == 1 => 2,
            _ => 0,
        };
        let start = self.end() + name;
        self.push(start, Part::Structure);
        let value = &line[name..];
        for (at, class) in taken_out(topic, value) {
            self.push(start + at.start, Part::Specified);
            self.push(start + at.end, Part::Taken(class));
        }
        self.push(start + value.len(), Part::Specified);
    }
}

/// Lines whose whole value is taken out.
const WHOLE: [(Topic, Class); 7] = [
    (Topic::IceUfrag, Class::Fragment),
    (Topic::IcePwd, Class::Password),
    (Topic::TlsId, Class::Fingerprint),
    (Topic::SessionName, Class::Text),
    (Topic::Information, Class::Text),
    (Topic::Uri, Class::Text),
    (Topic::Contact, Class::Text),
];

/// What is taken out of a value about this.
fn taken_out(topic: Topic, value: &str) -> Vec<(Range<usize>, Class)> {
    if topic == Topic::Candidate {
        return candidate(value);
    }
    let mut words = words(value);
    let end = value.trim_end().len();
    let taken = if let Some((_, class)) = WHOLE.iter().find(|(of, _)| *of == topic) {
        words.next().map(|first| (first.start..end, *class)).filter(|(at, _)| value[at.clone()] != *"-")
    } else if topic == Topic::Fingerprint {
        words.nth(1).map(|digest| (digest.start..end, Class::Fingerprint))
    } else if topic == Topic::Ssrc {
        let cname = words.find(|at| value[at.clone()].starts_with("cname:"));
        cname.map(|at| (at.start + "cname:".len()..end, Class::Source)).filter(|(at, _)| !at.is_empty())
    } else if topic == Topic::Origin {
        words.next().map(|user| (user, Class::Name)).filter(|(at, _)| value[at.clone()] != *"-")
    } else {
        None
    };
    taken.into_iter().collect()
}

/// RFC 8839, section 5.1. The foundation is made from the address, and short enough to try all.
fn candidate(value: &str) -> Vec<(Range<usize>, Class)> {
    let mut taken = Vec::new();
    let mut before = "";
    for (number, at) in words(value).enumerate() {
        let word = &value[at.clone()];
        let class = match number {
            0 => Some(Class::Foundation),
            4 => Some(Class::Address),
            _ if before.eq_ignore_ascii_case("raddr") => Some(Class::Address),
            _ if before.eq_ignore_ascii_case("ufrag") => Some(Class::Fragment),
            _ => None,
        };
        before = word;
        taken.extend(class.map(|class| (at, class)));
    }
    taken
}

/// The words of a text, with any number of spaces between them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    text.split_inclusive(char::is_whitespace).filter_map(move |piece| {
        let at = from..from + piece.trim_end().len();
        from += piece.len();
        (!at.is_empty()).then_some(at)
    })
}
