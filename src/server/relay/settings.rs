//! The operator's settings of the TURN server.

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use crate::turn::Policy;

/// How the built-in TURN server is reached, and which peers it may reach.
#[derive(Debug, Clone)]
pub struct TurnSettings {
    /// No TURN server is started.
    pub off: bool,
    /// Where clients reach it by UDP; if not set, the address of the pages at port 3478 or, if that is in
    /// use, another port.
    pub listen: Option<SocketAddr>,
    /// Relayed addresses; if empty, the addresses of this machine.
    pub addresses: Vec<IpAddr>,
    /// Ports of relayed addresses.
    pub ports: RangeInclusive<u16>,
    /// Which peers it may reach.
    pub policy: Policy,
    /// What is relayed for one person in each direction; `None`: without limit. Unit: bit per second.
    pub bandwidth_per_person: Option<u64>,
    /// What is relayed in all; `None`: without limit. Unit: bit per second.
    pub bandwidth: Option<u64>,
}

impl Default for TurnSettings {
    fn default() -> Self {
        Self {
            off: false,
            listen: None,
            addresses: Vec::new(),
            ports: 49_152..=65_535,
            policy: Policy::default(),
            bandwidth_per_person: Some(16_000_000),
            bandwidth: None,
        }
    }
}
