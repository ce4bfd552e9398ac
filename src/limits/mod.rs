//! Limits per network, in bounded memory: what one network may hold at a time ([`Shares`]) and how often it
//! may ask ([`Rates`]). Used by [`crate::turn`] and [`crate::server`]; pure.

mod network;
mod rates;
mod shares;

pub use self::{
    network::{Scope, network_of},
    rates::{Rate, Rates},
    shares::Shares,
};
