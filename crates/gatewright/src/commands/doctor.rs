//! `doctor`: does everything work on this machine?

use std::path::Path;

use gw_flow::config::CONFIG_FILE;
use gw_flow::store::Store as _;

use crate::cli::Global;
use crate::commands::scan;
use crate::output::{self, Ending};
use crate::session::{Session, show};

pub(crate) async fn run(global: &Global) -> anyhow::Result<Ending> {
    let session = Session::open(global).await?;
    let mut text = String::new();
    let mut wrong = 0_usize;
    let mut line = |good: bool, what: &str, detail: String| {
        wrong += usize::from(!good);
        let mark = if good { "ok  " } else { "FAIL" };
        text.push_str(&format!("{mark}  {what:<16} {detail}\n"));
    };
    match &session.unrecorded {
        None => line(true, "data folder", show(session.home.root())),
        Some(why) => line(
            false,
            "data folder",
            format!("{why}; scans decide, nothing is recorded"),
        ),
    }
    // The configuration of the project that this is run in, if it is run in one.
    match scan::circumstances_of(&session, Path::new(".")) {
        Ok((project, circumstances)) if circumstances.config_text.is_some() => {
            let file = show(&project.root.join(CONFIG_FILE));
            match circumstances.read(session.now) {
                Ok(rules) => {
                    let signers = output::count(rules.signers.len(), "signer");
                    line(true, "configuration", format!("{file}, {signers}"));
                }
                Err(error) => line(false, "configuration", error.to_string()),
            }
        }
        Ok(_) => line(
            true,
            "configuration",
            "none here, nothing needs it".to_owned(),
        ),
        Err(error) => line(false, "configuration", format!("{error:#}")),
    }
    let flow = &session.flow;
    let statements = flow.store.list_statements(&flow.realm, None).await?.len();
    line(true, "store", format!("{statements} statements"));
    line(true, "local key", flow.key.public().id().to_string());
    if session.unrecorded.is_none() {
        match session.seal(None).await {
            Ok(_) => line(
                true,
                "ledger",
                format!("{} records", flow.store.leaf_count().await?),
            ),
            Err(error) => line(false, "ledger", format!("{error:#}")),
        }
    }
    let index = &flow.index;
    match &index.problem {
        Some(problem) => line(false, "advisories", problem.to_string()),
        None => {
            let age = session.now.duration_since(index.as_of()).as_hours() / 24;
            let source = if index.is_embedded() {
                "in the program"
            } else {
                "in the data folder"
            };
            line(
                age <= 90,
                "advisories",
                format!(
                    "{} records {source}, the oldest {age} days old",
                    index.len()
                ),
            );
        }
    }
    output::write(None, text.as_bytes())?;
    Ok(if wrong == 0 {
        Ending::new(0, "everything works")
    } else {
        Ending::new(1, format!("{} not working", output::count(wrong, "thing")))
    })
}
