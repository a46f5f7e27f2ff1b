"""Imported once by the fork server, so that each worker starts in 0.01 s instead of 10.

TensorFlow is imported but not used here: it may be forked only as long as it has started no threads.
"""

import tensorflow  # noqa: F401

import study.train.trainer  # noqa: F401
