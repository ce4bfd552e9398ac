//! Which of the server's ICE servers each check uses (RFC 7064, RFC 7065).

use super::Check;
use crate::protocol::IceServer;

/// At most so many servers are tried by one check: browsers get slow with more.
const MAX_SERVERS: usize = 4;

/// The servers for a check; empty if none of this kind is offered.
pub(super) fn servers_for(check: Check, offered: &[IceServer]) -> Vec<IceServer> {
    let kept = offered.iter().filter_map(|server| {
        let urls: Vec<_> = server.urls.iter().filter_map(|url| url_for(check, url)).collect();
        // Asking for one's own address needs no login.
        let login = (check != Check::Stun).then(|| server.clone());
        let (username, credential) = login.map_or((None, None), |login| (login.username, login.credential));
        (!urls.is_empty()).then_some(IceServer { urls, username, credential })
    });
    kept.take(MAX_SERVERS).collect()
}

/// The URL for a check, if it is of its kind.
fn url_for(check: Check, url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let kind = match (scheme, query) {
        ("stun", _) => Check::Stun,
        ("turn", "" | "transport=udp") => Check::TurnUdp,
        ("turn", "transport=tcp") => Check::TurnTcp,
        ("turns", "" | "transport=tcp") => Check::TurnTls,
        _ => return None,
    };
    match (check, kind) {
        // A TURN server is a STUN server, too (RFC 8656, section 3).
        (Check::Stun, Check::TurnUdp) => Some(["stun:", address].concat()),
        _ if check == kind => Some(url.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(urls: &[&str]) -> IceServer {
        IceServer {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            username: Some("u".into()),
            credential: Some("c".into()),
        }
    }

    fn urls(check: Check, offered: &[IceServer]) -> Vec<String> {
        servers_for(check, offered).into_iter().flat_map(|server| server.urls).collect()
    }

    #[test]
    fn each_check_gets_the_urls_of_its_kind() {
        let offered = [server(&[
            "turn:call.example:3478?transport=udp",
            "turn:call.example:80?transport=tcp",
            "turns:call.example:443?transport=tcp",
        ])];
        assert_eq!(urls(Check::Stun, &offered), ["stun:call.example:3478"]);
        assert_eq!(urls(Check::TurnUdp, &offered), ["turn:call.example:3478?transport=udp"]);
        assert_eq!(urls(Check::TurnTcp, &offered), ["turn:call.example:80?transport=tcp"]);
        assert_eq!(urls(Check::TurnTls, &offered), ["turns:call.example:443?transport=tcp"]);
        assert!(urls(Check::Host, &offered).is_empty());
    }

    #[test]
    fn asking_for_an_address_sends_no_login() {
        let asked = servers_for(Check::Stun, &[server(&["turn:t"]), server(&["stun:[fd00::1]:3478"])]);
        assert!(asked.iter().all(|server| server.username.is_none() && server.credential.is_none()));
        assert_eq!(urls(Check::Stun, &[server(&["stun:[fd00::1]:3478"])]), ["stun:[fd00::1]:3478"]);
        assert!(servers_for(Check::TurnUdp, &[server(&["turn:t"])]).iter().all(|s| s.username.is_some()));
    }

    #[test]
    fn what_is_not_understood_is_left_out_and_the_rest_is_bounded() {
        let odd = ["", "stun", "http://x", "turn:x?transport=sctp", "turns:x?transport=udp", "TURN:x"];
        for check in Check::ALL {
            assert!(urls(check, &[server(&odd)]).is_empty(), "{check:?}");
        }
        let many = vec![server(&["turn:x"]); 50];
        assert_eq!(urls(Check::TurnUdp, &many).len(), MAX_SERVERS);
    }
}
