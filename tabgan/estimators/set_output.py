"""What an estimator gives rows back in, chosen as for scikit-learn's transformers."""

from importlib.util import find_spec
from typing import Self

from sklearn import get_config

from tabgan.errors import SettingError
from tabgan.io import Container
from tabgan.io.frames.polars_frames import PolarsContainer

CHOICES = {"pandas": Container, "polars": PolarsContainer}


class SetOutput:
    """`set_output`, as scikit-learn's transformers have it; its own mixin wraps transformers only.

    Attributes:
        container_: Of what the estimator was fitted to.
    """

    container_: Container

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose what rows are given back in.

        Args:
            transform: "pandas", "polars", or "default": what `fit` was given. None changes nothing.
                Without a choice, that of `sklearn.set_config(transform_output=...)` counts.

        Raises:
            SettingError: There is no such choice, or polars is not installed.
        """
        if transform is not None:
            _check_choice(transform)
            self._sklearn_output_config = {"transform": transform}  # where `clone` looks for it
        return self

    @property
    def output_container(self) -> Container:
        """What rows are given back in."""
        own = getattr(self, "_sklearn_output_config", {})
        choice = own.get("transform") or get_config()["transform_output"]
        _check_choice(choice)
        return self.container_ if choice == "default" else CHOICES[choice]()


def _check_choice(transform: str) -> None:
    if transform not in {"default", *CHOICES}:
        raise SettingError(
            f"transform={transform!r} is unknown; choose default, {' or '.join(CHOICES)}."
        )
    if transform == "polars" and find_spec("polars") is None:
        raise SettingError("rows in polars need polars, which is not installed: install polars.")
