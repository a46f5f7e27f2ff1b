"""The compiled engine; all else is in pyproject.toml. Where there is no compiler, the install goes on without it."""

from glob import glob

from setuptools import Extension, setup

ROOT = "study/train/native"
FILES = ("module", "network", "inputs", "epoch", "choose", "kernels_avx2", "kernels_neon", "kernels_portable")

setup(
    ext_modules=[
        Extension(
            "study.train.native._native",
            [f"{ROOT}/{name}.c" for name in FILES],
            depends=glob(f"{ROOT}/*.h"),
            # The compiler must not fuse or reorder what the sources say: the same bits come out everywhere.
            extra_compile_args=["-O3", "-std=gnu11", "-ffp-contract=off", "-Wno-unknown-pragmas"],
            libraries=["m"],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
