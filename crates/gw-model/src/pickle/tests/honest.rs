//! What honest files do with names that can be used for harm, and harm done with the same names.

use super::build::Asm;
use super::*;

/// The rules that a stream yields.
fn rules(bytes: &[u8]) -> Vec<String> {
    let found = findings(bytes);
    found
        .iter()
        .map(|finding| finding.rule.as_str().to_owned())
        .collect()
}

#[track_caller]
fn expect(asm: Asm, expected: &[&str]) {
    assert_eq!(rules(&asm.stop()), expected);
}

fn new() -> Asm {
    Asm::new(4)
}

/// An object of a class without arguments, with an attribute.
fn object(module: &str, class: &str) -> Asm {
    new().global(module, class).tuple(0).newobj()
}

#[test]
fn an_object_that_is_its_own_state_is_described() {
    let own = |object: Asm| object.op(0x94).raw(b"h\0").build().stop();
    for stream in [
        own(Asm::new(4).raw(b"ccollections\nOrderedDict\n)R")),
        own(Asm::new(4).raw(b"ccollections\nOrderedDict\n)R)R")),
    ] {
        let (outcome, _) = read_bytes(&stream, &PickleOptions::default());
        assert_eq!(outcome.roots.len(), 1);
    }
}

#[test]
fn models_of_gensim_are_data() {
    let state = |function: (&str, &str)| {
        object("gensim.models.tfidfmodel", "TfidfModel")
            .op(b'}')
            .text("wlocal")
            .global(function.0, function.1)
            .setitem()
            .build()
    };
    expect(state(("gensim.utils", "identity")), &[]);
    expect(state(("gensim.utils", "call_on_class_only")), &[]);
    expect(state(("gensim.models.tfidfmodel", "df2idf")), &[]);
    expect(state(("gensim.utils", "unpickle")), &[EXECUTES]);
    expect(state(("gensim.utils", "check_output")), &[EXECUTES]);
    expect(object("gensim.corpora.dictionary", "Dictionary"), &[]);
    expect(
        new().call("gensim.utils", "identity", &["a"]),
        &["model/pickle-suspicious"],
    );
}

#[test]
fn functions_that_are_named_are_data_and_those_that_are_called_are_not() {
    for (module, name) in [
        ("sklearn.cluster._k_means_elkan", "elkan_iter_chunked_dense"),
        ("sklearn.metrics._regression", "a_score"),
        ("scipy.spatial.distance", "a_distance"),
    ] {
        expect(new().global(module, name), &[]);
        expect(
            new().global(module, name).none().tuple(1).reduce(),
            &["model/pickle-suspicious"],
        );
        expect(
            new()
                .global("functools", "partial")
                .global(module, name)
                .tuple(1)
                .reduce(),
            &[],
        );
    }
    expect(
        new().global("my.metrics", "score"),
        &["model/pickle-suspicious"],
    );
    expect(new().global("sklearn.utils", "os"), &[EXECUTES]);
}

#[test]
fn arrays_of_dill_are_data_if_what_makes_them_is() {
    let array = |module: &str, name: &str| {
        new()
            .global("dill._dill", "_create_array")
            .op(b'(')
            .global(module, name)
            .global("numpy", "ndarray")
            .int(0)
            .tuple(1)
            .bytes(b"b")
            .tuple(3)
            .none()
            .none()
            .op(b't')
            .reduce()
    };
    expect(array("numpy.core.multiarray", "_reconstruct"), &[]);
    expect(array("numpy._core.multiarray", "_reconstruct"), &[]);
    let mut many = new()
        .global("dill._dill", "_create_array")
        .op(0x94)
        .global("numpy._core.multiarray", "_reconstruct")
        .op(0x94)
        .op(b'0')
        .op(b'0');
    for _ in 0..70_000 {
        many = many.raw(b"h\0h\x01)N\x87R0");
    }
    expect(many.none(), &[]);
    let found = rules(&array("os", "system").stop());
    assert_eq!(found, [EXECUTES, EXECUTES]);
    assert_eq!(rules(&array("my.module", "make").stop()).len(), 2);
}

#[test]
fn types_of_dill_are_what_they_name() {
    let kind = |name: &str| {
        new()
            .global("dill._dill", "_load_type")
            .text(name)
            .tuple(1)
            .reduce()
    };
    for name in ["dict", "list", "NoneType", "int"] {
        expect(kind(name), &[]);
    }
    expect(kind("CodeType"), &["model/pickle-code"]);
    expect(kind("eval"), &[EXECUTES]);
    let made = |name: &str| {
        new()
            .global("dill._dill", "_create_type")
            .global("dill._dill", "_load_type")
            .text(name)
            .tuple(1)
            .reduce()
            .text("x")
            .tuple(2)
            .reduce()
    };
    assert!(rules(&made("eval").stop()).contains(&EXECUTES.to_owned()));
    let tuple = |module: &str| {
        new()
            .global("dill._dill", "_create_namedtuple")
            .text("Point")
            .text("x y")
            .text(module)
            .tuple(3)
            .reduce()
    };
    expect(tuple("__main__"), &[]);
    expect(tuple("some.module"), &["model/pickle-suspicious"]);
    assert_eq!(rules(&tuple("os").stop())[0], EXECUTES);
}

#[test]
fn classes_that_read_files_are_data_until_they_are_given_a_name() {
    for (module, class) in [
        ("numpy", "memmap"),
        ("numpy._core.memmap", "memmap"),
        ("xgboost.core", "Booster"),
        ("xgboost.core", "DMatrix"),
        ("lightgbm.basic", "Booster"),
        ("lightgbm.basic", "Dataset"),
        ("catboost.core", "Pool"),
        ("gensim.models.word2vec", "Word2Vec"),
        ("gensim.corpora.mmcorpus", "MmCorpus"),
    ] {
        expect(new().global(module, class), &[]);
        expect(object(module, class), &[]);
        expect(new().call(module, class, &["/etc/passwd"]), &[EXECUTES]);
        // A path, a name among named arguments, and what makes the object of it.
        expect(
            new()
                .global(module, class)
                .call("pathlib", "PosixPath", &["/etc/passwd"])
                .tuple(1)
                .reduce(),
            &[EXECUTES],
        );
        expect(
            new()
                .global(module, class)
                .tuple(0)
                .op(b'}')
                .text("model_file")
                .text("/etc/passwd")
                .setitem()
                .op(0x92),
            &[EXECUTES],
        );
        expect(
            new()
                .global("copyreg", "__newobj__")
                .global(module, class)
                .text("/etc/passwd")
                .tuple(2)
                .reduce(),
            &[EXECUTES],
        );
        expect(
            new()
                .global("copyreg", "_reconstructor")
                .global(module, class)
                .global(module, class)
                .text("/etc/passwd")
                .tuple(3)
                .reduce(),
            &[EXECUTES],
        );
    }
    let mapped = new()
        .global("numpy._core.multiarray", "_reconstruct")
        .global("numpy", "memmap")
        .int(0)
        .tuple(1)
        .bytes(b"b")
        .tuple(3)
        .reduce();
    expect(mapped, &[]);
}
