//! What is measured while many people join: CPU time, memory, and how long the messages of others are held
//! up.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{
    runtime,
    time::{interval, sleep, timeout},
};

use crate::{
    client::{Client, frame},
    payload,
    process::{Kind, Process},
    scenario::{TIMEOUT, micros, pair, settled},
};

/// Sockets that are being opened at the same time.
const OPENING: usize = 32;
/// People who join in a second while others talk: the machine has time left, so that nobody waits for the
/// CPU.
const PER_SECOND: u64 = 1_000;
/// Rooms that take turns in sending a message each millisecond, which keeps each below the rate limit.
const TALKING_ROOMS: usize = 20;

/// What a person costs who joins and then sits there.
#[derive(Debug, Clone, Copy)]
pub struct Joining {
    /// CPU time of one join, with the opening of its socket. Unit: microsecond.
    pub join_us: f64,
    /// Resident memory of one idle seat. Unit: KiB.
    pub idle_kib: f64,
}

/// Lets so many people join, in rooms of two, as fast as the server admits them.
pub async fn joining(kind: &Kind, process: &Process, seats: usize) -> Result<Joining> {
    // What the first connections allocate for good is not the price of a seat.
    for (a, b) in rooms(kind, process, "warm", 100).await? {
        a.close().await;
        b.close().await;
    }
    let cpu = settled(process).await?;
    let memory = process.resident_bytes()?;
    let rooms = rooms(kind, process, "idle", seats / 2).await?;
    let cpu = settled(process).await?.saturating_sub(cpu);
    let memory = process.resident_bytes()?.saturating_sub(memory);
    let seats = (rooms.len() * 2) as f64;
    Ok(Joining { join_us: micros(cpu) / seats, idle_kib: memory as f64 / seats / 1024.0 })
}

async fn rooms(kind: &Kind, process: &Process, prefix: &str, count: usize) -> Result<Vec<(Client, Client)>> {
    let opened = stream::iter(0..count)
        .map(|number| async move { pair(kind, process.address, &format!("{prefix}-{number}")).await })
        .buffer_unordered(OPENING)
        .try_collect();
    timeout(TIMEOUT, opened).await?
}

/// The longest time that a message took, in milliseconds, while so many people joined.
pub async fn stall_ms(kind: &Kind, process: &Process, seats: usize) -> Result<f64> {
    let (started, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let probe = {
        let (kind, server) = (kind.clone(), process.address);
        let (started, stop) = (Arc::clone(&started), Arc::clone(&stop));
        // A thread of its own: a message does not wait for the part of the generator that joins.
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(longest_message(&kind, server, &started, &stop))
        })
    };
    while !started.load(Ordering::Relaxed) && !probe.is_finished() {
        sleep(Duration::from_millis(1)).await;
    }
    let began = Instant::now();
    let mut people = Vec::new();
    let mut ticks = interval(Duration::from_millis(2_000 / PER_SECOND));
    for number in 0..seats / 2 {
        ticks.tick().await;
        let room = format!("stall-{number}");
        people.push(timeout(TIMEOUT, pair(kind, process.address, &room)).await??);
    }
    let took = began.elapsed();
    stop.store(true, Ordering::Relaxed);
    let longest = probe.join().ok().context("the probe panicked")??;
    ensure!(took < 2 * Duration::from_secs(seats as u64 / PER_SECOND + 1), "joining took {took:?}");
    Ok(longest.as_secs_f64() * 1e3)
}

async fn longest_message(
    kind: &Kind,
    server: SocketAddr,
    started: &AtomicBool,
    stop: &AtomicBool,
) -> Result<Duration> {
    let mut pairs = Vec::new();
    for room in 0..TALKING_ROOMS {
        pairs.push(pair(kind, server, &format!("talking-{room}")).await?);
    }
    started.store(true, Ordering::Relaxed);
    let mut longest = Duration::ZERO;
    let mut ticks = interval(Duration::from_millis(1));
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        ticks.tick().await;
        let (a, b) = &mut pairs[number % TALKING_ROOMS];
        let sent = Instant::now();
        a.send(frame(&b.id, &payload::candidate(number))).await?;
        timeout(TIMEOUT, b.signals(1)).await??;
        longest = longest.max(sent.elapsed());
    }
    Ok(longest)
}
