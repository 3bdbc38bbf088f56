use super::*;

fn level(module: &str, attribute: &str) -> u8 {
    match judge(module, attribute) {
        Verdict::Safe => 0,
        Verdict::Unknown => 1,
        Verdict::Code => 2,
        Verdict::Dangerous(_) => 3,
    }
}

#[test]
fn honest_names_are_safe() {
    for (module, names) in [
        ("builtins", "list dict set frozenset object slice complex"),
        ("__builtin__", "list set object long unicode"),
        ("copy_reg", "_reconstructor"),
        ("copyreg", "__newobj__"),
        ("collections", "OrderedDict defaultdict deque Counter"),
        ("numpy.core.multiarray", "_reconstruct scalar"),
        ("numpy._core.multiarray", "_reconstruct scalar"),
        ("numpy", "ndarray dtype float64 log1p"),
        (
            "numpy.random._pickle",
            "__randomstate_ctor __bit_generator_ctor",
        ),
        ("sklearn.ensemble._forest", "RandomForestClassifier"),
        ("sklearn.ensemble.forest", "RandomForestRegressor"),
        ("sklearn.tree._tree", "Tree"),
        ("sklearn.tree.tree", "DecisionTreeClassifier"),
        (
            "sklearn._loss._loss",
            "CyHalfBinomialLoss __pyx_unpickle_CyHalfBinomialLoss",
        ),
        ("sklearn.pipeline", "Pipeline"),
        ("scipy.sparse._csr", "csr_matrix"),
        ("pandas.core.frame", "DataFrame"),
        ("pandas._libs.internals", "_unpickle_block"),
        ("xgboost.sklearn", "XGBClassifier"),
        ("xgboost.core", "Booster"),
        ("lightgbm.basic", "Booster"),
        ("catboost.core", "CatBoostClassifier"),
        ("torch._utils", "_rebuild_tensor_v2"),
        ("torch", "FloatStorage Size float32 device"),
        ("torch.nn.modules.conv", "Conv2d"),
        ("torch.optim.adam", "Adam"),
        ("torchvision.models.resnet", "ResNet BasicBlock"),
        ("timm.models.vision_transformer", "VisionTransformer"),
        (
            "torchvision.transforms.functional",
            "InterpolationMode.BILINEAR",
        ),
        ("transformers.models.bert.configuration_bert", "BertConfig"),
        ("omegaconf.dictconfig", "DictConfig"),
        ("joblib.numpy_pickle", "NumpyArrayWrapper"),
        ("datetime", "datetime timedelta"),
        ("pathlib", "PosixPath WindowsPath"),
        ("logging", "getLogger"),
        ("gensim.corpora.dictionary", "Dictionary"),
        ("gensim.corpora.hashdictionary", "HashDictionary"),
        ("gensim.models.keyedvectors", "KeyedVectors"),
        ("gensim.interfaces", "TransformedCorpus"),
    ] {
        for name in names.split(' ') {
            assert_eq!(judge(module, name), Verdict::Safe, "{module} {name}");
        }
    }
}

#[test]
fn gadgets_are_dangerous() {
    for (module, names) in [
        ("os", "system popen execv remove environ"),
        ("posix", "system"),
        ("nt", "system"),
        ("subprocess", "Popen call run"),
        ("commands", "getoutput"),
        (
            "builtins",
            "eval exec compile __import__ getattr setattr open breakpoint input globals",
        ),
        (
            "__builtin__",
            "eval execfile apply reduce raw_input file reload",
        ),
        ("importlib", "import_module"),
        ("importlib.util", "spec_from_file_location"),
        ("runpy", "run_path _run_code"),
        ("pip", "main"),
        ("pip._internal", "main"),
        ("ctypes", "CDLL"),
        ("cProfile", "run runctx"),
        ("timeit", "timeit"),
        ("pydoc", "pipepager locate"),
        ("pkgutil", "resolve_name"),
        ("asyncio.unix_events", "_UnixSubprocessTransport._start"),
        ("uuid", "_get_command_stdout _popen"),
        ("_osx_support", "_read_output"),
        ("imaplib", "IMAP4_stream"),
        ("test.support.script_helper", "assert_python_ok"),
        ("multiprocessing.util", "spawnv_passfds"),
        ("logging", "FileHandler"),
        ("logging.config", "listen dictConfig"),
        ("io", "open FileIO open_code"),
        ("pathlib", "Path.write_text PosixPath.unlink"),
        ("shutil", "rmtree move"),
        ("socket", "create_connection socket"),
        ("urllib.request", "urlopen urlretrieve"),
        ("urllib", "urlopen"),
        ("http.client", "HTTPSConnection"),
        ("webbrowser", "open"),
        ("pickle", "loads"),
        ("cPickle", "loads"),
        ("marshal", "loads"),
        ("types", "MethodType ModuleType"),
        ("functools", "reduce partial partialmethod"),
        ("operator", "attrgetter methodcaller itemgetter"),
        ("_operator", "attrgetter"),
        ("sys", "modules exit settrace"),
        ("torch", "load hub.load"),
        ("torch.hub", "load"),
        (
            "torch.utils._config_module",
            "load_config ConfigModule.load_config",
        ),
        ("torch.jit.unsupported_tensor_ops", "execWrapper"),
        ("torch.utils.bottleneck.__main__", "run_autograd_prof"),
        ("torch.distributed.rpc", "RemoteModule"),
        (
            "torch.fx.experimental.symbolic_shapes",
            "ShapeEnv.evaluate_guards_expression",
        ),
        ("numpy.f2py.capi_maps", "getinit"),
        ("numpy.f2py.crackfortran", "myeval _eval_length param_eval"),
        ("numpy.testing._private.utils", "runstring"),
        (
            "numpy",
            "load save memmap.tofile fromfile os sys __builtins__",
        ),
        ("pandas", "read_pickle eval io.common.urlopen"),
        ("pandas.core.computation.eval", "eval"),
        ("joblib", "load"),
        (
            "gensim.utils",
            "unpickle pickle open file_or_filename check_output copytree_hardlink pyro_daemon",
        ),
        ("gensim.downloader", "load"),
        ("dill._dill", "_create_filehandle _eval_repr _import_module"),
        ("sklearn.utils", "os sys __loader__"),
        ("dill", "loads"),
        ("cloudpickle", "loads"),
        (
            "idlelib.autocomplete",
            "AutoComplete.get_entity AutoComplete.fetch_completions",
        ),
        ("idlelib.run", "Executive.runcode"),
        ("lib2to3.pgen2.pgen", "ParserGenerator.make_label"),
        ("lib2to3.pgen2.grammar", "Grammar.loads"),
        ("code", "InteractiveInterpreter.runcode"),
        ("ensurepip", "_run_pip"),
        ("doctest", "debug_script"),
        ("profile", "Profile.run"),
        ("bdb", "Bdb.run"),
        ("trace", "Trace.run"),
        ("distutils.file_util", "write_file"),
        ("sqlite3", "connect"),
        ("ssl", "get_server_certificate"),
        ("smtplib", "SMTP"),
        ("ftplib", "FTP"),
        ("telnetlib", "Telnet"),
        ("_pyrepl.pager", "pipe_pager"),
        ("zipimport", "zipimporter"),
        ("atexit", "register"),
        ("weakref", "finalize"),
        ("threading", "Thread"),
        ("_thread", "start_new_thread"),
        ("signal", "signal"),
        ("inspect", "getattr_static"),
        ("gc", "get_objects"),
        ("codecs", "open"),
        ("linecache", "os.system"),
        ("collections", "abc.sys namedtuple _sys.modules"),
        ("random", "_os.system _os"),
        ("datetime", "sys.modules"),
        ("torch.nn.modules.module", "Module.__init__.__globals__"),
        ("sklearn.base", "BaseEstimator.__class__"),
        ("some.package", "os.system subprocess.Popen eval"),
        ("nltk.util", "parallelize_preprocess"),
        ("tensorflow", "py_function io.read_file"),
        ("jax.experimental.host_callback", "call"),
        ("yaml", "unsafe_load"),
    ] {
        for name in names.split(' ') {
            assert_eq!(level(module, name), 3, "{module} {name}");
        }
    }
}

#[test]
fn what_nobody_knows_is_suspicious() {
    for (module, names) in [
        ("__main__", "Model my_function"),
        ("my.package", "Thing"),
        ("sklearn.utils.validation", "check_array"),
        ("torch.nn.init", "xavier_uniform_"),
        ("torch", "set_default_dtype"),
        ("numpy", "unknown_function"),
        ("builtins", "print"),
        ("", "extension code 7"),
        ("collections.abc", "Mapping"),
        (
            "pandas.core.frame",
            "ABCDataFrame CachedAccessor Accessor StringAccessor",
        ),
        ("pandas.core.series", "SparseAccessor disallow"),
    ] {
        for name in names.split(' ') {
            let name = if module.is_empty() {
                "extension code 7"
            } else {
                name
            };
            assert_eq!(judge(module, name), Verdict::Unknown, "{module} {name}");
        }
    }
    assert_eq!(judge("os", ""), judge("os", "system"));
    assert_eq!(judge("numpy", ""), Verdict::Unknown);
}

#[test]
fn functions_by_value_are_code() {
    for (module, name) in [
        ("types", "CodeType"),
        ("builtins", "type"),
        ("abc", "ABCMeta"),
        ("types", "FunctionType"),
        ("cloudpickle.cloudpickle", "_make_function"),
        ("cloudpickle.cloudpickle", "_builtin_type"),
        ("cloudpickle.cloudpickle", "subimport"),
        ("dill._dill", "_create_function"),
    ] {
        assert_eq!(judge(module, name), Verdict::Code, "{module} {name}");
    }
    assert_eq!(level("dill._dill", "_import_module"), 3);
}

#[test]
fn functions_of_models_packages_are_data_until_they_are_called() {
    for (module, attribute, expected) in [
        (
            "sklearn.cluster._k_means_lloyd",
            "lloyd_iter_chunked_dense",
            true,
        ),
        ("sklearn.metrics._classification", "f1_score", true),
        ("scipy.special._ufuncs", "expit", true),
        ("gensim.utils", "identity", true),
        ("numpy.f2py.crackfortran", "crackline", false),
        ("numpy.testing._private.utils", "measure", false),
        ("sklearn.tests.test_base", "f", false),
        ("sklearn.utils", "validation.check_array", false),
        ("sklearn", "", false),
        ("sklearnx.utils", "f", false),
        ("my.package", "f", false),
    ] {
        assert_eq!(is_data(module, attribute), expected, "{module} {attribute}");
    }
}
