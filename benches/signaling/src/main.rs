//! `make bench`: what the server costs beside a bare relay, in one run, on the machine at hand.
//!
//! Absolute figures say more about the machine than about the program, so the result is a ratio: both servers
//! do the same work in turn, several times, and the medians are compared. See `docs/PERFORMANCE.md`.

mod client;
mod joining;
mod payload;
mod process;
mod report;
mod scenario;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use process::{Kind, Process};
use report::{Report, Round};
use scenario::Pace;

const USAGE: &str = "halloo-bench --halloo PROGRAM --relay PROGRAM \
                     [--rounds N] [--calls N] [--seconds N] [--seats N] [--paired]";

#[derive(Debug)]
struct Options {
    halloo: Option<PathBuf>,
    relay: PathBuf,
    rounds: usize,
    calls: usize,
    seconds: u64,
    seats: usize,
    paired: bool,
}

/// One thread: the other core belongs to the server.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let options = options(std::env::args().skip(1))?;
    allow_files(options.seats as u64 + 500)?;
    let relay = Kind::Relay(options.relay.clone(), options.paired);
    let Some(program) = &options.halloo else {
        let rounds = vec![measure(&relay, &options).await?];
        report::print_one("relay", &rounds);
        return Ok(ExitCode::SUCCESS);
    };
    let halloo = Kind::Halloo(program.clone());
    let mut report = Report::default();
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        // Who goes first changes, so that a machine that warms up or slows down favours neither.
        if round % 2 == 0 {
            report.halloo.push(measure(&halloo, &options).await.context("halloo")?);
            report.relay.push(measure(&relay, &options).await.context("the relay")?);
        } else {
            report.relay.push(measure(&relay, &options).await.context("the relay")?);
            report.halloo.push(measure(&halloo, &options).await.context("halloo")?);
        }
    }
    Ok(if report.print() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(kind: &Kind, options: &Options) -> Result<Round> {
    let seconds = options.seconds;
    let process = Process::start(kind, 25).await?;
    scenario::warm_up(kind, &process).await?;
    let setup = scenario::set_ups(kind, &process, options.calls).await.context("set-ups")?;
    let mut message_us = [0.0; 3];
    for ((rooms, people), result) in [(200, 2), (20, 2), (1, 24)].into_iter().zip(&mut message_us) {
        let pace = Pace { rooms, people, per_second: 2_000, seconds };
        *result = scenario::messages(kind, &process, pace).await.context("messages")?;
    }
    let batch_us = scenario::batches(kind, &process).await.context("batches")?;
    process.stop().await?;

    let process = Process::start(kind, 2).await?;
    let joining = joining::joining(kind, &process, options.seats).await.context("joining")?;
    process.stop().await?;

    let process = Process::start(kind, 2).await?;
    let stall_ms = joining::stall_ms(kind, &process, options.seats).await.context("stalls")?;
    process.stop().await?;
    Ok(Round { setup, message_us, batch_us, joining, stall_ms })
}

/// Two descriptors a seat would do; the rest is for the program itself. The server inherits the limit.
fn allow_files(count: u64) -> Result<()> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft < count {
        setrlimit(Resource::RLIMIT_NOFILE, count.min(hard), hard)?;
        if hard < count {
            bail!("{count} open files are needed, the limit is {hard}: raise it with `ulimit -Hn`");
        }
    }
    Ok(())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options {
        halloo: None,
        relay: PathBuf::new(),
        rounds: 3,
        calls: 2_000,
        seconds: 10,
        seats: 5_000,
        paired: false,
    };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().context(USAGE);
        match name.as_str() {
            "--halloo" => options.halloo = Some(value()?.into()),
            "--relay" => options.relay = value()?.into(),
            "--rounds" => options.rounds = value()?.parse()?,
            "--calls" => options.calls = value()?.parse()?,
            "--seconds" => options.seconds = value()?.parse()?,
            "--seats" => options.seats = value()?.parse()?,
            "--paired" => options.paired = true,
            _ => bail!(USAGE),
        }
    }
    if options.relay.as_os_str().is_empty() {
        bail!(USAGE);
    }
    Ok(options)
}
