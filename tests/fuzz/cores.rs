//! Fuzz targets for the TURN server's core, and the oracle: a second implementation of the same RFCs.

pub mod frames;
pub mod logins;
pub mod model;
pub mod parser;
pub mod reach;
pub mod script;
pub mod seeds;
pub mod stun;
