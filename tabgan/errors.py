"""Every error that tabgan raises on purpose, each one sentence that says what to do.

TabganError
├── TableError (ValueError)         a table or a data file cannot be used as it is
│   ├── TableChangedError           a table was written to while it was read
│   └── SchemaError                 a schema does not fit the table, or cannot be read
├── RelationError (ValueError)      a declared relation cannot be read, or does not hold
├── ConditionError (ValueError)     rows were asked for that cannot be given
├── SettingError (ValueError)       a setting is outside what is allowed
│   └── TimeLimitError              the time limit is too short for the table
├── ModelFileError (ValueError)     a file is no tabgan model, or not one this release reads
│   └── CheckpointError             a checkpoint is damaged, or of another fit
├── TrainingError (RuntimeError)    a training left no usable generator
├── ClusterError (RuntimeError)     other processes cannot be reached, went away, or differ
├── MissingExtraError (ImportError) a package of an extra is not installed
└── UnfittedError (NotFittedError)  a model was used before `fit`
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any


class TabganError(Exception):
    """Base of all errors that tabgan raises on purpose; the command prints it as one line."""


class TableError(TabganError, ValueError):
    """A table or a data file cannot be used as it is."""


class TableChangedError(TableError):
    """A table was written to while it was read.

    Args:
        what: Subject and verb of the sentence: what is no longer as it was.

    >>> print(TableChangedError("the rows are"))  # doctest: +ELLIPSIS
    the rows are others on the second look than on the first, so something writes to the table; ...
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} others on the second look than on the first, so something writes to the "
            "table; start again once nothing does."
        )


class SchemaError(TableError):
    """A schema does not fit the table it is used with, or cannot be read."""


class RelationError(TabganError, ValueError):
    """A declared relation between columns cannot be read, does not hold, or contradicts others."""


class ConditionError(TabganError, ValueError):
    """Rows were asked for that cannot be given: an unknown value, an empty range, ..."""


class SettingError(TabganError, ValueError):
    """A setting is outside what is allowed."""


class TimeLimitError(SettingError):
    """A time limit is too short to learn anything of the table."""


class ModelFileError(TabganError, ValueError):
    """A file is no tabgan model, is damaged, or has a format this release does not read."""


class CheckpointError(ModelFileError):
    """A checkpoint cannot be gone on from: it is damaged, or of another table or other settings."""


class TrainingError(TabganError, RuntimeError):
    """A training ended without a usable generator."""


class ClusterError(TabganError, RuntimeError):
    """Other processes cannot be reached, went away, or would not draw the rows of this one."""


class ForkError(TabganError, RuntimeError):
    """What a process began, or the GPU that it used, is of no use in one forked from it."""


class MissingExtraError(TabganError, ImportError):
    """A package that only some of tabgan needs is not installed.

    Args:
        package: Its name in the package index.
        extra: Of tabgan, by which it is installed.
        purpose: What it is needed for; begins the sentence.

    >>> print(MissingExtraError("imbalanced-learn", "imbalance", "SMOTE"))
    SMOTE needs imbalanced-learn, which is not installed: install tabgan with its extra [imbalance].
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package}, which is not installed: "
            f"install tabgan with its extra [{extra}]."
        )


if TYPE_CHECKING:

    class UnfittedError(TabganError, ValueError, AttributeError):
        """A model was asked for rows before it was fitted; scikit-learn's NotFittedError, too."""

else:

    def __getattr__(name: str) -> Any:
        if name == "UnfittedError":
            return _define_unfitted_error()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    @cache
    def _define_unfitted_error() -> type[TabganError]:
        """Return the class, once asked for: scikit-learn takes longer than all else here."""
        from sklearn.exceptions import NotFittedError  # noqa: PLC0415 - slow

        class UnfittedError(TabganError, NotFittedError):
            """A model was asked for rows before it was fitted."""

            __qualname__ = "UnfittedError"

        return UnfittedError


def reason(error: BaseException) -> str:
    """Return an error's message in one line, without the path and the number of system errors."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    inner = re.search(r"\[errno \d+\] (.+)", text)  # Arrow's words around a system error
    text = inner[1] if inner else text
    return printable(" ".join(text.split())).rstrip(".") or type(error).__name__


def printable(text: str) -> str:
    r"""Return a text with a question mark for whatever a terminal does not show.

    >>> printable("caf\xe9 \x1b[2J \ud800")
    'caf\xe9 ?[2J ?'
    """
    return "".join(mark if mark.isprintable() else "?" for mark in text)


class BrokenRelationWarning(UserWarning):
    """Rows break a relation that the model keeps, however often they were drawn again."""


class UnsavedRelationWarning(UserWarning):
    """A relation that was found cannot be read back from a model file, so it is not kept."""


class LowScoreWarning(UserWarning):
    """A fit ended with a score near zero: what it makes does not look like the table's rows."""


class ManyRejectedWarning(UserWarning):
    """Most rows that were drawn had to be thrown away, since they do not satisfy what is asked."""


class UnseenCategoryWarning(UserWarning):
    """Rows to complete or to score hold a category that the table which was learned has not."""
