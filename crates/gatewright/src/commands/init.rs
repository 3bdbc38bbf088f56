//! `init`: a configuration to begin with. Nothing needs it.

use anyhow::bail;
use gw_flow::config::{CONFIG_FILE, CONFIG_SCHEMA, Config};
use gw_source::Target;

use crate::cli::{Global, InitArgs};
use crate::output::{self, Ending};
use crate::project::Project;
use crate::session::{self, show};
use crate::target;

pub(crate) fn run(global: &Global, args: &InitArgs) -> anyhow::Result<Ending> {
    let project = Project::find(&args.project)?;
    let path = project.root.join(CONFIG_FILE);
    if path.exists() {
        bail!("{} is there already", show(&path));
    }
    let target = Target::detect(&args.project, None)?;
    let named = target::name(None, &Config::default(), &target, &project.root, &project);
    let id = serde_json::from_str::<serde_json::Value>(CONFIG_SCHEMA)?;
    let id = id.get("$id").and_then(|id| id.as_str()).unwrap_or_default();
    let text = format!(
        "#:schema {id}\n\
         # What this project is called. Without this line the origin's address is used.\n\
         asset = {}\n\n\
         # observe: record the answer; warn: show it; enforce: refuse what does not pass.\n\
         mode = \"enforce\"\n\n\
         # Whose signatures of models count, by names that policies can ask for.\n\
         # [[signer]]\n\
         # name = \"release\"\n\
         # assets = [\"model:*\"]\n\
         # key = \"keys/release.pub\"\n\n\
         # What need not be looked at: for each reason, patterns of paths.\n\
         [allow_incomplete]\n",
        toml::Value::String(named.asset.to_string())
    );
    // What is written must be what is read.
    Config::parse(CONFIG_FILE, &text, session::now(global))?;
    output::write_file(&path, text.as_bytes())?;
    Ok(Ending::new(0, format!("{} written", show(&path))))
}
