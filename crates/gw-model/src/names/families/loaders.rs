//! What loads pickles or other programs in data.

use crate::names::{Family, Reach};

pub(in crate::names) const FAMILY: Family = Family {
    reach: Reach::Unpickling,
    data: &[
        ("ZODB.**", "*"),
        ("_pickle", "*"),
        ("anyio.to_interpreter", "_Worker.call"),
        ("anyio.to_process", "run_sync"),
        ("cPickle", "*"),
        ("catboost.utils", "*"),
        ("cloudpickle", "load loads"),
        (
            "cloudpickle.cloudpickle",
            "_find_imported_submodules _getobject _lookup_module_and_qualname \
             _should_pickle_by_reference dynamic_subimport load loads register_pickle_by_value \
             subimport",
        ),
        ("cloudpickle.cloudpickle_fast", "load loads"),
        (
            "dill",
            "dump dump_session dumps load load_module load_session loads",
        ),
        (
            "dill._dill",
            "Unpickler _create_array _create_dtypemeta _create_filehandle _create_ftype \
             _create_functor _create_lock _create_module _create_namedtuple _create_rlock \
             _create_stringi _create_stringo _create_typing_tuple _create_weakproxy \
             _create_weakref _eval_repr _get_attr _getattribute _import_module _load_type \
             _locate_function _restore_modules _setattr load loads",
        ),
        ("dill.detect", "*"),
        ("dill.objtypes", "*"),
        ("dill.session", "*"),
        ("dill.source", "*"),
        ("dill.temp", "*"),
        ("fickling.**", "*"),
        ("hickle.**", "*"),
        ("joblib", "Memory Parallel delayed dump load"),
        ("joblib.backports", "*"),
        ("joblib.compressor", "*"),
        ("joblib.hashing", "*"),
        (
            "joblib.numpy_pickle",
            "NumpyUnpickler _unpickle dump load load_temporary_memmap",
        ),
        (
            "joblib.numpy_pickle_compat",
            "ZipNumpyUnpickler load_compatibility",
        ),
        ("joblib.numpy_pickle_utils", "*"),
        ("jsonpickle.**", "*"),
        (
            "keras.saving.pickle_utils",
            "deserialize_model_from_bytecode",
        ),
        ("keras.src.models.model", "model_from_json"),
        ("keras.src.saving.pickle_utils", "*"),
        (
            "keras.src.utils.torch_utils",
            "TorchModuleWrapper.from_config",
        ),
        ("klepto.**", "*"),
        ("lark.lark", "Lark Lark._load"),
        ("lightgbm.engine", "*"),
        ("marshal", "*"),
        ("numpy.compat.py3k", "*"),
        ("onnxruntime.**", "*"),
        ("openvino.**", "*"),
        ("pickle", "*"),
        ("pickle5", "*"),
        ("pickle5.**", "*"),
        ("scipy._lib._ccallback", "*"),
        ("sklearn.externals.joblib", "dump load"),
        ("sklearn.externals.joblib.numpy_pickle", "dump load"),
        (
            "sklearn.utils.estimator_checks",
            "check_estimators_pickle check_sparsify_coefficients",
        ),
        ("skops.**", "*"),
        ("skops.io.**", "*"),
        ("srsly._pickle_api", "*"),
        ("tensorflow.python.keras.saving.pickle_utils", "*"),
        ("tensorrt.**", "*"),
        ("torch", "load"),
        ("torch._weights_only_unpickler", "*"),
        ("torch.distributed.rpc.**", "*"),
        ("torch.jit", "load"),
        ("torch.package.package_importer", "*"),
        ("torch.serialization", "*"),
        ("torch.storage", "_load_from_bytes"),
        ("torch.utils.serialization.**", "*"),
        (
            "transformers.modeling_utils",
            "PreTrainedModel._load_pretrained_model load_state_dict",
        ),
        (
            "transformers.models.qwen2_5_omni.modeling_qwen2_5_omni",
            "Qwen2_5OmniForConditionalGeneration.load_speakers",
        ),
        (
            "transformers.models.qwen2_5_omni.modular_qwen2_5_omni",
            "Qwen2_5OmniForConditionalGeneration.load_speakers",
        ),
        (
            "transformers.models.rag.retrieval_rag",
            "LegacyIndex._deserialize_index LegacyIndex._load_passages",
        ),
        (
            "transformers.models.wav2vec2.modeling_wav2vec2",
            "Wav2Vec2PreTrainedModel.load_adapter",
        ),
        (
            "transformers.trainer",
            "Trainer._load_best_model Trainer._load_from_checkpoint \
             Trainer._load_optimizer_and_scheduler Trainer._load_rng_state Trainer._load_scaler",
        ),
        ("zodbpickle.**", "*"),
    ],
    code: &[
        "cloudpickle.load",
        "cloudpickle.loads",
        "dill",
        "dill._dill",
        "joblib.load",
        "joblib.numpy_pickle.load",
        "jsonpickle",
        "numpy.lib.format.read_array",
        "pandas.read_pickle",
        "pickle",
        "shelve",
        "sklearn.externals.joblib.load",
        "torch.jit.load",
        "torch.load",
        "torch.utils._config_module.ConfigModule.load_config",
        "yaml.full_load",
        "yaml.load",
        "yaml.load_all",
        "yaml.unsafe_load",
        "yaml.unsafe_load_all",
    ],
};
