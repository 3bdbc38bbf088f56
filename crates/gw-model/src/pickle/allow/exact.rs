//! Single names that honest files need: classes of the standard library that hold data, and the
//! functions by which libraries make their objects again. Each function was looked at: whatever
//! it is given, it makes a value.
//!
//! Sources: the `__reduce__` of each library, and files that it writes.

pub(super) const EXACT: &[(&str, &str)] = &[
    // Containers and numbers. `type` and others that need a look at their arguments are not here.
    (
        "builtins",
        "list dict set frozenset tuple int float complex bool str bytes bytearray object slice \
         range Ellipsis NotImplemented iter reversed enumerate zip NoneType ellipsis",
    ),
    (
        "builtins",
        "BaseException Exception ValueError TypeError KeyError IndexError AttributeError \
         RuntimeError ArithmeticError ZeroDivisionError OverflowError StopIteration OSError \
         IOError ImportError LookupError NotImplementedError AssertionError FloatingPointError \
         UnicodeError UnicodeDecodeError UnicodeEncodeError EOFError MemoryError NameError \
         PermissionError FileNotFoundError FileExistsError TimeoutError RecursionError Warning \
         UserWarning DeprecationWarning FutureWarning RuntimeWarning KeyboardInterrupt \
         StopAsyncIteration ConnectionError BufferError SystemError SyntaxError",
    ),
    // Functions of numbers and texts that estimators are given as parameters.
    (
        "builtins",
        "len abs max min sum round sorted any all repr ascii ord chr bin hex oct pow divmod hash",
    ),
    (
        "collections",
        "OrderedDict defaultdict Counter deque ChainMap UserDict UserList UserString",
    ),
    (
        "_collections",
        "OrderedDict defaultdict deque _deque_iterator",
    ),
    (
        "copyreg",
        "_reconstructor __newobj__ __newobj_ex__ pickle_complex _slotnames",
    ),
    ("_codecs", "encode"),
    ("codecs", "encode"),
    ("array", "array _array_reconstructor"),
    (
        "datetime",
        "date datetime time timedelta timezone tzinfo UTC",
    ),
    ("_pydatetime", "date datetime time timedelta timezone"),
    ("decimal", "Decimal Context ROUND_HALF_EVEN"),
    ("_decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("random", "Random"),
    ("_random", "Random"),
    ("uuid", "UUID SafeUUID"),
    (
        "pathlib",
        "PurePath PurePosixPath PureWindowsPath Path PosixPath WindowsPath",
    ),
    (
        "pathlib._local",
        "PurePath PurePosixPath PureWindowsPath Path PosixPath WindowsPath",
    ),
    (
        "ipaddress",
        "IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface",
    ),
    ("zoneinfo", "ZoneInfo ZoneInfo._unpickle"),
    ("zoneinfo._zoneinfo", "ZoneInfo ZoneInfo._unpickle"),
    // `getLogger` is how a logger is pickled: by its name.
    ("logging", "getLogger"),
    ("re", "compile _compile Pattern"),
    ("regex._regex_core", "_regex_pattern"),
    ("_regex_core", "_regex_pattern"),
    ("regex.regex", "_compile"),
    (
        "types",
        "SimpleNamespace MappingProxyType NoneType EllipsisType GenericAlias UnionType",
    ),
    ("argparse", "Namespace"),
    ("string", "ascii_letters digits punctuation"),
    (
        "math",
        "sqrt exp log log2 log10 log1p expm1 sin cos tan floor ceil fabs pow inf nan pi e isnan",
    ),
    ("numbers", "Number Integral Real Complex Rational"),
    (
        "typing",
        "Any Union Optional List Dict Set Tuple Callable Sequence Mapping Iterable Generic TypeVar",
    ),
    (
        "itertools",
        "count repeat chain chain.from_iterable cycle product combinations permutations islice",
    ),
    ("operator", "add sub mul truediv neg"),
    ("struct", "Struct"),
    ("zlib", "adler32 crc32"),
    ("inspect", "Signature Parameter _ParameterKind"),
    ("statistics", "NormalDist"),
    ("time", "struct_time"),
    (
        "urllib.parse",
        "ParseResult SplitResult ParseResultBytes SplitResultBytes",
    ),
    ("io", "BytesIO StringIO"),
    ("_io", "BytesIO StringIO"),
    // NumPy.
    (
        "numpy",
        "ndarray dtype bool_ bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp \
         intc uintc int_ uint byte ubyte short ushort longlong ulonglong long ulong float16 float32 \
         float64 float128 float96 half single double longdouble complex64 complex128 complex256 \
         csingle cdouble clongdouble datetime64 timedelta64 object_ str_ bytes_ void unicode_ \
         string_ float_ complex_ generic number integer signedinteger unsignedinteger inexact \
         floating complexfloating flexible character float int object str complex matrix recarray \
         record chararray ufunc poly1d nan inf newaxis pi e dtypes iinfo finfo _NoValue",
    ),
    (
        "numpy",
        "add subtract multiply divide true_divide floor_divide negative power mod remainder abs \
         absolute fabs sign exp exp2 log log2 log10 log1p expm1 sqrt square cbrt reciprocal sin cos \
         tan arcsin arccos arctan sinh cosh tanh maximum minimum fmax fmin isnan isfinite isinf \
         floor ceil rint trunc logical_and logical_or logical_not logical_xor greater \
         greater_equal less less_equal equal not_equal mean median sum std var max min amax amin \
         argmax argmin prod ptp quantile percentile nanmean nanmedian nanstd nanvar nansum nanmax \
         nanmin any all unique zeros ones empty array asarray ravel reshape transpose concatenate \
         stack hstack vstack clip round around cumsum cumprod diff sort argsort where linspace \
         arange logspace eye identity full dot matmul size shape expand_dims squeeze nan_to_num \
         vectorize heaviside hypot arctan2 sinc average count_nonzero zeros_like ones_like deg2rad rad2deg",
    ),
    (
        "numpy.core.multiarray",
        "_reconstruct scalar ndarray dtype array",
    ),
    (
        "numpy._core.multiarray",
        "_reconstruct scalar ndarray dtype array",
    ),
    ("numpy.core._multiarray_umath", "_reconstruct scalar"),
    ("numpy._core._multiarray_umath", "_reconstruct scalar"),
    // What they are given the name of is looked at where they are called.
    ("numpy", "memmap"),
    ("numpy.core.memmap", "memmap"),
    ("numpy._core.memmap", "memmap"),
    ("numpy.memmap", "memmap"),
    // What `dill` makes values with that other pickles have no name for.
    (
        "dill._dill",
        "_create_lock _create_rlock _create_stringi _create_stringo _create_typing_tuple \
         _create_weakref",
    ),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy.core", "_ufunc_reconstruct"),
    ("numpy._core", "_ufunc_reconstruct"),
    // `_reconstruct` is what NumPy before 1.0 calls its arrays' reconstructor.
    (
        "numpy.core._internal",
        "_convert_to_stringdtype_kwargs _reconstruct",
    ),
    ("numpy._core._internal", "_convert_to_stringdtype_kwargs"),
    ("numpy.core._dtype", "_construction_repr"),
    ("numpy.core.records", "recarray record"),
    ("numpy._core.records", "recarray record"),
    ("numpy.rec", "recarray record"),
    ("numpy.matrixlib.defmatrix", "matrix"),
    ("numpy.core.defchararray", "chararray"),
    ("numpy.char", "chararray"),
    ("numpy._globals", "_NoValueType _CopyMode"),
    ("numpy._core._multiarray_umath", "StringDType"),
    (
        "numpy.dtypes",
        "BoolDType BytesDType CLongDoubleDType Complex128DType Complex64DType DateTime64DType \
         Float16DType Float32DType Float64DType Int16DType Int32DType Int64DType Int8DType \
         LongDoubleDType LongLongDType ObjectDType StrDType StringDType TimeDelta64DType UInt16DType \
         UInt32DType UInt64DType UInt8DType ULongLongDType VoidDType ByteDType UByteDType ShortDType \
         UShortDType IntDType UIntDType LongDType ULongDType",
    ),
    (
        "numpy.ma.core",
        "_mareconstruct MaskedArray MaskedConstant mvoid",
    ),
    ("numpy.ma", "MaskedArray _mareconstruct"),
    ("numpy.ma.mrecords", "_mrreconstruct MaskedRecords"),
    ("numpy.lib.polynomial", "poly1d"),
    ("numpy.lib._polynomial_impl", "poly1d"),
    ("numpy.polynomial.polynomial", "Polynomial"),
    ("numpy.polynomial.chebyshev", "Chebyshev"),
    ("numpy.polynomial.legendre", "Legendre"),
    ("numpy.polynomial.hermite", "Hermite"),
    ("numpy.random", "RandomState Generator mtrand"),
    (
        "numpy.random._pickle",
        "__randomstate_ctor __generator_ctor __bit_generator_ctor",
    ),
    ("numpy.random.mtrand", "RandomState __RandomState_ctor"),
    ("mtrand", "__RandomState_ctor"),
    ("numpy.random._generator", "Generator"),
    ("numpy.random.generator", "Generator"),
    ("numpy.random._mt19937", "MT19937"),
    ("numpy.random._pcg64", "PCG64 PCG64DXSM"),
    ("numpy.random._philox", "Philox"),
    ("numpy.random._sfc64", "SFC64"),
    (
        "numpy.random.bit_generator",
        "SeedSequence SeedlessSeedSequence __pyx_unpickle_SeedlessSequence \
         __pyx_unpickle_SeedSequence _legacy_seeding",
    ),
    (
        "numpy.random._bit_generator",
        "SeedSequence __pyx_unpickle_SeedlessSequence",
    ),
    ("_numpypy.multiarray", "_reconstruct scalar"),
    ("cupy._core.core", "array"),
    (
        "ml_dtypes",
        "bfloat16 float8_e4m3fn float8_e5m2 float8_e4m3b11fnuz int4 uint4",
    ),
    (
        "ml_dtypes._ml_dtypes_ext",
        "bfloat16 float8_e4m3fn float8_e5m2",
    ),
    // Arrays of joblib.
    (
        "joblib.numpy_pickle",
        "NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper",
    ),
    (
        "joblib.numpy_pickle_compat",
        "NDArrayWrapper ZNDArrayWrapper",
    ),
    (
        "sklearn.externals.joblib.numpy_pickle",
        "NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper",
    ),
    (
        "sklearn.externals.joblib.numpy_pickle_compat",
        "NDArrayWrapper ZNDArrayWrapper",
    ),
    // SciPy.
    (
        "scipy.special._ufuncs",
        "expit logit gammaln erf erfinv xlogy",
    ),
    (
        "scipy.special",
        "expit logit gammaln erf erfinv xlogy softmax logsumexp",
    ),
    ("scipy._lib.array_api_compat.numpy._aliases", "asarray"),
    ("scipy._lib._bunch", "_make_tuple_bunch"),
    // pandas.
    ("pandas._libs.internals", "_unpickle_block BlockPlacement"),
    (
        "pandas._libs.arrays",
        "__pyx_unpickle_NDArrayBacked NDArrayBacked",
    ),
    (
        "pandas._libs.tslibs.timestamps",
        "_unpickle_timestamp Timestamp",
    ),
    (
        "pandas._libs.tslibs.timedeltas",
        "_timedelta_unpickle Timedelta",
    ),
    ("pandas._libs.tslibs.nattype", "_nat_unpickle NaTType"),
    ("pandas._libs.tslibs.period", "period_unpickle Period"),
    (
        "pandas._libs.tslibs.offsets",
        "__pyx_unpickle_BaseOffset to_offset _to_offset",
    ),
    ("pandas._libs.missing", "NAType NA"),
    ("pandas", "NA NaT"),
    ("pandas.core.indexes.base", "_new_Index"),
    ("pandas.indexes.base", "_new_Index"),
    ("pandas.core.index", "_new_Index Int64Index Index"),
    ("pandas.core.indexes.datetimes", "_new_DatetimeIndex"),
    ("pandas.core.indexes.period", "_new_PeriodIndex"),
    ("pandas.core.indexes.timedeltas", "_new_TimedeltaIndex"),
    ("pandas.core.indexes.interval", "_new_IntervalIndex"),
    ("pandas.tseries.index", "_new_DatetimeIndex DatetimeIndex"),
    ("pandas.core.internals.managers", "_unpickle_block"),
    ("pandas.core.internals.blocks", "new_block make_block"),
    ("pandas._libs.sparse", "IntIndex BlockIndex"),
    // scikit-learn.
    ("sklearn.utils._bunch", "Bunch"),
    (
        "sklearn.neighbors._ball_tree",
        "newObj BallTree BallTree64 BallTree32 VALID_METRICS",
    ),
    (
        "sklearn.neighbors._kd_tree",
        "newObj KDTree KDTree64 KDTree32",
    ),
    ("sklearn.neighbors.ball_tree", "newObj BallTree"),
    ("sklearn.neighbors.kd_tree", "newObj KDTree"),
    ("sklearn.neighbors.dist_metrics", "newObj EuclideanDistance"),
    (
        "sklearn.neighbors._dist_metrics",
        "newObj EuclideanDistance",
    ),
    ("sklearn.metrics._dist_metrics", "newObj"),
    (
        "sklearn.linear_model._base",
        "_check_precomputed_gram_matrix",
    ),
    ("sklearn._loss._loss", "__pyx_unpickle_CyLossFunction"),
    ("sklearn._loss.link", "IdentityLink LogLink LogitLink"),
    (
        "sklearn.feature_selection._univariate_selection",
        "f_classif f_regression chi2 r_regression f_oneway",
    ),
    (
        "sklearn.feature_selection.univariate_selection",
        "f_classif f_regression chi2 f_oneway",
    ),
    (
        "sklearn.feature_selection._mutual_info",
        "mutual_info_classif mutual_info_regression",
    ),
    ("sklearn.metrics._scorer", "_passthrough_scorer make_scorer"),
    (
        "sklearn.metrics._classification",
        "accuracy_score f1_score precision_score recall_score log_loss balanced_accuracy_score \
         matthews_corrcoef jaccard_score brier_score_loss fbeta_score cohen_kappa_score",
    ),
    (
        "sklearn.metrics._regression",
        "mean_squared_error mean_absolute_error r2_score mean_squared_log_error \
         median_absolute_error max_error explained_variance_score root_mean_squared_error \
         mean_absolute_percentage_error mean_poisson_deviance mean_gamma_deviance",
    ),
    (
        "sklearn.metrics._ranking",
        "roc_auc_score average_precision_score top_k_accuracy_score ndcg_score",
    ),
    (
        "sklearn.metrics.pairwise",
        "rbf_kernel linear_kernel polynomial_kernel sigmoid_kernel cosine_similarity \
         euclidean_distances manhattan_distances cosine_distances laplacian_kernel chi2_kernel",
    ),
    ("sklearn.decomposition._fastica", "_logcosh _exp _cube"),
    ("sklearn.utils.fixes", "MaskedArray"),
    // Boosting.
    ("xgboost.core", "Booster"),
    (
        "lightgbm.callback",
        "_EarlyStoppingCallback _RecordEvaluationCallback _LogEvaluationCallback",
    ),
    ("catboost._catboost", "_CatBoost Pool"),
    // Torch. Rebuilding takes storages that the application finds for persistent ids.
    (
        "torch._utils",
        "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter \
         _rebuild_parameter_with_state _rebuild_qtensor _rebuild_sparse_tensor \
         _rebuild_sparse_csr_tensor _rebuild_nested_tensor _rebuild_device_tensor_from_numpy \
         _rebuild_device_tensor_from_cpu_tensor _rebuild_meta_tensor_no_storage \
         _rebuild_wrapper_subclass _rebuild_xla_tensor _rebuild_mlc_tensor _rebuild_ort_tensor",
    ),
    (
        "torch._tensor",
        "Tensor _rebuild_from_type_v2 _rebuild_from_type",
    ),
    ("torch.tensor", "_rebuild_from_type _rebuild_from_type_v2"),
    (
        "torch.nn.parameter",
        "Parameter Buffer UninitializedParameter UninitializedBuffer",
    ),
    ("torch.serialization", "_get_layout"),
    (
        "torch.nested._internal.nested_tensor",
        "NestedTensor _rebuild_njt",
    ),
    // What modules with hooks hold. The hooks themselves are named beside them.
    ("torch.nn.modules.module", "_WrappedHook"),
    ("torch.utils.hooks", "RemovableHandle"),
    // How a schedule's factor follows from a number.
    (
        "torch.optim.lr_scheduler",
        "CyclicLR._triangular_scale_fn CyclicLR._triangular2_scale_fn CyclicLR._exp_range_scale_fn",
    ),
    (
        "torch.optim.swa_utils",
        "SWALR._linear_anneal SWALR._cosine_anneal",
    ),
    (
        "torch.utils.data.dataset",
        "TensorDataset Subset ConcatDataset",
    ),
    (
        "torch.utils.data.sampler",
        "SequentialSampler RandomSampler BatchSampler SubsetRandomSampler WeightedRandomSampler",
    ),
    // What is where in a distributed checkpoint: its `.metadata`.
    (
        "torch.distributed.checkpoint.metadata",
        "BytesStorageMetadata ChunkStorageMetadata Metadata MetadataIndex StorageMeta \
         TensorProperties TensorStorageMetadata _MEM_FORMAT_ENCODING",
    ),
    ("torch.distributed.checkpoint.filesystem", "_StorageInfo"),
    // How a distributed tensor is laid out.
    ("torch.distributed.tensor", "DTensor"),
    (
        "torch.distributed.tensor._dtensor_spec",
        "DTensorSpec ShardOrderEntry TensorMeta",
    ),
    (
        "torch.distributed.tensor.placement_types",
        "Partial Replicate Shard",
    ),
    ("torch.distributed.device_mesh", "DeviceMesh"),
    ("torch.distributed._mesh_layout", "_FlatLayout _MeshLayout"),
    // What TorchScript's own pickles make lists and values of a type with.
    (
        "torch.jit._pickle",
        "build_boollist build_doublelist build_intlist build_tensor_from_id build_tensorlist \
         restore_type_tag",
    ),
    (
        "torch.storage",
        "UntypedStorage TypedStorage _UntypedStorage _TypedStorage",
    ),
    (
        "torch",
        "Tensor Size device dtype layout memory_format finfo Generator FloatStorage DoubleStorage \
         HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage ByteStorage \
         BoolStorage ComplexFloatStorage ComplexDoubleStorage QInt8Storage QUInt8Storage \
         QInt32Storage QUInt4x2Storage QUInt2x4Storage UntypedStorage TypedStorage float float16 \
         float32 float64 half double bfloat16 int int8 int16 int32 int64 uint8 uint16 uint32 uint64 \
         short long bool complex32 complex64 complex128 cfloat cdouble chalf qint8 quint8 qint32 \
         quint4x2 quint2x4 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz \
         float8_e8m0fnu float4_e2m1fn_x2 int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3 \
         uint4 uint5 uint6 uint7 bits8 bits16 bits1x8 bits2x4 bits4x2 bcomplex32 strided sparse_coo sparse_csr contiguous_format channels_last \
         preserve_format channels_last_3d per_tensor_affine per_channel_affine \
         per_tensor_symmetric per_channel_symmetric FloatTensor DoubleTensor HalfTensor LongTensor \
         IntTensor ShortTensor CharTensor ByteTensor BoolTensor BFloat16Tensor",
    ),
    (
        "torch.cuda",
        "FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage \
         ShortStorage CharStorage ByteStorage BoolStorage FloatTensor DoubleTensor HalfTensor \
         LongTensor IntTensor ShortTensor CharTensor ByteTensor BoolTensor BFloat16Tensor",
    ),
    (
        "torch._C",
        "_nn.gelu _nn.gelu_ _nn.silu _nn.hardswish _disabled_torch_function_impl",
    ),
    (
        "torch",
        "relu tanh sigmoid softmax log_softmax exp sqrt add mul matmul nn.Module selu celu rrelu",
    ),
    (
        "torch.nn.functional",
        "relu gelu silu elu selu celu leaky_relu tanh sigmoid softmax log_softmax mish hardswish \
         hardsigmoid hardtanh relu6 softplus softsign cross_entropy mse_loss l1_loss nll_loss \
         binary_cross_entropy binary_cross_entropy_with_logits smooth_l1_loss huber_loss dropout \
         layer_norm normalize pad interpolate one_hot linear logsigmoid glu prelu kl_div",
    ),
    (
        "torch._C._nn",
        "gelu gelu_ silu silu_ hardswish hardsigmoid elu leaky_relu mish hardtanh relu6 \
         log_sigmoid softplus",
    ),
    (
        "transformers.activations",
        "gelu_new gelu_fast gelu quick_gelu swish mish linear_act",
    ),
    ("fastcore.foundation", "L"),
    // How metrics and similarities are computed from tensors.
    (
        "torchmetrics.utilities.data",
        "dim_zero_cat dim_zero_max dim_zero_mean dim_zero_min dim_zero_sum",
    ),
    ("torchmetrics.metric", "jit_distributed_available"),
    ("torchvision.ops.boxes", "box_iou"),
    (
        "sentence_transformers.util.similarity",
        "cos_sim dot_score pairwise_cos_sim pairwise_dot_score",
    ),
    // Keras, JAX.
    ("tensorflow.python.framework.dtypes", "as_dtype DType"),
    (
        "tensorflow.python.framework.tensor_shape",
        "TensorShape Dimension",
    ),
    (
        "tensorflow.python.trackable.data_structures",
        "ListWrapper _DictWrapper",
    ),
    (
        "tensorflow.python.training.tracking.data_structures",
        "ListWrapper _DictWrapper",
    ),
    ("jax._src.array", "_reconstruct_array ArrayImpl"),
    ("jax._src.device_array", "reconstruct_device_array"),
    ("jax.interpreters.xla", "DeviceArray _DeviceArray"),
    ("flax.core.frozen_dict", "FrozenDict freeze"),
    // Text.
    ("spacy.tokens.doc", "unpickle_doc Doc"),
    ("spacy.vocab", "unpickle_vocab Vocab"),
    ("spacy.strings", "StringStore"),
    ("spacy.tokens.span", "Span"),
    ("spacy.vectors", "Vectors unpickle_vectors"),
    ("spacy.tokenizer", "Tokenizer"),
    ("preshed.maps", "PreshMap"),
    ("thinc.neural.ops", "NumpyOps"),
    ("thinc.neural._classes.model", "Model"),
    ("nltk.probability", "FreqDist ConditionalFreqDist"),
    ("nltk.corpus.reader.wordnet", "Synset Lemma"),
    (
        "pyarrow.lib",
        "_restore_array type_for_alias _rebuild_from_type py_buffer ListType StringType",
    ),
    ("polars.dataframe.frame", "DataFrame"),
    // Times and the like.
    ("dateutil.tz.tz", "tzutc tzoffset tzlocal tzfile"),
    ("dateutil.tz", "tzutc tzoffset tzlocal"),
    ("dateutil.relativedelta", "relativedelta"),
    ("pytz", "_UTC _p utc"),
    ("pytz.tzfile", "_p"),
    ("pendulum.tz.timezone", "Timezone"),
    ("easydict", "EasyDict"),
    ("addict.addict", "Dict"),
    ("munch", "Munch"),
    ("box.box", "Box"),
    (
        "ml_collections.config_dict.config_dict",
        "ConfigDict FrozenConfigDict",
    ),
    ("yacs.config", "CfgNode"),
    ("fvcore.common.config", "CfgNode"),
    ("mmengine.config.config", "ConfigDict"),
    ("mmengine.logging.history_buffer", "HistoryBuffer"),
    ("sortedcontainers.sorteddict", "SortedDict"),
    ("sortedcontainers.sortedlist", "SortedList SortedKeyList"),
    ("frozendict", "frozendict"),
    ("bidict", "bidict"),
    ("packaging.version", "Version"),
    ("torch.torch_version", "TorchVersion"),
    ("torch.version", "TorchVersion"),
    ("shapely.geometry", "Point Polygon LineString MultiPolygon"),
    (
        "transformers.tokenization_utils_base",
        "BatchEncoding AddedToken",
    ),
    (
        "transformers.trainer_callback",
        "TrainerState TrainerControl",
    ),
    (
        "transformers.trainer_utils",
        "IntervalStrategy SchedulerType HubStrategy EvaluationStrategy SaveStrategy FSDPOption",
    ),
    (
        "transformers.training_args",
        "OptimizerNames TrainingArguments ParallelMode",
    ),
    (
        "transformers.training_args_seq2seq",
        "Seq2SeqTrainingArguments",
    ),
];
