//! Fuzz targets for the cores. The oracle of the TURN server is a second implementation of the same RFCs.

pub mod decoder;
pub mod frames;
pub mod hub_script;
pub mod logins;
pub mod model;
pub mod parser;
pub mod reach;
pub mod script;
pub mod seeds;
pub mod stun;
