//! Finds network addresses in any text.

use std::ops::Range;

use super::redact::is_placeholder;

/// Ends the names that mDNS hides addresses behind (RFC 6762, section 3).
const LOCAL: &str = ".local";

/// Schemes of URLs of servers (RFC 7064, RFC 7065).
const SCHEMES: [&[u8]; 4] = [b"stun", b"stuns", b"turn", b"turns"];

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Where.
    pub(super) at: Range<usize>,
    /// It is what follows the scheme in the URL of a STUN or TURN server.
    pub(super) is_server: bool,
}

/// The places of what may be an address: what follows `stun:`, `stuns:`, `turn:` and `turns:`; four numbers
/// with dots between them (IPv4), at least two colons with at most hexadecimal digits between them (IPv6),
/// names that end with `.local`, and what stands for an address. More than that may be found, but no
/// address is missed.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in servers(text) {
        find_addresses(text, from..at.start, &mut found);
        from = at.end;
        found.push(Found { at, is_server: true });
    }
    find_addresses(text, from..text.len(), &mut found);
    found
}

/// Hosts and ports in URLs of servers.
fn servers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(colon) = next(text, from, |c| c == ':') {
        from = colon + 1;
        let before = &text.as_bytes()[..colon];
        let has_scheme = SCHEMES.iter().any(|scheme| {
            before.len().checked_sub(scheme.len()).is_some_and(|at| before[at..].eq_ignore_ascii_case(scheme))
        });
        let end = next(text, from, ends_url).unwrap_or(text.len());
        if has_scheme && from < end {
            found.push(from..end);
            from = end;
        }
    }
    found
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '?' | ',' | ';' | '"' | '\'' | '<' | '>' | '(' | ')')
}

fn find_addresses(text: &str, within: Range<usize>, found: &mut Vec<Found>) {
    let (text, mut rest) = (&text[..within.end], within.start);
    while let Some(start) = next(text, rest, is_of_address) {
        let end = next(text, start, |c| !is_of_address(c)).unwrap_or(text.len());
        if is_address(&text[start..end]) {
            found.push(Found { at: start..end, is_server: false });
        }
        rest = end;
    }
}

fn next(text: &str, from: usize, wanted: impl Fn(char) -> bool) -> Option<usize> {
    text[from..].find(wanted).map(|at| from + at)
}

/// Of addresses, and of names of hosts.
fn is_of_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_' | '%')
}

fn is_address(run: &str) -> bool {
    has_ipv4(run)
        || has_ipv6(run)
        || run.to_ascii_lowercase().contains(LOCAL)
        || is_placeholder("address", run)
}

fn has_ipv4(run: &str) -> bool {
    let mut numbers = 0;
    let mut digits = 0;
    for byte in run.bytes() {
        match byte {
            b'0'..=b'9' => {
                if digits == 0 {
                    numbers += 1;
                }
                digits += 1;
                if numbers == 4 {
                    return true;
                }
            }
            b'.' if digits > 0 => digits = 0,
            _ => (numbers, digits) = (0, 0),
        }
    }
    false
}

fn has_ipv6(run: &str) -> bool {
    let mut colons = 0;
    for byte in run.bytes() {
        match byte {
            b':' => colons += 1,
            byte if byte.is_ascii_hexdigit() => {}
            _ => colons = 0,
        }
        if colons == 2 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|Found { at, .. }| &text[at]).collect()
    }

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        assert_eq!(found("candidate:1 1 udp 5 192.0.2.7 9 typ host"), ["192.0.2.7"]);
        assert_eq!(found("é2001:db8::1é ::1 fe80::1%eth0"), ["2001:db8::1", "::1", "fe80::1%eth0"]);
        assert_eq!(found("a 3f0c-9.LOCAL b"), ["3f0c-9.LOCAL"]);
        assert_eq!(found("1.2.3.4.5"), ["1.2.3.4.5"]);
    }

    #[test]
    fn servers_are_found_wherever_they_stand() {
        assert_eq!(found("turn:192.0.2.7:3478?x"), ["192.0.2.7:3478"]);
        assert_eq!(
            found("701,STUNS:stun.example:3478,lookup of 192.0.2.9"),
            ["stun.example:3478", "192.0.2.9"]
        );
        assert_eq!(
            found("a turn:bücher.example, xturns:[2001:db8::1]:5"),
            ["bücher.example", "[2001:db8::1]:5"]
        );
        assert_eq!(found("turn:a?stun:b"), ["a", "b"]);
        assert_eq!(found("return: nothing"), [""; 0]);
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in
            ["1.2.3", "a:b", "http://www.webrtc.org/x", "urn:ietf:params", "1.2..3.4", "ssrc:1 cname:x"]
        {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
