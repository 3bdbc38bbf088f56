//! Signers that stand in the configuration: they are found without a word on the command line, policies
//! know them by name, and a change cannot bring its own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

mod common;

use common::Machine;

/// A model of one number in safetensors' format.
fn safetensors(number: u8) -> String {
    let header = r#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let length = u8::try_from(header.len()).unwrap();
    format!(
        "{}\0\0\0\0\0\0\0{header}{}\0\0\0",
        char::from(length),
        char::from(number)
    )
}

/// A repository with code and two models, of which the release key signed one, and with a policy that
/// asks for the release key by name.
fn repository() -> Machine {
    let machine = Machine::new();
    machine.write("project/src/app.py", "print('hello')\n");
    for name in ["fraud", "other"] {
        let path = format!("project/models/{name}/model.safetensors");
        machine.write(&path, &safetensors(1));
    }
    for key in ["release", "mallory"] {
        let file = format!("../{key}.pem");
        machine.run(&["keygen", &file, "--no-passphrase"]).exits(0);
        let public = std::fs::read_to_string(machine.path(&format!("{key}.pem.pub"))).unwrap();
        machine.write(&format!("project/keys/{key}.pub"), &public);
    }
    signer(&machine, "release", "keys/release.pub");
    machine.write(
        "project/.gatewright/policies/signed.cedar",
        "@id(\"ours\")\n@message(\"Only what the release key signed is served\")\n\
         forbid (principal, action in Action::\"admit\", resource)\n\
         unless { context.signers has value && context.signers.value.contains(\"release\") };\n",
    );
    sign(&machine, "fraud", "release");
    machine.git(&["init", "-q"]);
    machine.git(&["add", "-A"]);
    machine.git(&["commit", "-qm", "first"]);
    machine
}

fn signer(machine: &Machine, name: &str, key: &str) {
    let text = format!(
        "asset = \"repo:shop\"\n\n[[signer]]\nname = \"{name}\"\nassets = [\"model:*\"]\n\
         key = \"\"\"{key}\"\"\"\n"
    );
    machine.write("project/gatewright.toml", &text);
}

fn sign(machine: &Machine, model: &str, key: &str) {
    let (model, key) = (format!("models/{model}"), format!("../{key}.pem"));
    let signature = format!("{model}/model.sig");
    let args = [
        "sign",
        &model,
        "--signature",
        &signature,
        "--private-key",
        &key,
    ];
    let args = [args.as_slice(), &["--ed25519-extension"]].concat();
    machine.run(&args).exits(0);
}

fn admit(machine: &Machine, name: &str, more: &[&str]) -> common::Done {
    let target = format!("models/{name}");
    machine.run(&[&["model", "admit", &target], more].concat())
}

#[test]
fn a_signer_of_the_configuration_is_a_fact_by_its_name() {
    let machine = repository();
    machine.run(&["doctor"]).exits(0).says("1 signer");
    admit(&machine, "fraud", &[])
        .exits(0)
        .says("all signed")
        .says("signed by release");
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    admit(&machine, "other", &[])
        .exits(1)
        .says("Only what the release key signed is served")
        .says("not signed");
    // Somebody else's signature counts for nothing.
    sign(&machine, "other", "mallory");
    admit(&machine, "other", &[])
        .exits(1)
        .says("by nobody whom the configuration names")
        .says("Only what the release key signed is served");
    // A key may stand in the configuration itself.
    let pem = std::fs::read_to_string(machine.path("mallory.pem.pub")).unwrap();
    signer(&machine, "release", &pem);
    admit(&machine, "other", &[]).exits(0);
    // What the release key signed does not count where another key has that name.
    admit(&machine, "fraud", &[]).exits(1);
}

#[test]
fn what_was_changed_after_signing_is_refused() {
    let machine = repository();
    machine.write("project/models/fraud/model.safetensors", &safetensors(2));
    admit(&machine, "fraud", &[])
        .exits(1)
        .says("the signature is refused")
        .says("model.safetensors");
    machine
        .run(&["scan"])
        .says("models/fraud/model.safetensors")
        .says("not what was signed");
    let serve = [
        "model",
        "serve-check",
        "models/fraud",
        "--",
        "echo",
        "serving",
    ];
    machine
        .run(&serve)
        .exits(1)
        .says("nothing was started")
        .says_not("serving\n");
}

#[test]
fn a_command_starts_without_a_key_on_the_command_line() {
    let machine = repository();
    let serve = |name: &str| {
        let target = format!("models/{name}");
        machine.run(&["model", "serve-check", &target, "--", "echo", "serving"])
    };
    serve("fraud").exits(0).says("serving");
    serve("other").exits(1).says_not("serving\n");
}

#[test]
fn a_change_cannot_bring_the_signer_that_it_is_signed_by() {
    let machine = repository();
    signer(&machine, "release", "keys/mallory.pub");
    sign(&machine, "other", "mallory");
    // Without a base the change's own signer counts, as all of its configuration does.
    admit(&machine, "other", &[]).exits(0);
    // That it did is remembered, and still counts for nothing under the base.
    admit(&machine, "other", &["--base", "HEAD"])
        .exits(1)
        .says("Not used: changes gatewright.toml")
        .says("Only what the release key signed is served");
    admit(&machine, "fraud", &["--base", "HEAD"]).exits(0);
    // Nor can the key's file be changed under the name that the base has for it.
    machine.git(&["checkout", "-q", "--", "gatewright.toml"]);
    let mallory = std::fs::read_to_string(machine.path("mallory.pem.pub")).unwrap();
    machine.write("project/keys/release.pub", &mallory);
    admit(&machine, "other", &[]).exits(0);
    admit(&machine, "other", &["--base", "HEAD"])
        .exits(1)
        .says("Not used: changes keys/release.pub");
}

#[test]
fn a_scan_sees_models_among_code() {
    let machine = repository();
    machine
        .run(&["scan"])
        .exits(0)
        .says("2 models: safetensors, 1 signed")
        .says("models/fraud/model.safetensors: safetensors, 1 parameter, signed by release")
        .says("models/other/model.safetensors: safetensors, 1 parameter, not signed");
    let report = machine.run(&["scan", "--format", "json"]).exits(0).json();
    assert_eq!(report["models"][0]["signature"]["state"], "verified");
    assert_eq!(report["models"][0]["signature"]["by"], "release");
    assert_eq!(report["models"][1]["signature"]["state"], "unsigned");
    // A commit has no files to compare with a signature.
    machine
        .run(&["scan", "--rev", "HEAD"])
        .says("its signature was not verified");
    // What a change brings is seen and judged, with a base, too; what was there before is not new.
    machine.write(
        "project/models/new/model.pkl",
        "cposix\nsystem\n(S'id'\ntR.",
    );
    for more in [["--since", "HEAD"], ["--base", "HEAD"]] {
        let done = machine.run(&[["scan"].as_slice(), &more].concat());
        done.exits(1)
            .says("3 models")
            .says("models/new/model.pkl")
            .says("unsafe to load");
    }
    machine.git(&["add", "-A"]);
    machine.git(&["commit", "-qm", "second"]);
    machine.run(&["scan", "--since", "HEAD"]).exits(0);
}

#[test]
fn what_is_wrong_with_a_signer_is_said_with_its_line() {
    let machine = repository();
    let check = |lines: &str, expected: &str| {
        let text = format!("[[signer]]\nname = \"x\"\nassets = [\"model:*\"]\n{lines}\n");
        machine.write("project/gatewright.toml", &text);
        machine.run(&["scan"]).exits(2).says(expected);
    };
    check("", "gatewright.toml:1: signer `x`: give one of");
    check("key = \"../release.pem.pub\"", "is not below the project");
    check("key = \"/etc/release.pub\"", "is not below the project");
    check("key = \"keys/none.pub\"", "keys/none.pub is not there");
    check("key = \"src/app.py\"", "signer `x`: src/app.py");
    check("key = \"keys/release.pub\"\nissuer = \"y\"", "has neither");
    check("trust_root = \"{}\"", "needs `identity` and `issuer`");
    check("certificates = \"keys/release.pub\"", "need `identity`");
    machine
        .run(&["doctor"])
        .exits(1)
        .says("FAIL  configuration")
        .says("signer `x`");
    let name = "0".repeat(64);
    let text = format!("[[signer]]\nname = \"{name}\"\nassets = [\"*\"]\nkey = \"keys/x\"\n");
    machine.write("project/gatewright.toml", &text);
    machine.run(&["scan"]).exits(2).says("a name has 1 to 63");
}
