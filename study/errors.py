"""The tree of errors.

    DepthgaugeError             anything this program raises on purpose
    ├── InputError              the user's input: spec, data, names, flags     -> exit code 2
    │   ├── SpecError           a study file, preset or --set value
    │   ├── DataError           a data set that is missing, damaged or unusable
    │   ├── CodeError           a model's code that is missing, or cannot be used
    │   └── StoreError          a store that cannot be opened, read or written
    └── StudyError              the study cannot go on                         -> exit code 1

A trial that fails is no exception: it is a result with a reason, and the study goes on.

Every message says what was expected, what arrived and what to do next.
"""


class DepthgaugeError(Exception):
    """Base of all errors raised on purpose; its text is a message for the user."""


class InputError(DepthgaugeError):
    """Something the user gave cannot be used."""


class SpecError(InputError):
    """A study file, a preset name or a ``--set`` value cannot be used."""


class DataError(InputError):
    """A data set is missing, damaged or unusable."""


class CodeError(InputError):
    """The code of a model of the user's own is missing, or cannot be used."""


class StoreError(InputError):
    """A store cannot be opened, read or written."""


class StudyError(DepthgaugeError):
    """The study as a whole cannot go on."""
