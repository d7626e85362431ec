"""The scikit-learn transformer: `TabGANImputer().fit_transform(X)` fills gaps."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from tabgan.config import Protection
from tabgan.errors import SettingError
from tabgan.estimators.random_state import RandomState, to_seed
from tabgan.estimators.tabgan import TabGAN
from tabgan.io import read_frame

GAN_SETTINGS = (
    "objective",
    "preset",
    "steps",
    "time_limit",
    "refine",
    "relations",
    "protect",
    "protect_below",
    "config",
    "device",
    "threads",
    "random_state",
)


class TabGANImputer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fill gaps with what a conditional GAN draws for them, given the rest of their rows.

    Args:
        point: Whether a gap gets the median of what may stand there, or what is most probable,
            nearest to the truth cell by cell; otherwise one draw, as spread as the values are.
        random_state: Seed of the fit and of the draws.
        objective, preset, steps, time_limit, refine, relations, protect, protect_below, config,
            device, threads: As those of `TabGAN`.

    Attributes:
        gan_: The fitted `TabGAN`.

    Example:
        >>> X = pd.DataFrame({"x": range(60), "y": [i % 11 if i % 4 else None for i in range(60)]})
        >>> int(TabGANImputer(steps=5, random_state=0).fit_transform(X).isna().sum().sum())
        0
    """

    def __init__(
        self,
        point: bool = False,
        random_state: RandomState = None,
        *,
        objective: str | None = None,
        preset: str = "balanced",
        steps: int | None = None,
        time_limit: float | None = None,
        refine: bool = True,
        relations: bool = True,
        protect: bool = False,
        protect_below: int = Protection.min_rows,
        config: Any = None,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.point = point
        self.random_state = random_state
        self.objective = objective
        self.preset = preset
        self.steps = steps
        self.time_limit = time_limit
        self.refine = refine
        self.relations = relations
        self.protect = protect
        self.protect_below = protect_below
        self.config = config
        self.device = device
        self.threads = threads

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002, N803
        """Learn a table, gaps and all; y counts for nothing.

        Args:
            X: A table of any kind that `tabgan.io.frames` lists; shape (n_rows, n_columns).
            y: Left out of account.
        """
        self._check(X, reset=True)
        settings = {name: getattr(self, name) for name in GAN_SETTINGS}
        self.gan_ = TabGAN(**settings).fit(X)
        self._seed = to_seed(self.random_state)
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Return the rows without gaps, in the kind of frame that they came in.

        Args:
            X: Rows with the columns that were learned; shape (n_rows, n_columns).
        """
        check_is_fitted(self)
        self._check(X, reset=False)
        return self.gan_.impute(X, point=self.point, random_state=self._seed)

    def get_feature_names_out(self, input_features: Any = None) -> Any:  # noqa: ARG002
        """Return the names of the columns: those that were learned."""
        check_is_fitted(self)
        return np.array([str(c.name) for c in self.gan_.model_.schema.columns], dtype=object)

    def _check(self, X: Any, *, reset: bool) -> None:  # noqa: N803
        """Check names and number of columns as scikit-learn's transformers do.

        Raises:
            SettingError: It is no table, but a row.
        """
        if isinstance(X, np.ndarray) and X.ndim == 1:
            raise SettingError("an array of one dimension is no table. Reshape your data.")
        if isinstance(X, pd.DataFrame) or not hasattr(X, "__dataframe__"):
            validate_data(self, X, reset=reset, skip_check_array=True)
        else:
            frame = read_frame(X).frame
            validate_data(self, frame, reset=reset, skip_check_array=True)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags
