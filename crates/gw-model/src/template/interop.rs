//! Templates against Jinja2 itself: what tests call honest must render there, and what they call
//! hostile must reach what it is said to reach. Nothing that is reached is called.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy does not know that this is only compiled for tests"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::tests::{HIDDEN, HONEST, HOSTILE};

const SCRIPT: &str = r#"
import json, sys
import jinja2
from jinja2 import nodes
from jinja2.ext import Extension

class Generation(Extension):
    tags = {"generation"}
    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)

class Recording(jinja2.Environment):
    def note(self, name, value):
        name = str(name)
        special = name.startswith("__") and name.endswith("__") or name.startswith("_Template")
        if special and not isinstance(value, jinja2.Undefined):
            self.reached.add(name)
        return value
    def getattr(self, obj, name):
        return self.note(name, super().getattr(obj, name))
    def getitem(self, obj, name):
        value = super().getitem(obj, name)
        own = isinstance(obj, dict) and name in obj
        return value if own else self.note(name, value)

def fail(message):
    raise jinja2.TemplateError(message)

def environment():
    env = Recording(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", Generation],
                    trim_blocks=True, lstrip_blocks=True)
    env.reached = set()
    attr = env.filters["attr"]
    env.filters["attr"] = jinja2.pass_environment(
        lambda env, obj, name: env.note(name, attr(env, obj, name)))
    env.globals["raise_exception"] = fail
    env.globals["strftime_now"] = lambda form: "now"
    return env

function = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {
    "a": {"type": "string", "description": "x"}}, "required": ["a"]}, "arguments": {"a": "1"},
    "parameter_definitions": [{"required": True}]}
tool = dict(function, type="function", function=function)
context = {
    "messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi",
        "tool_calls": []}],
    "tools": [], "documents": [{"title": "t"}], "bos_token": "<s>", "eos_token": "</s>",
    "add_generation_prompt": True,
}
for kind, template in json.load(sys.stdin):
    env = environment()
    error, text = None, ""
    try:
        text = env.from_string(template).render(**context)
    except Exception as problem:
        error = type(problem).__name__ + ": " + str(problem)
    reached = sorted(env.reached)
    if "<built-in" in text or "<class" in text:
        reached.append("printed")
    print(json.dumps({"reached": reached, "error": error}))
"#;

#[test]
fn jinja_agrees() {
    let folder = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
    let python = PathBuf::from(folder).join("python/bin/python");
    let honest = HONEST.iter().map(|(_, template)| ("honest", *template));
    let hostile = HOSTILE.iter().map(|template| ("hostile", *template));
    let hidden = HIDDEN.iter().map(|template| ("hidden", *template));
    let all: Vec<(&str, &str)> = honest.chain(hostile).chain(hidden).collect();
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(&all).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), all.len());
    for ((kind, template), answer) in all.iter().zip(&answers) {
        let reached = answer["reached"].as_array().unwrap();
        let error = answer["error"].as_str().unwrap_or_default();
        match *kind {
            "honest" => {
                assert!(reached.is_empty(), "{template}: {answer}");
                // A template may refuse the conversation, and must not be refused itself.
                assert!(!error.contains("SyntaxError"), "{template}: {answer}");
            }
            "hostile" => assert!(!reached.is_empty(), "{template}: {answer}"),
            _ => assert!(!error.contains("SyntaxError"), "{template}: {answer}"),
        }
    }
}
