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
            print(false, &document);
            None
        }
        Err(ConfigError::Arguments { text, status: 0 }) => {
            print(false, text.as_bytes());
            None
        }
        Err(error) => {
            print(true, format!("halloo: {error}\n").as_bytes());
            return ExitCode::from(2);
        }
    };
    match failed {
        None => ExitCode::SUCCESS,
        Some(error) => {
            print(true, format!("halloo: {error:#}\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "ssr")]
fn run(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use std::io::IsTerminal as _;

    use anyhow::Context as _;
    use halloo::server::{
        Inherited, Server,
        ops::{announce, key, log::Log},
        reserve_open_files, tell_ready,
    };

    let mut log = Log::start(&config.log).context("the log filter")?;
    let key = key::load(&config.key)?;
    if let Err(error) = reserve_open_files() {
        tracing::debug!(%error, "the limit of open files or their table stays as it is");
    }
    // Before there are other threads, because it changes the environment.
    let inherited = Inherited::take();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    runtime.block_on(async {
        let server = Server::open(config, &key, inherited)?;
        announce::announce(&server, !config.web.trusted_proxies.is_empty())?;
        if std::io::stdout().is_terminal()
            && let Some(picture) = announce::qr_code(&server)?
        {
            log.print(&picture);
        }
        let shutdown = shutdown_signal()?;
        tell_ready();
        server.run(config, key, shutdown).await?;
        anyhow::Ok(())
    })?;
    // Tasks that are still running have had their time.
    runtime.shutdown_background();
    Ok(())
}

/// A certificate with fewer days left should have been renewed.
#[cfg(feature = "ssr")]
const RENEWAL_DAYS: u64 = 14;

/// Checks the files that the settings name. Creates none.
#[cfg(feature = "ssr")]
fn check(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use halloo::server::{ops::key, tls::Tls};

    key::check(&config.key)?;
    if let Some(source) = &config.tls {
        Tls::check(source)?;
        if let Some(days) = Tls::days_left(source).filter(|days| *days < RENEWAL_DAYS) {
            print(true, format!("halloo: the certificate expires in {days} days\n").as_bytes());
        }
    }
    print(false, b"the settings can be used\n");
    Ok(())
}

/// Prints the findings of the doctor; an error if a problem is among them.
#[cfg(feature = "ssr")]
fn examine(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use anyhow::Context as _;
    use halloo::server::ops::doctor::{self, Level};

    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    let findings = runtime.block_on(doctor::examine(config));
    for finding in &findings {
        print(false, finding.to_string().as_bytes());
    }
    match findings.iter().filter(|finding| finding.level == Level::Problem).count() {
        0 => Ok(()),
        count => anyhow::bail!("{count} of these must be fixed"),
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

/// Writes to standard output or standard error. Unlike `println!`, does not panic if that is closed.
#[cfg(feature = "ssr")]
fn print(is_error: bool, text: &[u8]) {
    use std::io::Write as _;

    let _ = if is_error { std::io::stderr().write_all(text) } else { std::io::stdout().write_all(text) };
}

/// The client build has no binary.
#[cfg(not(feature = "ssr"))]
fn main() {}
