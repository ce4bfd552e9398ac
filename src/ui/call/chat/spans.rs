//! What stands in a text: links, and code in backticks.

use linkify::{LinkFinder, LinkKind};

/// A piece of a text, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain text, with its line breaks.
    Plain(String),
    /// A link, and where it leads: with `http:`, `https:` or `mailto:`.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        href: String,
    },
    /// Code in a line.
    Code(String),
    /// Lines of code.
    Block(String),
}

const FENCE: &str = "```";

/// The pieces of a text. No markup other than code is known.
pub fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let (mut rest, mut plain) = (text, String::new());
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        match code(from) {
            Some((span, after)) => {
                add_plain(&mut spans, &std::mem::take(&mut plain));
                spans.push(span);
                rest = after;
            }
            None => {
                plain.push('`');
                rest = &from[1..];
            }
        }
    }
    plain.push_str(rest);
    add_plain(&mut spans, &plain);
    spans
}

/// The code with which this text begins, and what follows it.
fn code(text: &str) -> Option<(Span, &str)> {
    if let Some((block, after)) = text.strip_prefix(FENCE).and_then(|rest| rest.split_once(FENCE))
        && !block.trim().is_empty()
    {
        let after = after.strip_prefix('\n').unwrap_or(after);
        return Some((Span::Block(block.trim_matches('\n').to_owned()), after));
    }
    let (code, after) = text.strip_prefix('`')?.split_once('`')?;
    let is_code = !code.trim().is_empty() && !code.contains('\n');
    is_code.then(|| (Span::Code(code.to_owned()), after))
}

fn add_plain(spans: &mut Vec<Span>, text: &str) {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]);
    for piece in finder.spans(text) {
        let text = piece.as_str().to_owned();
        let href = piece.kind().and_then(|kind| href(kind, &text));
        let span = match href {
            Some(href) => Span::Link { text, href },
            None => Span::Plain(text),
        };
        match (spans.last_mut(), span) {
            (Some(Span::Plain(before)), Span::Plain(text)) => before.push_str(&text),
            (_, span) => spans.push(span),
        }
    }
}

/// Where a link leads, if it is of a kind that is safe to follow.
fn href(kind: &LinkKind, text: &str) -> Option<String> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match (kind, scheme.as_deref()) {
        (LinkKind::Url, Some("http" | "https" | "mailto")) => Some(text.to_owned()),
        (LinkKind::Email, _) => Some(["mailto:", text].concat()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Span {
        Span::Plain(text.to_owned())
    }

    fn link(text: &str) -> Span {
        Span::Link { text: text.to_owned(), href: text.to_owned() }
    }

    fn code(text: &str) -> Span {
        Span::Code(text.to_owned())
    }

    #[test]
    fn links_end_before_punctuation() {
        let text = "see (https://example.org/a_(b)?c=d#e), or https://example.org.";
        let expected = [
            plain("see ("),
            link("https://example.org/a_(b)?c=d#e"),
            plain("), or "),
            link("https://example.org"),
            plain("."),
        ];
        assert_eq!(spans(text), expected);
    }

    #[test]
    fn only_safe_schemes_are_links() {
        for text in [
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,<script>alert(1)</script>",
            "file:///etc/passwd",
            "vbscript:x",
            "blob:https",
            "ftp://example.org/",
        ] {
            let found = spans(text);
            let links: Vec<_> = found.iter().filter(|span| matches!(span, Span::Link { .. })).collect();
            assert!(links.is_empty(), "{text}: {found:?}");
        }
        assert_eq!(spans("HTTPS://EXAMPLE.ORG/"), [link("HTTPS://EXAMPLE.ORG/")]);
    }

    #[test]
    fn mail_addresses_are_links() {
        let expected =
            Span::Link { text: "ada@example.org".to_owned(), href: "mailto:ada@example.org".to_owned() };
        assert_eq!(spans("ada@example.org"), [expected]);
    }

    #[test]
    fn markup_is_text() {
        let text = "<img src=x onerror=alert(1)> & **bold**";
        assert_eq!(spans(text), [plain(text)]);
    }

    #[test]
    fn code_stands_in_backticks_and_holds_no_links() {
        assert_eq!(
            spans("run `make https://a.b` now"),
            [plain("run "), code("make https://a.b"), plain(" now")]
        );
        assert_eq!(
            spans("so:\n```\nlet a = 1;\n  b\n```\ndone"),
            [plain("so:\n"), Span::Block("let a = 1;\n  b".to_owned()), plain("done")]
        );
    }

    #[test]
    fn backticks_that_do_not_close_are_text() {
        for text in ["it`s", "``", "` `", "a ` b\n` c", "```"] {
            assert_eq!(spans(text), [plain(text)], "{text}");
        }
    }
}
