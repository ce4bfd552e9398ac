//! What is measured of messages: call set-ups, paced messages, messages in batches.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    client::{Client, frame},
    payload,
    process::{Kind, Process},
};

/// Calls whose sockets are open at the same time while set-ups are measured one after the other.
const SETUP_BATCH: usize = 20;
/// Messages of one batch, sent before any of them has been received.
const BATCH: usize = 8;
/// Rooms that send batches at the same time.
const BATCH_ROOMS: usize = 200;
/// Each side of a room sends half of them: less than the burst that the rate limit allows.
const BATCHES_PER_ROOM: usize = 100;
/// Longest wait for anything.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// CPU time of one complete call set-up.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Two joins and 22 signals, on sockets that are open.
    pub talk_us: f64,
    /// The same with the opening of the two sockets.
    pub whole_us: f64,
}

/// Sets calls up, each on two new sockets: two joins, offer, answer, 20 candidates.
pub async fn set_ups(kind: &Kind, process: &Process, calls: usize) -> Result<Setup> {
    let (mut opening, mut talking) = (Duration::ZERO, Duration::ZERO);
    for batch in 0..calls.div_ceil(SETUP_BATCH) {
        let start = process.cpu()?;
        let mut pairs = Vec::new();
        for number in 0..SETUP_BATCH {
            let room = format!("set-up-{batch}-{number}");
            let a = Client::open(kind, process.address, &room).await?;
            let b = Client::open(kind, process.address, &room).await?;
            pairs.push((room, a, b));
        }
        let open = settled(process).await?;
        for (room, a, b) in &mut pairs {
            timeout(TIMEOUT, set_up(kind, room, a, b)).await??;
        }
        let done = settled(process).await?;
        opening += open.saturating_sub(start);
        talking += done.saturating_sub(open);
        for (_, a, b) in pairs {
            a.close().await;
            b.close().await;
        }
        settled(process).await?;
    }
    let calls = (calls.div_ceil(SETUP_BATCH) * SETUP_BATCH) as f64;
    Ok(Setup { talk_us: micros(talking) / calls, whole_us: micros(opening + talking) / calls })
}

/// One call, as two browsers make it: each candidate in a frame of its own.
async fn set_up(kind: &Kind, room: &str, a: &mut Client, b: &mut Client) -> Result<()> {
    a.join(kind, room).await?;
    b.join(kind, room).await?;
    if matches!(kind, Kind::Halloo(_)) {
        a.until("peer_joined").await?;
    }
    a.send(frame(&b.id, &payload::offer())).await?;
    for number in 0..10 {
        a.send(frame(&b.id, &payload::candidate(number))).await?;
    }
    b.signals(11).await?;
    b.send(frame(&a.id, &payload::answer())).await?;
    for number in 10..20 {
        b.send(frame(&a.id, &payload::candidate(number))).await?;
    }
    a.signals(11).await
}

/// The CPU time of a process once it has stopped working.
pub async fn settled(process: &Process) -> Result<Duration> {
    let mut last = process.cpu()?;
    loop {
        sleep(Duration::from_millis(2)).await;
        let now = process.cpu()?;
        if now.saturating_sub(last) < Duration::from_micros(20) {
            return Ok(now);
        }
        last = now;
    }
}

/// How messages are sent.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Rooms.
    pub rooms: usize,
    /// People in each, an even number: they talk in twos.
    pub people: usize,
    /// Messages a second, over all.
    pub per_second: u64,
    /// For how long.
    pub seconds: u64,
}

/// CPU time of one relayed message at this pace, in microseconds.
pub async fn messages(kind: &Kind, process: &Process, pace: Pace) -> Result<f64> {
    let (mut senders, mut readers) = (Vec::new(), Vec::new());
    let received = Arc::new(AtomicU64::new(0));
    for room in 0..pace.rooms {
        for (a, b) in table(kind, process, room, pace).await? {
            let to = [frame(&b.id, &payload::candidate(room)), frame(&a.id, &payload::candidate(room))];
            for (client, text) in [a, b].into_iter().zip(to) {
                let (sender, mut receiver) = client.split();
                senders.push((sender, text));
                let received = Arc::clone(&received);
                readers.push(tokio::spawn(async move {
                    while receiver.signal().await?.is_some() {
                        received.fetch_add(1, Ordering::Relaxed);
                    }
                    anyhow::Ok(())
                }));
            }
        }
    }
    // Rooms take turns, so that each message finds another connection than the last.
    let mut order: Vec<_> = (0..senders.len()).collect();
    order.sort_by_key(|index| (index % pace.people, index / pace.people));

    let start = settled(process).await?;
    let started = Instant::now();
    let total = pace.per_second * pace.seconds;
    send_paced(&mut senders, &order, pace.per_second, total).await?;
    let took = started.elapsed();
    while received.load(Ordering::Relaxed) < total {
        ensure!(
            started.elapsed() < Duration::from_secs(pace.seconds) + TIMEOUT,
            "messages were lost: {} of {total}",
            received.load(Ordering::Relaxed)
        );
        ensure!(!readers.iter().any(tokio::task::JoinHandle::is_finished), "a socket was closed");
        sleep(Duration::from_millis(1)).await;
    }
    let spent = process.cpu()?.saturating_sub(start);
    ensure!(
        took < Duration::from_millis(pace.seconds * 1_000 + 500),
        "the load generator fell behind: {took:?} for {} s",
        pace.seconds
    );
    for reader in &readers {
        reader.abort();
    }
    Ok(micros(spent) / total as f64)
}

/// The people of one room, in twos. The relay only knows pairs.
async fn table(kind: &Kind, process: &Process, room: usize, pace: Pace) -> Result<Vec<(Client, Client)>> {
    let mut pairs = Vec::new();
    for pair in 0..pace.people / 2 {
        let name = match kind {
            Kind::Halloo(_) => format!("paced-{}-{room}", pace.rooms),
            Kind::Relay(..) => format!("paced-{}-{room}-{pair}", pace.rooms),
        };
        let mut a = Client::open(kind, process.address, &name).await?;
        a.join(kind, &name).await?;
        let mut b = Client::open(kind, process.address, &name).await?;
        b.join(kind, &name).await?;
        pairs.push((a, b));
    }
    Ok(pairs)
}

async fn send_paced(
    senders: &mut [(crate::client::Sender, Utf8Bytes)],
    order: &[usize],
    per_second: u64,
    total: u64,
) -> Result<()> {
    let started = Instant::now();
    let mut ticks = interval(Duration::from_millis(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sent = 0;
    while sent < total {
        ticks.tick().await;
        let due = (started.elapsed().as_micros() as u64 * per_second / 1_000_000).min(total);
        while sent < due {
            let (sender, text) = &mut senders[order[sent as usize % order.len()]];
            sender.send(text.clone()).await?;
            sent += 1;
        }
    }
    Ok(())
}

/// CPU time of one relayed message, in microseconds, while eight messages are under way in each of many
/// rooms.
pub async fn batches(kind: &Kind, process: &Process) -> Result<f64> {
    let mut pairs = Vec::new();
    for room in 0..BATCH_ROOMS {
        let name = format!("batch-{room}");
        pairs.push(pair(kind, process.address, &name).await?);
    }
    let start = settled(process).await?;
    let rooms = pairs.iter_mut().map(async |(a, b)| {
        for number in 0..BATCHES_PER_ROOM {
            let (from, to) = if number % 2 == 0 { (&mut *a, &mut *b) } else { (&mut *b, &mut *a) };
            let text = frame(&to.id, &payload::candidate(number));
            from.send_all((0..BATCH).map(|_| text.clone())).await?;
            to.signals(BATCH).await?;
        }
        anyhow::Ok(())
    });
    timeout(TIMEOUT, try_join_all(rooms)).await??;
    let spent = settled(process).await?.saturating_sub(start);
    for (a, b) in pairs {
        a.close().await;
        b.close().await;
    }
    Ok(micros(spent) / (BATCH_ROOMS * BATCHES_PER_ROOM * BATCH) as f64)
}

/// Two people in a room of their own.
pub async fn pair(kind: &Kind, server: SocketAddr, room: &str) -> Result<(Client, Client)> {
    let mut a = Client::open(kind, server, room).await?;
    a.join(kind, room).await?;
    let mut b = Client::open(kind, server, room).await?;
    b.join(kind, room).await?;
    if matches!(kind, Kind::Halloo(_)) {
        a.until("peer_joined").await?;
    }
    Ok((a, b))
}

/// Opens and closes a few sockets so that later measurements find a server that has worked before.
pub async fn warm_up(kind: &Kind, process: &Process) -> Result<()> {
    let calls = (0..50).map(|number| async move {
        let room = format!("first-{number}");
        let mut a = Client::open(kind, process.address, &room).await?;
        let mut b = Client::open(kind, process.address, &room).await?;
        set_up(kind, &room, &mut a, &mut b).await
    });
    timeout(TIMEOUT, try_join_all(calls)).await??;
    Ok(())
}

pub fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
