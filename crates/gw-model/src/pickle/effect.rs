/// What calling a global does to values, where the machine follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It is not followed.
    Opaque,
    /// `import_module(name)`: the module. `__import__("a.b")` gives `a`, or `a.b` if it is asked
    /// for names in it; the dangerous reading is the deeper one.
    Import,
    /// `resolve_name("a.b:c")`.
    Resolve,
    /// `getattr(value, name)`.
    GetAttribute,
    /// `attrgetter(name, ...)`, `itemgetter(key, ...)` and `methodcaller(name, ...)`, which are
    /// called with a value later.
    AttributeGetter,
    ItemGetter,
    MethodCaller,
    /// `getitem(value, key)`.
    GetItem,
    /// `setattr(value, name, new)`, `setitem(value, key, new)`.
    Set,
    /// `partial(callable, ...)`, which is called with the rest later.
    Partial,
    /// `_ufunc_reconstruct(module, name)`, which imports one and gets the other from it.
    ImportAttribute,
    /// `reduce(callable, values, first)`.
    Reduce,
    /// `map(callable, values, ...)` and those that call with one item at a time; `filter`.
    Map,
    /// `starmap(callable, values)`.
    StarMap,
    /// A callable with arguments behind it: `operator.call(callable, ...)`, `atexit.register`.
    Apply,
    /// `apply(callable, arguments)`, `start_new_thread(callable, arguments)`.
    Spread,
    /// `Thread(group, target, name, args)`.
    Thread,
    /// `type(value)` and `type(name, bases, dict)`.
    Type,
    /// `loads(bytes)`.
    Load,
    /// `torch.storage._load_from_bytes(bytes)`, which is honest if the bytes are.
    LoadTensor,
    /// `vars(module)`.
    Namespace,
    /// A class that makes its object of a file if it is given a file's name.
    Opens,
    /// `dill`'s `_create_array(function, arguments, state)`: an array, if the function makes one.
    CreateArray,
    /// `dill`'s `_create_type(class, arguments...)`.
    CreateType,
    /// `dill`'s `_load_type(name)`: a name of `builtins` or of `types`.
    LoadType,
    /// `dill`'s `_create_namedtuple(name, fields, module)`, which looks for the class in the module
    /// before it makes one.
    CreateNamedTuple,
    /// A function of texts, bytes and numbers that has no effect.
    Pure,
    /// `list(values)`, `tuple(values)`.
    Collect,
    /// `encode(text, codec)`, which is honest with the codecs of Python's own pickles.
    Encode,
}

impl Effect {
    /// Whether a call may be harmless, depending on its arguments.
    pub(super) const fn depends(self) -> bool {
        matches!(
            self,
            Self::GetAttribute
                | Self::ItemGetter
                | Self::Partial
                | Self::Type
                | Self::LoadTensor
                | Self::CreateArray
                | Self::CreateType
                | Self::LoadType
                | Self::CreateNamedTuple
        )
    }
}

pub(super) fn of(module: &str, attribute: &str) -> Effect {
    match (module, attribute) {
        ("importlib" | "importlib._bootstrap", "import_module" | "__import__" | "_gcd_import")
        | ("builtins" | "__builtin__", "__import__")
        | ("imp", "load_module" | "find_module")
        | ("dill._dill", "_import_module")
        | ("cloudpickle.cloudpickle" | "cloudpickle", "subimport") => Effect::Import,
        ("numpy.core" | "numpy._core", "_ufunc_reconstruct")
        | ("scipy._lib._uarray._backend", "unpickle_function")
        | ("cloudpickle.cloudpickle", "_lookup_module_and_qualname")
        | ("pickle" | "_pickle" | "cPickle", "whichmodule") => Effect::ImportAttribute,
        ("pkgutil", "resolve_name")
        | ("pydoc", "locate" | "resolve")
        | ("logging.config", "_resolve") => Effect::Resolve,
        ("builtins" | "__builtin__", "getattr") | ("inspect", "getattr_static") => {
            Effect::GetAttribute
        }
        ("operator" | "_operator", "attrgetter") => Effect::AttributeGetter,
        ("operator" | "_operator", "itemgetter") => Effect::ItemGetter,
        ("operator" | "_operator", "methodcaller") => Effect::MethodCaller,
        ("operator" | "_operator", "getitem" | "__getitem__") => Effect::GetItem,
        ("operator" | "_operator", "setitem" | "__setitem__" | "delitem")
        | ("builtins" | "__builtin__", "setattr" | "delattr") => Effect::Set,
        ("functools" | "_functools", "partial" | "partialmethod") => Effect::Partial,
        ("functools" | "_functools", "reduce") | ("__builtin__", "reduce") => Effect::Reduce,
        ("builtins" | "__builtin__", "map" | "filter") => Effect::Map,
        ("itertools", "imap" | "ifilter" | "filterfalse" | "takewhile" | "dropwhile") => {
            Effect::Map
        }
        ("itertools", "starmap") => Effect::StarMap,
        ("operator" | "_operator", "call")
        | ("atexit", "register")
        | ("functools", "cached_property" | "singledispatch" | "lru_cache" | "cache" | "wraps")
        | ("contextlib", "contextmanager")
        | ("cProfile" | "profile", "runcall")
        | ("asyncio", "run") => Effect::Apply,
        ("__builtin__", "apply") | ("_thread" | "thread", "start_new_thread" | "start_new") => {
            Effect::Spread
        }
        ("threading", "Thread" | "Timer") => Effect::Thread,
        ("builtins" | "__builtin__", "type") | ("dill._dill", "_create_dtypemeta") => Effect::Type,
        ("dill._dill", "_create_array") => Effect::CreateArray,
        ("dill._dill", "_create_type") => Effect::CreateType,
        ("dill._dill", "_load_type") => Effect::LoadType,
        ("dill._dill", "_create_namedtuple") => Effect::CreateNamedTuple,
        // `cls.__new__(cls, ...)`, and with named arguments.
        ("copyreg" | "copy_reg", "__newobj__") => Effect::Apply,
        ("copyreg" | "copy_reg", "__newobj_ex__") => Effect::Spread,
        ("builtins" | "__builtin__", "vars") => Effect::Namespace,
        (
            "builtins" | "__builtin__",
            "list" | "tuple" | "set" | "frozenset" | "iter" | "sorted",
        ) => Effect::Collect,
        (
            "pickle"
            | "_pickle"
            | "cPickle"
            | "dill"
            | "dill._dill"
            | "cloudpickle"
            | "cloudpickle.cloudpickle"
            | "marshal"
            | "pickle5",
            "loads" | "_loads",
        ) => Effect::Load,
        ("torch.storage", "_load_from_bytes") => Effect::LoadTensor,
        ("_codecs" | "codecs", "encode") => Effect::Encode,
        ("_codecs" | "codecs", _)
        | ("base64" | "binascii" | "zlib" | "gzip", _)
        | (
            "operator" | "_operator",
            "add" | "concat" | "iadd" | "iconcat" | "__add__" | "__concat__" | "mod" | "__mod__"
            | "mul" | "__mul__",
        )
        | ("urllib.parse" | "urllib", "unquote" | "unquote_plus")
        | (
            "builtins" | "__builtin__",
            "str" | "bytes" | "bytearray" | "chr" | "ord" | "int" | "unichr" | "unicode"
            | "reversed" | "format" | "repr" | "ascii",
        ) => Effect::Pure,
        // Methods of texts and bytes, taken from their class.
        ("builtins" | "__builtin__", name)
            if name.starts_with("str.")
                || name.starts_with("bytes.")
                || name.starts_with("bytearray.") =>
        {
            Effect::Pure
        }
        _ if opens(module, attribute) => Effect::Opens,
        _ => Effect::Opaque,
    }
}

/// Classes that read the file they are given the name of, by their package: from the signatures of
/// their constructors.
const OPENING: &[(&str, &[&str])] = &[
    ("numpy", &["memmap"]),
    (
        "xgboost",
        &[
            "Booster",
            "DMatrix",
            "DeviceQuantileDMatrix",
            "ExtMemQuantileDMatrix",
            "QuantileDMatrix",
        ],
    ),
    ("lightgbm", &["Booster", "Dataset"]),
    ("catboost", &["FeaturesData", "Pool", "_PoolBase"]),
    (
        "gensim",
        &[
            "AnnoyIndexer",
            "BleiCorpus",
            "CsvCorpus",
            "CythonLineSentence",
            "Doc2Vec",
            "FastText",
            "IndexedCorpus",
            "LineSentence",
            "LowCorpus",
            "MalletCorpus",
            "MmCorpus",
            "NmslibIndexer",
            "OpinosisCorpus",
            "PathLineSentences",
            "PoincareRelations",
            "ShardedCorpus",
            "Similarity",
            "SvmLightCorpus",
            "TaggedLineDocument",
            "TextCorpus",
            "TextDirectoryCorpus",
            "UciCorpus",
            "WikiCorpus",
            "Word2Vec",
        ],
    ),
];

fn opens(module: &str, attribute: &str) -> bool {
    let package = module.split('.').next().unwrap_or_default();
    if package == "transformers" {
        // They are made of files of words.
        return attribute.ends_with("Tokenizer") || attribute.ends_with("Processor");
    }
    OPENING
        .iter()
        .any(|(of, classes)| *of == package && classes.contains(&attribute))
}
