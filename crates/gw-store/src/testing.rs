//! Every backend to run a test on.
//!
//! SQLite is always there. PostgreSQL is there if `GW_TEST_POSTGRES` has the address of a server on
//! which databases may be made, as `cargo xtask test` sets it.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "for tests, which end where something is missing"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::db::{Backend, Database};

/// The environment variable with the address of a PostgreSQL server.
pub const VARIABLE: &str = "GW_TEST_POSTGRES";

/// A database of its own, which goes when this does.
#[derive(Debug)]
pub struct TestDatabase {
    /// Which database it is.
    pub backend: Backend,
    /// What [`Database::open`] takes.
    pub address: String,
    /// Kept until the end of the test.
    made: Made,
}

#[derive(Debug)]
enum Made {
    Folder(#[allow(dead_code, reason = "held so that it lasts")] TempDir),
    Server { address: String, name: String },
}

impl TestDatabase {
    /// Opens it, with its tables up to date.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn open(&self) -> Database {
        let database = Database::open(&self.address).await.expect("a database");
        database.migrate().await.expect("its tables");
        database
    }
}

/// A database of every backend, each empty and without tables.
///
/// # Panics
/// If one cannot be made.
pub async fn databases() -> Vec<TestDatabase> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut all = vec![TestDatabase {
        backend: Backend::Sqlite,
        address: folder.path().join("store.db").display().to_string(),
        made: Made::Folder(folder),
    }];
    match std::env::var(VARIABLE) {
        Ok(server) if !server.is_empty() => all.push(on_server(server).await),
        _ => eprintln!("not tested on PostgreSQL: {VARIABLE} is not set"),
    }
    all
}

async fn on_server(server: String) -> TestDatabase {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "gw_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    administer(&server, &format!("DROP DATABASE IF EXISTS {name}")).await;
    // Not from the usual template, which somebody may be connected to.
    administer(
        &server,
        &format!("CREATE DATABASE {name} TEMPLATE template0"),
    )
    .await;
    let (base, options) = match server.split_once('?') {
        Some((base, options)) => (base, format!("?{options}")),
        None => (server.as_str(), String::new()),
    };
    let (base, _) = base.rsplit_once('/').expect("the name of a database");
    TestDatabase {
        backend: Backend::Postgres,
        address: format!("{base}/{name}{options}"),
        made: Made::Server {
            address: server,
            name,
        },
    }
}

async fn administer(server: &str, statement: &str) {
    let database = Database::open(server).await.expect("the test server");
    database.administer(statement).await.expect("its consent");
    database.close().await;
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Made::Server { address, name } = &self.made else {
            return;
        };
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let address = address.clone();
        // The test's own runtime cannot be waited for here.
        let done = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(administer(&address, &statement));
        });
        let _ = done.join();
    }
}
