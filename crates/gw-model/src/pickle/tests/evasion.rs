//! Ways to hide a call, and that each is found.

use super::*;

/// A stream, the rule that must fire, and what its message must say.
type Case = (&'static str, Vec<u8>, &'static str, &'static str);

const SUSPICIOUS: &str = "model/pickle-suspicious";
const OVERRIDE: &str = "model/pickle-override";
const BROKEN: &str = "model/pickle-broken";

fn system() -> Asm {
    Asm::new(4).global("os", "system")
}

/// `os.system('id')` as a pickle.
fn inner() -> Vec<u8> {
    system().text("id").tuple(1).reduce().stop()
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn cases() -> Vec<Case> {
    let a = || Asm::new(4);
    let id = "calls os.system with 'id'";
    vec![
        (
            "opcode INST",
            b"(S'id'\nios\nsystem\n.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "a function that ufuncs are pickled with",
            a().call("numpy.core", "_ufunc_reconstruct", &["os", "system"])
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a method of a table",
            a().call("pandas", "DataFrame.query", &["id"]).stop(),
            EXECUTES,
            "pandas.DataFrame.query with 'id', which runs code",
        ),
        (
            "a package's tests",
            a().call("numpy.tests.test_scripts", "find_f2py_commands", &["id"])
                .stop(),
            EXECUTES,
            "find_f2py_commands with 'id', which runs code",
        ),
        (
            "a tokenizer that reads a file",
            a().call("transformers", "BartphoTokenizer", &["/etc/passwd"])
                .stop(),
            EXECUTES,
            "reads the file",
        ),
        (
            "opcode OBJ",
            b"(cos\nsystem\nS'id'\no.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "OBJ, then POP",
            b"(cos\nsystem\nS'id'\no0N.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "INST, then POP",
            b"(S'id'\nios\nsystem\n0N.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "NEWOBJ",
            system().text("id").tuple(1).newobj().stop(),
            EXECUTES,
            id,
        ),
        (
            "NEWOBJ_EX",
            system().text("id").tuple(1).op(b'}').op(0x92).stop(),
            EXECUTES,
            id,
        ),
        (
            "names through the memo",
            a().text("os")
                .op(0x94)
                .op(b'0')
                .text("system")
                .op(0x94)
                .op(b'0')
                .raw(b"h\0h\x01\x93")
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "names through the memo, where an honest one is in between",
            a().text("collections")
                .raw(b"q\x05")
                .raw(b"0")
                .text("os")
                .raw(b"q\x05")
                .op(b'0')
                .raw(b"h\x05")
                .text("system")
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a sparse memo",
            a().text("os")
                .raw(b"r\xff\xff\xff\x7f0j\xff\xff\xff\x7f")
                .text("system")
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a key that only one unpickler takes",
            b"cos\nsystem\np99999999999999999999\n0g99999999999999999999\n(S'id'\ntR.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "a global that is dropped after the call is put aside",
            system()
                .raw(b"q\x010h\x01")
                .text("id")
                .tuple(1)
                .reduce()
                .op(b'0')
                .none()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a bare import",
            a().global("os", "system").op(b'0').none().stop(),
            EXECUTES,
            "imports os.system",
        ),
        (
            "escapes in a text",
            b"cos\nsystem\n(V\\u0069d\ntR.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "escapes in a string",
            b"cos\nsystem\n(S'\\x69\\144'\ntR.".to_vec(),
            EXECUTES,
            id,
        ),
        (
            "a second pickle",
            [a().list(&[1]).stop(), inner()].concat(),
            EXECUTES,
            id,
        ),
        (
            "a second pickle of protocol 0",
            [a().list(&[1]).stop(), b"cos\nsystem\n(S'id'\ntR.".to_vec()].concat(),
            EXECUTES,
            id,
        ),
        (
            "the magic number of torch by a call",
            [
                a().call("builtins", "eval", &["119547037146038801333356"])
                    .stop(),
                Asm::new(2).raw(b"M\xe9\x03").stop(),
            ]
            .concat(),
            EXECUTES,
            "calls builtins.eval with '119547037146038801333356'",
        ),
        (
            "a protocol in the middle",
            a().none()
                .op(b'0')
                .raw(b"\x80\x02")
                .global("os", "system")
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a frame that is longer than the file",
            a().raw(b"\x95\xff\xff\xff\xff\0\0\0\0")
                .global("os", "system")
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a frame that ends inside an instruction",
            a().raw(b"\x95\x03\0\0\0\0\0\0\0")
                .global("os", "system")
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a protocol that does not exist",
            Asm::new(9)
                .global("os", "system")
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "cut off after the call",
            system().text("id").tuple(1).reduce().open(),
            BROKEN,
            "breaks at byte",
        ),
        (
            "no opcode after the call",
            system().text("id").tuple(1).reduce().op(0xff).open(),
            BROKEN,
            "byte 0xff is no instruction",
        ),
        (
            "an empty memo after the call",
            system().text("id").tuple(1).reduce().raw(b"h\x63").stop(),
            BROKEN,
            "the memo has no value 99",
        ),
        (
            "a text that is not UTF-8 after the call",
            system()
                .text("id")
                .tuple(1)
                .reduce()
                .raw(b"\x8c\x02\xff\xfe")
                .stop(),
            BROKEN,
            "not UTF-8",
        ),
        (
            "a length that is far too large after the call",
            system()
                .text("id")
                .tuple(1)
                .reduce()
                .raw(b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f")
                .open(),
            BROKEN,
            "breaks",
        ),
        (
            "an attribute of a module that a harmless one imports",
            a().global("random", "_os.system")
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            "random._os.system",
        ),
        (
            "a module by import_module",
            a().global("builtins", "getattr")
                .call("importlib", "import_module", &["os"])
                .text("system")
                .tuple(2)
                .reduce()
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "resolve_name",
            a().call("pkgutil", "resolve_name", &["os:system"])
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "attrgetter",
            a().call("operator", "attrgetter", &["system"])
                .call("importlib", "import_module", &["os"])
                .tuple(1)
                .reduce()
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "methodcaller",
            a().call("operator", "methodcaller", &["system", "id"])
                .call("importlib", "import_module", &["os"])
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "partial",
            a().global("functools", "partial")
                .global("os", "system")
                .text("id")
                .tuple(2)
                .reduce()
                .tuple(0)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "partial, whose function comes with the state",
            a().global("functools", "partial")
                .global("builtins", "list")
                .tuple(1)
                .reduce()
                .op(b'(')
                .global("os", "system")
                .text("id")
                .tuple(1)
                .op(b'}')
                .none()
                .op(b't')
                .build()
                .tuple(0)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "map",
            a().global("builtins", "list")
                .global("builtins", "map")
                .global("os", "system")
                .op(b']')
                .text("id")
                .op(b'a')
                .tuple(2)
                .reduce()
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "starmap",
            a().global("itertools", "starmap")
                .global("os", "system")
                .op(b']')
                .text("id")
                .tuple(1)
                .op(b'a')
                .tuple(2)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "functools.reduce",
            a().global("functools", "reduce")
                .global("builtins", "getattr")
                .op(b']')
                .call("importlib", "import_module", &["os"])
                .op(b'a')
                .text("system")
                .op(b'a')
                .tuple(2)
                .reduce()
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "sys.modules",
            a().call("operator", "itemgetter", &["os"])
                .global("sys", "modules")
                .tuple(1)
                .reduce()
                .op(b'0')
                .none()
                .stop(),
            EXECUTES,
            "imports os",
        ),
        (
            "__dict__",
            a().global("operator", "getitem")
                .global("os", "__dict__")
                .text("system")
                .tuple(2)
                .reduce()
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a name that is joined",
            a().text("os")
                .global("builtins", "str.join")
                .text("")
                .op(b']')
                .text("sys")
                .op(b'a')
                .text("tem")
                .op(b'a')
                .tuple(2)
                .reduce()
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a name that is added",
            a().text("os")
                .call("operator", "add", &["sys", "tem"])
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a name in rot13",
            a().text("os")
                .call("codecs", "decode", &["flfgrz", "rot13"])
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a name in base64",
            a().text("os")
                .global("builtins", "str")
                .call("base64", "b64decode", &["c3lzdGVt"])
                .text("utf-8")
                .tuple(2)
                .reduce()
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a name that is formatted",
            a().text("os")
                .global("builtins", "str.format")
                .text("{1}{0}")
                .text("stem")
                .text("sy")
                .tuple(3)
                .reduce()
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "a name that is worked out by something unknown",
            a().text("os")
                .call("my.module", "name", &[])
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            SUSPICIOUS,
            "works out only when it is loaded",
        ),
        (
            "a number for a name",
            a().text("os")
                .int(1)
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            SUSPICIOUS,
            "works out only",
        ),
        (
            "a name in bytes",
            a().bytes(b"os")
                .bytes(b"system")
                .op(0x93)
                .text("id")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "an extension code",
            a().raw(b"\x82\x07").tuple(0).reduce().stop(),
            SUSPICIOUS,
            "extension code 7",
        ),
        (
            "a large extension code",
            a().raw(b"\x84\x07\x01\0\0").tuple(0).reduce().stop(),
            SUSPICIOUS,
            "extension code 263",
        ),
        (
            "attributes of a module",
            a().global("importlib", "import_module")
                .text("json")
                .tuple(1)
                .reduce()
                .dict(&["loads"])
                .build()
                .stop(),
            OVERRIDE,
            "sets attributes of json",
        ),
        (
            "attributes of an honest class",
            a().global("sklearn.svm._classes", "SVC")
                .none()
                .dict(&["predict"])
                .tuple(2)
                .build()
                .stop(),
            OVERRIDE,
            "sets attributes of sklearn.svm._classes.SVC",
        ),
        (
            "items of sys.modules",
            a().global("sys", "modules")
                .text("json")
                .global("os", "system")
                .setitem()
                .stop(),
            OVERRIDE,
            "sets items of sys.modules",
        ),
        (
            "setattr",
            a().global("builtins", "setattr")
                .global("numpy", "ndarray")
                .text("x")
                .none()
                .tuple(3)
                .reduce()
                .stop(),
            OVERRIDE,
            "numpy.ndarray",
        ),
        (
            "a pickle in a pickle",
            a().bytes(&inner()).stop(),
            EXECUTES,
            id,
        ),
        (
            "a pickle in loads",
            a().global("pickle", "loads")
                .bytes(&inner())
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            "in the pickle inside the value",
        ),
        (
            "a pickle in base64",
            a().text(&base64(&inner())).stop(),
            EXECUTES,
            "(base64)",
        ),
        (
            "a pickle in hex",
            a().text(&hex::encode(inner())).stop(),
            EXECUTES,
            "(hex)",
        ),
        (
            "a pickle in zlib",
            a().bytes(&zlib(&inner())).stop(),
            EXECUTES,
            "(compressed)",
        ),
        (
            "a pickle in zlib in base64",
            a().text(&base64(&zlib(&inner()))).stop(),
            EXECUTES,
            "(base64, compressed)",
        ),
        (
            "a reversed pickle",
            a().bytes(&inner().into_iter().rev().collect::<Vec<_>>())
                .stop(),
            EXECUTES,
            "(reversed)",
        ),
        (
            "a pickle in a pickle in a pickle",
            a().bytes(&a().bytes(&inner()).stop()).stop(),
            EXECUTES,
            id,
        ),
        (
            "tensors by loading",
            a().global("torch.storage", "_load_from_bytes")
                .bytes(&inner())
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            id,
        ),
        (
            "the result of a call is called",
            a().call("my.module", "Thing", &[]).tuple(0).reduce().stop(),
            SUSPICIOUS,
            "calls my.module.Thing()",
        ),
        (
            "a default that is called",
            a().global("collections", "defaultdict")
                .global("builtins", "input")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            "builtins.input",
        ),
        (
            "code in a code object",
            a().global("types", "FunctionType")
                .call("types", "CodeType", &[])
                .tuple(1)
                .reduce()
                .stop(),
            "model/pickle-code",
            "types.CodeType",
        ),
        (
            "a method of a path",
            a().global("builtins", "getattr")
                .call("pathlib", "PosixPath", &["x"])
                .text("write_text")
                .tuple(2)
                .reduce()
                .text("y")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            "calls pathlib.PosixPath.write_text with 'y'",
        ),
        (
            "a method of another honest object",
            a().global("builtins", "getattr")
                .call("numpy", "ndarray", &[])
                .text("dump")
                .tuple(2)
                .reduce()
                .text("y")
                .tuple(1)
                .reduce()
                .stop(),
            EXECUTES,
            "calls numpy.ndarray.dump",
        ),
        (
            "names in a code object",
            a().global("types", "CodeType")
                .text("os")
                .text("system")
                .tuple(2)
                .tuple(1)
                .reduce()
                .stop(),
            "model/pickle-code",
            "The code reaches for system, os.",
        ),
        (
            "unknown codecs",
            a().call("_codecs", "encode", &["x", "evil"]).stop(),
            SUSPICIOUS,
            "codec",
        ),
        (
            "arguments in a list",
            system().op(b']').text("id").op(b'a').reduce().stop(),
            EXECUTES,
            "os.system",
        ),
        (
            "getattr on a class",
            a().global("builtins", "getattr")
                .global("torch.nn.modules.module", "Module")
                .text("__init__")
                .tuple(2)
                .reduce()
                .stop(),
            EXECUTES,
            "Module.__init__",
        ),
    ]
}

#[test]
fn every_evasion_is_found() {
    for (name, stream, rule, text) in cases() {
        let found = findings(&stream);
        assert!(
            found
                .iter()
                .any(|f| f.rule.as_str() == rule && f.message.contains(text)),
            "{name}: no {rule} with {text:?} in {:#?}",
            found
                .iter()
                .map(|f| (f.rule.as_str(), &f.message))
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_broken_honest_pickle_is_high_and_incomplete() {
    let stream = Asm::new(4)
        .global("collections", "OrderedDict")
        .tuple(0)
        .reduce()
        .open();
    let (_, out) = read_bytes(&stream, &PickleOptions::default());
    assert_eq!(out.findings.len(), 1);
    assert_eq!(out.findings[0].severity, Severity::High);
    assert_eq!(out.incomplete.len(), 1);
    // Nothing that can be called: only incomplete.
    let (_, out) = read_bytes(&Asm::new(4).list(&[1]).open(), &PickleOptions::default());
    assert!(out.findings.is_empty());
    assert_eq!(out.incomplete.len(), 1);
}

#[test]
fn bombs_cost_little() {
    // Tuples of tuples of themselves, 200 levels deep.
    let mut asm = Asm::new(4).none();
    for _ in 0..200 {
        asm = asm.op(b'2').op(0x86);
    }
    let tuples = asm.clone().stop();
    let calls = asm
        .raw(b"q\x07")
        .op(b'0')
        .global("my.module", "f")
        .raw(b"h\x07")
        .reduce()
        .stop();
    // A text that doubles.
    let mut asm = Asm::new(4).text("aaaaaaaaaaaaaaaa").raw(b"q\x01").op(b'0');
    for _ in 0..60 {
        asm = asm
            .global("operator", "add")
            .raw(b"h\x01h\x01")
            .tuple(2)
            .reduce()
            .raw(b"q\x01")
            .op(b'0');
    }
    let texts = asm.raw(b"h\x01").stop();
    // Calls of calls.
    let mut asm = Asm::new(4).global("builtins", "map").raw(b"q\x01");
    for _ in 0..40 {
        asm = asm
            .raw(b"h\x01")
            .op(b']')
            .raw(b"(h\x01h\x01h\x01h\x01h\x01h\x01h\x01h\x01e")
            .tuple(2)
            .reduce();
    }
    let maps = asm.stop();
    for stream in [tuples, calls, texts, maps] {
        let started = std::time::Instant::now();
        findings(&stream);
        assert!(started.elapsed().as_secs() < 5);
    }
}
