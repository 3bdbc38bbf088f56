use super::*;
use Severity::{Critical, High, Low, Medium};
use gw_finding::Severity;

fn names(source: &str) -> Vec<(String, Severity)> {
    let summary = read(source.as_bytes());
    assert_eq!(summary.problems, [], "{source}");
    let mut uses: Vec<_> = summary
        .uses
        .into_iter()
        .map(|found| (found.name, found.severity))
        .collect();
    uses.sort();
    uses
}

fn check(source: &str, expected: &[(&str, Severity)]) {
    let mut expected: Vec<(String, Severity)> = expected
        .iter()
        .map(|(name, severity)| ((*name).to_owned(), *severity))
        .collect();
    expected.sort();
    assert_eq!(names(source), expected, "{source}");
}

#[test]
fn imports_are_followed() {
    let system = &[("os.system", High)];
    for source in [
        "import os\nos.system('x')",
        "import os as o; o.system('x')",
        "from os import system\nsystem('x')",
        "from os import (\n  path,\n  system as s,\n)\ns('x')",
        "from os import *\nsystem('x')",
        "import os.path\nos.system('x')",
        "import os as p\np.system('x')",
        "if True: import os; os.system('x')",
        "try:\n  import os\nexcept ImportError:\n  os = None\nos.system('x')",
        "def f():\n  return o.system('x')\nimport os as o\n",
        "import os\nf = os.system\nf('x')",
        "import os\nf, g = 1, os\ng.system('x')",
        "import os\n(o := os).system('x')",
        "import os\nclass A:\n  def __init__(self):\n    self.m = os\n  def g(self):\n    self.m.system('x')",
        "import torch\ntorch.os.system('x')",
        "import random\nrandom._os.system('x')",
        "import os\nx = [f for f in (os.system,)]",
        "import os\n@os.system\ndef f(): pass",
        "import os\ndef f(x=os.system): pass",
        "import os\nprint(f\"{os.system('x')}\")",
        "import os\nprint(f'''{f\"{os.system('x')}\"}''')",
        "import os\nos \\\n  .system('x')",
        "import os\n(os\n  .system)('x')",
        "import os\no\u{ff53}.ｓystem('x')",
        "import os\ngetattr(os, 'system')('x')",
        "import os\ngetattr(os, 'sys' + 'tem')('x')",
        "import os\ngetattr(os, 'metsys'[::-1])('x')",
        "import os\ngetattr(os, ''.join(['sys', 'tem']))('x')",
        "import os\nos.__dict__['system']('x')",
        "import os\nvars(os)['system']('x')",
        "import os\nos.__getattribute__('system')('x')",
        "__import__('os').system('x')",
        "import sys\nsys.modules['os'].system('x')",
        "import importlib\nimportlib.import_module('os').system('x')",
        "from importlib import import_module as i\nn = 'o' 's'\ni(n).system('x')",
        "m = 'os'\n__import__(m).system('x')",
        "globals()['__builtins__'].__import__('os').system('x')",
        "__builtins__['__import__']('os').system('x')",
        "print.__self__.__import__('os').system('x')",
    ] {
        let found = names(source);
        let found: Vec<_> = found
            .iter()
            .filter(|(name, _)| name != "@__import__" && name != "__builtins__")
            .map(|(name, severity)| (name.as_str(), *severity))
            .collect();
        assert_eq!(found, system, "{source}");
    }
}

#[test]
fn other_reaches() {
    check(
        "import subprocess\nsubprocess.run(['x'])",
        &[("subprocess.run", High)],
    );
    check(
        "from subprocess import Popen as P\nP('x')",
        &[("subprocess.Popen", High)],
    );
    check(
        "import socket\ns = socket.socket()",
        &[("socket.socket", Medium)],
    );
    check(
        "import requests\nrequests.post('http://x', data=1)",
        &[("requests.post", Medium)],
    );
    check(
        "import ctypes\nctypes.CDLL('x.so')",
        &[("ctypes.CDLL", High)],
    );
    check(
        "import pickle\npickle.loads(b'x')",
        &[("pickle.loads", Low)],
    );
    check(
        "import shutil\nshutil.rmtree('/')",
        &[("shutil.rmtree", Medium)],
    );
    check("open('/etc/passwd')", &[("/etc/passwd", High)]);
    check(
        "import os\nopen(os.path.expanduser('~/.ssh/id_rsa'))",
        &[(".ssh/", High)],
    );
    check(
        "().__class__.__base__.__subclasses__()",
        &[("__subclasses__", Medium)],
    );
    check("import os\ngetattr(os, f())('x')", &[("os", Medium)]);
}

#[test]
fn executed_text_is_judged_by_what_it_is() {
    check("exec(x)", &[("exec", High)]);
    check("eval(x)", &[("eval", Medium)]);
    check("exec('a = 1')", &[("exec", Low)]);
    check("exec x", &[("exec", High)]);
    check(
        "exec('import os\\nos.system(1)')",
        &[("exec", Low), ("os.system", High)],
    );
    check(
        "exec(\"exec('import os; os.system(1)')\")",
        &[("exec", Low), ("os.system", High)],
    );
    // print(1), and import os; os.system("x").
    check(
        "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))",
        &[("exec", Critical)],
    );
    check(
        "from base64 import b64decode as d\ne = exec\ne(d('aW1wb3J0IG9zOyBvcy5zeXN0ZW0oIngiKQ==').decode())",
        &[("exec", Critical), ("os.system", High)],
    );
    check(
        "exec(bytes.fromhex('7072696e74283129'))",
        &[("exec", Critical)],
    );
    check(
        "import codecs\nexec(codecs.decode('cevag(1)', 'rot13'))",
        &[("exec", Critical)],
    );
    check(
        "import zlib, base64\nexec(zlib.decompress(base64.b64decode(x)))",
        &[("exec", Critical)],
    );
    check(
        "import zlib\nx = zlib.decompress(y)\nz = x.decode()\nexec(compile(z, 'a', 'exec'))",
        &[("compile", Critical), ("exec", Critical)],
    );
    check(
        "import requests\nexec(requests.get('http://x').text)",
        &[("exec", Critical), ("requests.get", Medium)],
    );
    check(
        "exec(''.join(map(chr, [112, 114, 105, 110, 116])))",
        &[("exec", Critical)],
    );
    check(
        "import os, base64\nos.system(base64.b64decode('bHM='))",
        &[("os.system", Critical)],
    );
    check(
        "import marshal\nexec(marshal.loads(b'x'))",
        &[("exec", Critical), ("marshal.loads", High)],
    );
}

#[test]
fn honest_code_is_silent() {
    for source in [
        // A file of modelling code.
        r#"
"""PyTorch model. Call os.system("x") never."""
from __future__ import annotations
import os, sys, re, json, math, logging, warnings, copy, collections
from dataclasses import dataclass
from typing import List, Optional, Tuple, Union
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from transformers import PreTrainedModel
from .configuration_x import XConfig
from ..utils import eval as evaluate, system

logger = logging.getLogger(__name__)
PATTERN = re.compile(r"os\.system\('x'\)")  # exec(x)

@dataclass
class Output:
    logits: Optional[torch.FloatTensor] = None
    open: bool = False

class Model(PreTrainedModel):
    config_class = XConfig

    def __init__(self, config, *args, **kwargs):
        super().__init__(config)
        self.layers = nn.ModuleList([nn.Linear(1, 2) for _ in range(config.n)])
        self.eval()
        self.path = os.path.join(os.path.dirname(__file__), "x")
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        self.dtype = getattr(torch, config.dtype)
        sys.path.insert(0, self.path)

    def compile(self, mode="x"):
        return torch.compile(self, mode=mode)

    def system(self, text: str = "os.system") -> "Output":
        with open(self.path, "w", encoding="utf-8") as f:
            json.dump({"exec": 1, **{}}, f)
        return Output(open=True)

    def save(self, x):
        os.makedirs(self.path, exist_ok=True)
        if not os.path.exists(x): raise ValueError(f"{x!r:>{10}} is not there {{exec(x)}}")
        y = lambda a, b=1: a @ b if a else b[::-1]
        z: Tuple[int, ...] = (1, 2,)
        return x[..., :-1], y, z
"#,
        "import subprocess\ntry:\n  pass\nexcept subprocess.CalledProcessError:\n  pass",
        "import ctypes\nx = ctypes.c_int(1)",
        "def exec(x): pass\nclass eval: pass",
        "x.exec(); x.eval(); x.compile(); x.open()",
        "f(exec=1, eval=2)",
        "import urllib.parse\nurllib.parse.quote('x')",
        "from importlib.metadata import version\nversion('x')",
        "model = torch.load if False else None\nmodel.eval()",
        "print 'x'\nprint >>f, `x`\nraise E, 'x'\nx = 0777 <> 1L",
        "x = '''a\n'b\\'''' ; y = r'\\' ; z = b\"\\x00\"",
        "match x:\n  case {'a': 1}: pass\n",
        "type X[T] = list[T]\nasync def f():\n  async with a as b:\n    await b",
        "",
        "\n\n#only\n",
    ] {
        if source.starts_with("x = '''a") {
            // Ends in an open string on purpose: only that must be said.
            let summary = read(source.as_bytes());
            assert!(summary.uses.is_empty());
            continue;
        }
        check(source, &[]);
    }
}

#[test]
fn what_python_refuses_is_said() {
    for (source, reason) in [
        ("x = (1", ReasonCode::Malformed),
        ("x = 'a", ReasonCode::Malformed),
        ("x = 1)", ReasonCode::Malformed),
        ("# coding: utf-7\nx", ReasonCode::Encoding),
        (
            "#!/usr/bin/python\n# -*- coding: unicode_escape -*-\nx",
            ReasonCode::Encoding,
        ),
    ] {
        let summary = read(source.as_bytes());
        assert_eq!(summary.problems.len(), 1, "{source}");
        assert_eq!(summary.problems[0].0, reason, "{source}");
    }
    let deep = format!("x = {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let summary = read(deep.as_bytes());
    assert_eq!(summary.problems.len(), 1);
    assert!(read(b"# coding: latin-1\nx = '\xe9'").problems.is_empty());
}

#[test]
fn the_work_is_linear() {
    for source in [
        format!("x = {}", "'a' + ".repeat(100_000)),
        format!("x = 'a'\n{}", "x = x + x\n".repeat(1000)),
        "f('a').b[1](2)".repeat(50_000),
        format!("exec({:?})", "exec('1');".repeat(20_000)),
        "a := ".repeat(100_000),
        "f'{".repeat(50_000),
        "import a.b as c, d\n".repeat(50_000),
        "x = [".repeat(10_000),
        "a, ".repeat(100_000),
    ] {
        read(source.as_bytes());
    }
}

#[test]
fn getters_and_texts_that_are_made_are_followed() {
    let system = "import os, operator\noperator.attrgetter('system')(os)('x')";
    assert_eq!(names(system), [("os.system".to_owned(), High)]);
    for source in [
        "exec(''.join(map(chr, [112, 97, 115, 115])))",
        "exec('ssap'[::-1])",
    ] {
        assert_eq!(
            names(source),
            [("exec".to_owned(), Severity::Critical)],
            "{source}"
        );
    }
    for (source, expected) in [
        ("import numpy as np\nnp.load('x')", None),
        (
            "import numpy as np\nnp.load('x', allow_pickle=True)",
            Some("numpy.load"),
        ),
        (
            "import uuid\nuuid._get_command_stdout('id')",
            Some("uuid._get_command_stdout"),
        ),
    ] {
        let names = names(source);
        let first = names.first().map(|(name, _)| name.as_str());
        assert_eq!(first, expected, "{source}");
    }
}
