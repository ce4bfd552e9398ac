//! Finds network addresses in any text.

use std::ops::Range;

/// Ends the names that mDNS hides addresses behind (RFC 6762, section 3).
const LOCAL: &str = ".local";

/// The places of what may be an address: four numbers with dots between them (IPv4), at least two colons
/// with at most hexadecimal digits between them (IPv6), and names that end with `.local`. More than that
/// may be found, but no address is missed.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = next(text, rest, is_of_address) {
        let end = next(text, start, |c| !is_of_address(c)).unwrap_or(text.len());
        let run = &text[start..end];
        if is_address(run) {
            found.push(start..end);
        }
        rest = end;
    }
    found
}

fn next(text: &str, from: usize, wanted: impl Fn(char) -> bool) -> Option<usize> {
    text[from..].find(wanted).map(|at| from + at)
}

/// Of addresses, and of names of hosts.
fn is_of_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_' | '%')
}

fn is_address(run: &str) -> bool {
    has_ipv4(run) || has_ipv6(run) || run.to_ascii_lowercase().contains(LOCAL)
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
        find(text).into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        assert_eq!(found("candidate:1 1 udp 5 192.0.2.7 9 typ host"), ["192.0.2.7"]);
        assert_eq!(found("turn:192.0.2.7:3478?x"), ["turn:192.0.2.7:3478"]);
        assert_eq!(found("é2001:db8::1é ::1 fe80::1%eth0"), ["2001:db8::1", "::1", "fe80::1%eth0"]);
        assert_eq!(found("a 3f0c-9.LOCAL b"), ["3f0c-9.LOCAL"]);
        assert_eq!(found("1.2.3.4.5"), ["1.2.3.4.5"]);
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
