//! Texts about sending and receiving less.

use super::{Text, text};

pub static DATA: Text = text("Data use", "数据用量");
pub static OFF: Text = text("As needed", "按需");
pub static SMALL_PICTURES: Text = text("Save data: small pictures", "节省流量：小画面");
pub static NO_CAMERAS: Text = text("Save data: no cameras", "节省流量：不传摄像头画面");
pub static OFFER: Text = text("The network is too slow for this call.", "网络跟不上这次通话。");
pub static OFFER_HINT: Text =
    text("With small pictures the sound gets through better.", "改用小画面，声音会更流畅。");
pub static ACCEPT: Text = text("Small pictures", "改用小画面");
