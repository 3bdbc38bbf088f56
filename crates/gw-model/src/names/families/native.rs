//! What loads or calls machine code.

use crate::names::{Family, Reach};

pub(in crate::names) const FAMILY: Family = Family {
    reach: Reach::Native,
    data: &[
        ("_ctypes", "*"),
        ("ctypes.**", "*"),
        ("dateutil.tz.win", "tzres"),
        ("numpy.ctypeslib.**", "*"),
        (
            "threadpoolctl",
            "ThreadpoolController._get_libc ThreadpoolController._get_windll \
             _CDLLCache.create_controller _CDLLCache.get_cdll",
        ),
    ],
    code: &[
        "_ctypes",
        "cffi",
        "ctypes",
        "imp.load_dynamic",
        "importlib.machinery.ExtensionFileLoader",
        "mmap.mmap",
        "numpy.ctypeslib.load_library",
        "numpy.distutils",
        "onnxruntime.SessionOptions.register_custom_ops_library",
        "os.dlopen",
        "pyximport",
        "sys.setdlopenflags",
        "tensorflow.load_library",
        "tensorflow.load_op_library",
        "torch._export.aot_load",
        "torch._inductor.aoti_load_package",
        "torch._inductor.codecache",
        "torch.classes.load_library",
        "torch.ops.load_library",
        "torch.utils.cpp_extension",
    ],
};
