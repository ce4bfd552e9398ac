//! The server binary: configuration, logging, routes, graceful shutdown.

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;

    use halloo::server::config::{ConfigError, Invocation};

    let failed = match Invocation::read(std::env::args_os()) {
        Ok(Invocation::Serve(config)) => run(&config).err(),
        Ok(Invocation::CheckConfig(config)) => check(&config).err(),
        Ok(Invocation::Doctor(config)) => examine(&config).err(),
        Ok(Invocation::Print(document)) => {
            tell(false, &document);
            None
        }
        Err(ConfigError::Arguments { text, status: 0 }) => {
            tell(false, text.as_bytes());
            None
        }
        Err(error) => {
            tell(true, format!("halloo: {error}\n").as_bytes());
            return ExitCode::from(2);
        }
    };
    match failed {
        None => ExitCode::SUCCESS,
        Some(error) => {
            tell(true, format!("halloo: {error:#}\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "ssr")]
fn run(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use std::io::IsTerminal as _;

    use anyhow::Context as _;
    use halloo::server::{
        Door, Inherited,
        config::{Config, LogFormat},
        ops::{announce, key},
        serve, tell_ready,
    };
    use tracing_subscriber::{
        EnvFilter, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _,
    };

    let filter = EnvFilter::try_new(&config.log).context("the log filter")?;
    let never = filter_fn(|line| Config::may_be_logged(line.target()));
    let at_terminal = std::io::stdout().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_ansi(at_terminal);
    match config.log_format {
        LogFormat::Text => log.finish().with(never).init(),
        LogFormat::Json => log.json().flatten_event(true).finish().with(never).init(),
    }
    let key = key::load(&config.key)?;
    // Everybody who comes is an open file, and many systems begin with a thousand.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
    // While there is one thread: it changes the environment.
    let inherited = Inherited::take();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    runtime.block_on(async {
        let door = Door::open(config, &key, inherited)?;
        announce::announce(&door, config)?;
        if at_terminal && let Some(picture) = announce::qr_code(&door)? {
            tell(false, picture.as_bytes());
        }
        let shutdown = shutdown_signal()?;
        tell_ready();
        serve(door, config, key, shutdown).await?;
        anyhow::Ok(())
    })?;
    // Tasks that ignore the end have had their time.
    runtime.shutdown_background();
    Ok(())
}

/// The settings could be read; this looks at the files they name, and makes none.
#[cfg(feature = "ssr")]
fn check(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use halloo::server::{ops::key, tls::Tls};

    key::check(&config.key)?;
    if let Some(source) = &config.tls {
        Tls::check(source)?;
    }
    tell(false, b"the settings can be used\n");
    Ok(())
}

/// Says what is missing; an error if the server could not do its work.
#[cfg(feature = "ssr")]
fn examine(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use anyhow::Context as _;
    use halloo::server::ops::doctor::{self, Level};

    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    let findings = runtime.block_on(doctor::examine(config));
    for finding in &findings {
        tell(false, finding.to_string().as_bytes());
    }
    match findings.iter().filter(|finding| finding.level == Level::Problem).count() {
        0 => Ok(()),
        count => anyhow::bail!("{count} of these must be mended"),
    }
}

/// Ready at the first SIGTERM or SIGINT.
#[cfg(feature = "ssr")]
fn shutdown_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        halloo::server::tell_stopping();
    })
}

/// Writes to the terminal; that it is gone is no reason to panic.
#[cfg(feature = "ssr")]
fn tell(is_error: bool, text: &[u8]) {
    use std::io::Write as _;

    let _ = if is_error { std::io::stderr().write_all(text) } else { std::io::stdout().write_all(text) };
}

/// The client build has no binary.
#[cfg(not(feature = "ssr"))]
fn main() {}
