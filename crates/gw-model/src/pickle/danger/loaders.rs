//! What loads pickles or other programs in data.

use super::Family;

pub(super) const FAMILY: Family = Family {
    does: "which loads a pickle or a program in data",
    entries: &[
        ("ZODB.**", "*"),
        ("_pickle", "*"),
        ("cPickle", "*"),
        ("catboost.utils", "*"),
        ("cloudpickle", "load loads subimport"),
        (
            "cloudpickle.cloudpickle",
            "_find_imported_submodules _getobject _lookup_module_and_qualname \
             _should_pickle_by_reference dynamic_subimport load loads \
             register_pickle_by_value subimport",
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
        ("klepto.**", "*"),
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
        ("zodbpickle.**", "*"),
    ],
};
