//! `serve`: the control plane.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use gw_flow::Home;
use gw_server::maintenance::{self, RestoreError, RestoredLedger};
use gw_server::{Options, Server};
use gw_store::backup::{self, BackupError};
use gw_store::{Database, SqlStore};
use tokio::sync::watch;

use crate::cli::{Global, ServeArgs, ServeCommand};
use crate::output::Ending;
use crate::session::{self, show};

pub(crate) async fn run(global: &Global, args: &ServeArgs) -> anyhow::Result<Ending> {
    let home = Home::new(session::data_folder(global)?);
    match &args.command {
        None => serve(global, args, home).await,
        Some(ServeCommand::Backup { file }) => write_backup(args, &home, file).await,
        Some(ServeCommand::Restore { file }) => restore(args, &home, file).await,
    }
}

async fn database(args: &ServeArgs, home: &Home) -> anyhow::Result<Database> {
    Ok(match &args.database {
        Some(database) => Database::open(database).await?,
        None => Database::file(&home.store()).await?,
    })
}

async fn serve(global: &Global, args: &ServeArgs, home: Home) -> anyhow::Result<Ending> {
    log_to_stderr(global);
    home.create()?;
    let store = SqlStore::on(database(args, &home).await?).await?;
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

async fn write_backup(args: &ServeArgs, home: &Home, file: &Path) -> anyhow::Result<Ending> {
    if args.database.is_none() && !home.store().is_file() {
        bail!("{} is not there: nothing to back up", show(&home.store()));
    }
    let database = database(args, home).await?;
    let rows = backup::backup(&database, file).await;
    database.close().await;
    let rows = rows?;
    eprintln!(
        "Keep {} as well, in another place: without its keys a restored control plane cannot \
         sign.",
        show(&home.root().join("keys"))
    );
    let why = format!("{rows} rows written to {}", show(file));
    Ok(Ending::new(0, why))
}

async fn restore(args: &ServeArgs, home: &Home, file: &Path) -> anyhow::Result<Ending> {
    home.create()?;
    let done = maintenance::restore(home, database(args, home).await?, file).await;
    let restored = match done {
        Err(RestoreError::Backup(error @ BackupError::NotEmpty)) if args.database.is_none() => {
            let store = show(&home.store());
            return Err(error).context(format!("move {store} and its -wal and -shm aside first"));
        }
        done => done?,
    };
    let rows = restored.rows;
    Ok(match restored.ledger {
        RestoredLedger::Whole(records) => Ending::new(
            0,
            format!("{rows} rows restored; the ledger's {records} records are in place"),
        ),
        RestoredLedger::Unclaimed => Ending::new(0, format!("{rows} rows restored")),
        RestoredLedger::MissingKey(key) => Ending::new(
            2,
            format!(
                "{rows} rows restored, but {} does not have the server's key {key}: put the \
                 keys that were kept with the backup there before serving",
                show(&home.root().join("keys"))
            ),
        ),
    })
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
