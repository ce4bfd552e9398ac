//! A server under measurement: started, watched from outside through the kernel, ended.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    time::{ClockId, clock_getcpuclockid},
    unistd::Pid,
};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Which of the two servers, and where its program is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// The server of this repository.
    Halloo(PathBuf),
    /// The bare relay; `true`: one task for two sockets.
    Relay(PathBuf, bool),
}

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Child,
    cpu: ClockId,
    pid: Pid,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Process {
    /// Starts a server on a free port and waits until it accepts connections.
    pub async fn start(kind: &Kind, room_capacity: u32) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = match kind {
            Kind::Halloo(program) => {
                let mut command = Command::new(program);
                command
                    .args(["--listen", &address.to_string(), "--room-capacity", &room_capacity.to_string()])
                    .args(["--log", "warn"])
                    .env("HALLOO_KEY", "5eed".repeat(16))
                    .current_dir(std::env::temp_dir());
                command
            }
            Kind::Relay(program, paired) => {
                let mut command = Command::new(program);
                command.arg(address.to_string()).args(paired.then_some("paired"));
                command
            }
        };
        let child = command
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {kind:?}"))?;
        let pid = Pid::from_raw(i32::try_from(child.id().context("the server ended at once")?)?);
        let mut process = Self { child, cpu: clock_getcpuclockid(pid)?, pid, address };
        process.until_ready().await?;
        Ok(process)
    }

    async fn until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(self.address).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at its start: {status}");
            }
            if Instant::now() > deadline {
                bail!("the server did not accept connections within 10 s");
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// User and system time of the process so far, of threads that ended too.
    ///
    /// The same figure as `utime + stime` in `/proc/PID/stat`, in nanoseconds instead of hundredths of a
    /// second.
    pub fn cpu(&self) -> Result<Duration> {
        Ok(Duration::from(self.cpu.now()?))
    }

    /// Resident memory in bytes.
    pub fn resident_bytes(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        let line =
            text.lines().find_map(|line| line.strip_prefix("Rss:")).context("no Rss in smaps_rollup")?;
        let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kibibytes * 1024)
    }

    /// Ends the server.
    pub async fn stop(mut self) -> Result<()> {
        kill(self.pid, Signal::SIGTERM)?;
        if timeout(Duration::from_secs(5), self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}
