//! Sending a scan to the control plane.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use gw_core::{Asset, Place};
use gw_fetch::{ControlPlane, SentScan};
use gw_flow::{Flow, Scanned};
use gw_report::Report;
use gw_store::SqlStore;
use zeroize::Zeroizing;

use crate::cli::ServerArgs;
use crate::network;
use crate::session::{Session, show};

/// The environment variable with the token.
const TOKEN: &str = "GATEWRIGHT_TOKEN";

/// A control plane that statements are sent to.
pub(crate) struct Push<'a> {
    plane: ControlPlane,
    /// The same path, in the realm that the token speaks in.
    flow: Flow<SqlStore>,
    session: &'a Session,
}

/// The control plane that the options name, if they name one.
pub(crate) async fn connect<'a>(
    session: &'a Session,
    args: &ServerArgs,
) -> anyhow::Result<Option<Push<'a>>> {
    let Some(address) = &args.server else {
        return Ok(None);
    };
    let root = network::root(args.server_ca.as_deref())?;
    let plane = ControlPlane::new(address, token(args)?, root.as_deref(), &network::options())?;
    let identity = plane.whoami().await?;
    let flow = Flow {
        store: session.flow.store.clone(),
        realm: identity.realm,
        key: session.flow.key.clone(),
        index: Arc::clone(&session.flow.index),
    };
    Ok(Some(Push {
        plane,
        flow,
        session,
    }))
}

impl Push<'_> {
    /// Sends a scan, and the one it starts from, and returns what the control plane decided.
    pub(crate) async fn scan(
        &self,
        asset: &Asset,
        place: &Place,
        scanned: &Scanned,
        base: Option<&Scanned>,
    ) -> anyhow::Result<Report> {
        let mut statements = Vec::new();
        for scanned in [Some(scanned), base].into_iter().flatten() {
            let envelopes = self.flow.scan_envelopes(scanned, asset, self.session.now)?;
            statements.extend(envelopes);
        }
        let sent = SentScan {
            asset,
            place,
            subject: scanned.subject().digest,
            since: base.map(|base| base.subject().digest),
            key: self.flow.key.public().to_pem(),
            statements: &statements,
        };
        Ok(self.plane.push_scan(&sent).await?)
    }
}

fn token(args: &ServerArgs) -> anyhow::Result<Zeroizing<String>> {
    let text = match &args.token_file {
        Some(path) => Zeroizing::new(std::fs::read_to_string(path).with_context(|| show(path))?),
        None => match std::env::var(TOKEN) {
            Ok(token) => Zeroizing::new(token),
            Err(_) => bail!(
                "the control plane needs a token: set {TOKEN}, or name its file with --token-file"
            ),
        },
    };
    Ok(Zeroizing::new(text.trim().to_owned()))
}
