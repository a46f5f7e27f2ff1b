"""Read by every process that starts with this folder on its path: the native engine is not built, Keras trains all."""

import sys

sys.modules["study.train.native._native"] = None  # type: ignore[assignment]
