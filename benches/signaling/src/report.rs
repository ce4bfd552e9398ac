//! Medians, ratios and budgets, for people and as one line of JSON.

use serde_json::json;

use crate::{joining::Joining, scenario::Setup};

/// One server, measured once.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// A call set-up.
    pub setup: Setup,
    /// A message, in 200, 20 and 1 rooms.
    pub message_us: [f64; 3],
    /// A message, eight under way.
    pub batch_us: f64,
    /// A join and an idle seat.
    pub joining: Joining,
    /// The longest message while others join.
    pub stall_ms: f64,
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub struct Report {
    /// The server of this repository.
    pub halloo: Vec<Round>,
    /// The relay.
    pub relay: Vec<Round>,
}

const SETUP_RATIO: f64 = 1.3;
const MESSAGE_RATIO: f64 = 1.2;
const BATCH_RATIO: f64 = 1.6;
const JOINING_RATIO: f64 = 1.5;
const IDLE_KIB: f64 = 9.0;
const STALL_MS: f64 = 3.0;

impl Report {
    /// Prints all; false if a budget is missed.
    pub fn print(&self) -> bool {
        let whole = self.ratio(|round| round.setup.whole_us);
        let talk = self.ratio(|round| round.setup.talk_us);
        let messages: Vec<_> = (0..3).map(|index| self.ratio(move |round| round.message_us[index])).collect();
        let batch = self.ratio(|round| round.batch_us);
        let joining = self.ratio(|round| round.joining.join_us);
        let idle = self.ratio(|round| round.joining.idle_kib);
        let stall = self.ratio(|round| round.stall_ms);
        let flat = messages[0].halloo / messages[2].halloo;

        let title = "medians of the server's own CPU time and memory";
        println!("{title:<58}{:>9}{:>9}{:>8}  budget (lowest to highest)", "halloo", "relay", "ratio");
        talk.print("call set-up on open sockets (joins are halloo's alone), us", Some(SETUP_RATIO));
        whole.print("call set-up with opening both sockets, us", None);
        messages[0].print("relayed message, 2,000/s in 200 rooms of 2, us", Some(MESSAGE_RATIO));
        messages[1].print("relayed message, 2,000/s in 20 rooms of 2, us", None);
        messages[2].print("relayed message, 2,000/s in 1 room of 24, us", None);
        batch.print("relayed message, eight under way in 200 rooms, us", Some(BATCH_RATIO));
        joining.print("joining with opening the socket, us", Some(JOINING_RATIO));
        idle.print("idle seat, KiB", None);
        stall.print("longest message while others join, ms", None);
        println!("200 rooms cost {flat:.2} x 1 room");
        println!("idle seat: {:.1} KiB, budget {IDLE_KIB} KiB", idle.halloo);
        println!("longest message while others join: {:.1} ms, budget {STALL_MS} ms", stall.halloo);

        let met = talk.ratio <= SETUP_RATIO
            && messages[0].ratio <= MESSAGE_RATIO
            && batch.ratio <= BATCH_RATIO
            && joining.ratio <= JOINING_RATIO
            && idle.halloo <= IDLE_KIB
            && stall.halloo <= STALL_MS;
        let values: Vec<_> = messages.iter().map(Ratio::json).collect();
        println!(
            "{}",
            json!({
                "rounds": self.halloo.len(),
                "setup_with_open_us": whole.json(),
                "setup_on_open_sockets_us": talk.json(),
                "message_us": { "200": values[0], "20": values[1], "1": values[2] },
                "rooms_200_over_1": round(flat),
                "batch_us": batch.json(),
                "join_us": joining.json(),
                "idle_kib": idle.json(),
                "stall_ms": stall.json(),
                "budgets": {
                    "setup": SETUP_RATIO,
                    "message": MESSAGE_RATIO,
                    "batch": BATCH_RATIO,
                    "join": JOINING_RATIO,
                    "idle_kib": IDLE_KIB,
                    "stall_ms": STALL_MS,
                },
                "met": met,
            })
        );
        met
    }

    /// Medians of both, and the median of the ratios of each round.
    fn ratio(&self, value: impl Fn(&Round) -> f64) -> Ratio {
        let halloo: Vec<_> = self.halloo.iter().map(&value).collect();
        let relay: Vec<_> = self.relay.iter().map(&value).collect();
        let ratios: Vec<_> = halloo.iter().zip(&relay).map(|(halloo, relay)| halloo / relay).collect();
        let spread = |pick: fn(f64, f64) -> f64| ratios.iter().copied().reduce(pick).unwrap_or(f64::NAN);
        Ratio {
            halloo: median(&halloo),
            relay: median(&relay),
            ratio: median(&ratios),
            lowest: spread(f64::min),
            highest: spread(f64::max),
        }
    }
}

struct Ratio {
    halloo: f64,
    relay: f64,
    ratio: f64,
    lowest: f64,
    highest: f64,
}

impl Ratio {
    fn print(&self, name: &str, budget: Option<f64>) {
        let verdict = budget.map_or_else(String::new, |budget| {
            let word = if self.ratio <= budget { "met" } else { "MISSED" };
            format!("<= {budget}: {word}")
        });
        println!(
            "{name:<58}{:>9.1}{:>9.1}{:>8.2}  {verdict} ({:.2} to {:.2})",
            self.halloo, self.relay, self.ratio, self.lowest, self.highest
        );
    }

    fn json(&self) -> serde_json::Value {
        json!({ "halloo": round(self.halloo), "relay": round(self.relay), "ratio": round(self.ratio) })
    }
}

/// Prints one server alone.
pub fn print_one(name: &str, rounds: &[Round]) {
    for round in rounds {
        println!("{name}: {round:?}");
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
