//! Where a database is.

use std::path::PathBuf;
use std::str::FromStr as _;

use gw_flow::store::StoreError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::Place;

/// Where a database is.
pub(super) enum Address {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server, and what it is called without the password.
    Server(Box<PgConnectOptions>, Place),
}

/// How PostgreSQL shows who is connected.
const APPLICATION: &str = "gatewright";

impl Address {
    /// Reads a path, `sqlite:PATH`, or an address of PostgreSQL. No error shows the address, which
    /// may hold a password.
    pub(super) fn read(given: &str) -> Result<Self, StoreError> {
        if given.starts_with("postgres://") || given.starts_with("postgresql://") {
            return server(given);
        }
        let path = given.strip_prefix("sqlite:").unwrap_or(given);
        // `sqlite://relative` and `sqlite:///absolute`, as others write it.
        let path = path
            .strip_prefix("//")
            .filter(|_| path != given)
            .unwrap_or(path);
        if let Some((scheme, _)) = given.split_once("://").filter(|_| path == given) {
            let scheme: String = scheme.chars().take(16).collect();
            return Err(Place::new(format!("{scheme}://...")).unusable(
                "expected a path, `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`",
            ));
        }
        if path.is_empty() {
            return Err(Place::new("``").unusable("the path is empty"));
        }
        Ok(Self::File(PathBuf::from(path)))
    }
}

fn server(given: &str) -> Result<Address, StoreError> {
    // What is wrong may be the password, and the parser's words could show it.
    let wrong = || {
        Place::new("postgres://...").unusable(
            "its address cannot be read: expected `postgres://USER:PASSWORD@HOST:PORT/NAME`, with \
             special characters of the password written as %XX",
        )
    };
    let mut options = PgConnectOptions::from_str(given).map_err(|_| wrong())?;
    let local = options.get_socket().is_some()
        || matches!(
            options.get_host(),
            "localhost" | "127.0.0.1" | "::1" | "[::1]"
        )
        || options.get_host().starts_with('/');
    let said = given
        .split_once('?')
        .is_some_and(|(_, query)| query.contains("sslmode=") || query.contains("ssl-mode="));
    if !local && !said {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    if options.get_application_name().is_none() {
        options = options.application_name(APPLICATION);
    }
    // Texts of queries belong in no log, and neither do their values.
    options = options.disable_statement_logging();
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let name = options.get_database().unwrap_or(options.get_username());
    let place = Place::new(format!("postgres://{host}/{name}"));
    Ok(Address::Server(Box::new(options), place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_passwords_never_shown() {
        let check = |given: &str, expected: &str| {
            let found = match Address::read(given) {
                Ok(Address::File(path)) => path.display().to_string(),
                Ok(Address::Server(options, place)) => {
                    format!("{} {:?}", place.0, options.get_ssl_mode())
                }
                Err(error) => format!("error: {error}"),
            };
            assert!(!found.contains("geheim"), "{found}");
            assert!(found.starts_with(expected), "{given}: {found}");
        };
        check("/a/store.db", "/a/store.db");
        check("sqlite:store.db", "store.db");
        check("sqlite:///a/store.db", "/a/store.db");
        check("C:\\x\\store.db", "C:\\x\\store.db");
        check("sqlite:", "error: the store `` could not be used");
        check("", "error: the store `` could not be used");
        check("mysql://u:geheim@h/d", "error: the store mysql://... could");
        check(
            "postgres://u:geheim@db:77/n",
            "postgres://db:77/n VerifyFull",
        );
        check(
            "postgresql://u:geheim@db/n?sslmode=require",
            "postgres://db:5432/n Require",
        );
        check(
            "postgres://u:geheim@127.0.0.1/n",
            "postgres://127.0.0.1:5432/n Prefer",
        );
        check(
            "postgres://u:geheim@localhost/n?host=/run/pg",
            "postgres:///run/pg/n Prefer",
        );
        check(
            "postgres://u:geheim@h:port/n",
            "error: the store postgres://... could",
        );
        check(
            "postgres://u:geh%eim/geheim@h/n",
            "error: the store postgres://... could",
        );
    }
}
