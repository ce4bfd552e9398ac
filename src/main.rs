//! The server binary: configuration, logging, routes, graceful shutdown.

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;

    use halloo::server::config::{Config, ConfigError};

    match Config::load(std::env::args_os()) {
        Ok(config) => match run(&config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tell(true, &format!("halloo: {error:#}\n"));
                ExitCode::FAILURE
            }
        },
        Err(ConfigError::Arguments { text, status: 0 }) => {
            tell(false, &text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(true, &format!("halloo: {error}\n"));
            ExitCode::from(2)
        }
    }
}

#[cfg(feature = "ssr")]
fn run(config: &halloo::server::config::Config) -> anyhow::Result<()> {
    use std::io::{ErrorKind, IsTerminal as _};

    use anyhow::Context as _;
    use halloo::server::{addresses, key, serve};
    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_new(&config.log).context("the log filter")?;
    let colours = std::io::stdout().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_ansi(colours).init();
    let key = key::load(&config.key)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(config.listen).await.map_err(|error| {
            if error.kind() == ErrorKind::AddrInUse {
                let advice = "stop the other program, or choose a port with --listen";
                anyhow::anyhow!("{} is in use; {advice}", config.listen)
            } else {
                anyhow::anyhow!("cannot listen at {}: {error}", config.listen)
            }
        })?;
        addresses::announce(listener.local_addr()?);
        let shutdown = shutdown_signal()?;
        serve(listener, config, key, shutdown).await?;
        anyhow::Ok(())
    })?;
    // Tasks that ignore the end have had their time.
    runtime.shutdown_background();
    Ok(())
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
    })
}

/// Writes to the terminal; that it is gone is no reason to panic.
#[cfg(feature = "ssr")]
fn tell(is_error: bool, text: &str) {
    use std::io::Write as _;

    let _ = if is_error {
        std::io::stderr().write_all(text.as_bytes())
    } else {
        std::io::stdout().write_all(text.as_bytes())
    };
}

/// The client build has no binary.
#[cfg(not(feature = "ssr"))]
fn main() {}
