//! `serve`: the control plane.

use std::sync::Arc;

use anyhow::Context as _;
use gw_flow::Home;
use gw_server::{Options, Server};
use gw_store::{Database, SqlStore};
use tokio::sync::watch;

use crate::cli::{Global, ServeArgs};
use crate::output::Ending;
use crate::session::{self, show};

pub(crate) async fn run(global: &Global, args: &ServeArgs) -> anyhow::Result<Ending> {
    log_to_stderr(global);
    let home = Home::new(session::data_folder(global)?);
    home.create()?;
    let store = match &args.database {
        Some(database) => SqlStore::on(Database::open(database).await?).await?,
        None => SqlStore::open(&home.store()).await?,
    };
    let at = global.at;
    let server = Server::open(Options {
        listen: args.listen,
        origin: args.url.clone(),
        behind_proxy: args.behind_proxy,
        home,
        store,
        clock: Arc::new(move || at.unwrap_or_else(gw_core::Time::now)),
        wall: Arc::new(gw_core::Time::now),
    })
    .await?;
    eprintln!("{}", greeting(&server).await?);
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(server.run(stopped));
    asked_to_stop().await?;
    eprintln!("stopping: what is under way may finish");
    let _ = stop.send(true);
    serving.await.context("the server ended by itself")?;
    Ok(Ending::new(
        0,
        "stopped; nothing that was acknowledged is lost",
    ))
}

/// What a newcomer needs to know.
async fn greeting(server: &Server) -> anyhow::Result<String> {
    let mut text = format!("Gatewright serves {}\n", server.origin());
    if let Some(root) = server.root_certificate() {
        text.push_str(&format!(
            "  Certificate to trust:  {} (for this address only)\n",
            show(&root)
        ));
    }
    if let Some(link) = server.first_link().await? {
        text.push_str(&format!(
            "  First administrator:   {link}\n                         \
             (works once, for 15 minutes)\n"
        ));
    }
    text.push_str("  Ctrl-C stops it.");
    Ok(text)
}

fn log_to_stderr(global: &Global) {
    let level = if global.quiet {
        tracing_subscriber::filter::LevelFilter::ERROR
    } else {
        tracing_subscriber::filter::LevelFilter::INFO
    };
    // Another subscriber may be set already, by nobody that we know.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false)
        .json()
        .try_init();
}

/// Waits for the signals that ask a process to end.
#[cfg(unix)]
async fn asked_to_stop() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_stop() -> anyhow::Result<()> {
    tokio::signal::ctrl_c().await?;
    Ok(())
}
