//! Programs in Python that answer requests, one line of JSON each.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A running program. Starting one takes longer than most answers.
pub struct Python {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a script of `tests/interop` in the environment of the reference implementation.
    pub fn start(script: &str) -> Self {
        let environment = std::env::var_os("GW_TEST_ENV")
            .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
        let program = Path::new(&environment).join("model-signing/bin/python");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");
        let mut child = Command::new(program)
            .arg(Path::new(folder).join(script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the environment has model-signing");
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// The answer to a request.
    pub fn ask(&mut self, request: &Value) -> Value {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{request}").unwrap();
        input.flush().unwrap();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).unwrap();
            assert!(read > 0, "it ended at {request}");
            // Libraries may print warnings in between.
            if let Ok(answer @ Value::Object(_)) = serde_json::from_str(&line) {
                return answer;
            }
        }
    }

    /// What the reference implementation says: nothing if it agrees, else why not.
    pub fn agrees(&mut self, request: &Value) -> Result<(), String> {
        let answer = self.ask(request);
        if answer["ok"] == json!(true) {
            Ok(())
        } else {
            Err(answer["why"].as_str().unwrap().to_owned())
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // Without input it ends by itself.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
