"""The outlier detector of scikit-learn: `TabGANDetector().fit_predict(table)`."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from tabgan.config import TrainingConfig
from tabgan.errors import SettingError
from tabgan.estimators.input_columns import keep_names
from tabgan.estimators.random_state import RandomState
from tabgan.estimators.tabgan import TabGAN
from tabgan.io import read_frame, read_rows
from tabgan.model.score import TableScorer
from tabgan.runtime.devices import use_threads
from tabgan.schema import TableSchema
from tabgan.schema.arrays import Floats


class TabGANDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """Tell rows that are unlike the table: those whose cells are far out under a conditional GAN.

    A row's score is the sum over its cells of the log-probability of a value at least as far out,
    given the cells before it in an order: of a number the lesser of its two tails, of a category
    all that is no more probable; averaged over a few orders, as densities of rows are. Under the
    model these probabilities are uniform (Rosenblatt 1952), and the sum is Fisher's (1932). Unlike
    densities (`TabularModel.score_samples`) they know no units, and values that repeat weigh no
    more than others.

    Numbers, categories, gaps and exact relations between columns count alike, without encoding.
    Fit it on rows that are normal, or nearly all of them; the rows that it was fitted on score a
    little higher than others.

    Args:
        contamination: Share of the fitted rows that are called outliers; above 0, at most 0.5.
        refine: Whether the density ratio of real to generated rows is learned and multiplied in.
        relations: Whether exact relations between columns are detected; rows that break one are
            outliers.
        schema, preset, steps, time_limit, declare, config, device, threads, random_state: As those
            of `TabGAN`.

    Attributes:
        gan_: The fitted `TabGAN`.
        offset_: Score below which a row is an outlier.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"x": [1.0, 1.1, 0.9, 1.2] * 10, "town": ["Ulm"] * 40})
        >>> detector = TabGANDetector(steps=5, random_state=0).fit(table)
        >>> detector.predict(pd.DataFrame({"x": [900.0], "town": ["Rom"]}))
        array([-1])
    """

    def __init__(
        self,
        contamination: float = 0.1,
        *,
        schema: TableSchema | dict[str, Any] | None = None,
        preset: str = "balanced",
        steps: int | None = None,
        time_limit: float | None = None,
        refine: bool = True,
        relations: bool = True,
        declare: Sequence[str] = (),
        config: TrainingConfig | Any = None,
        device: str = "auto",
        threads: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.contamination = contamination
        self.schema = schema
        self.preset = preset
        self.steps = steps
        self.time_limit = time_limit
        self.refine = refine
        self.relations = relations
        self.declare = declare
        self.config = config
        self.device = device
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002, N803
        """Learn a table, and where its outliers begin.

        Args:
            X: A table of any kind that `tabgan.io.frames` lists; (n_rows, n_columns).
            y: Not used.
        """
        if not 0 < self.contamination <= 0.5:
            raise SettingError(
                f"contamination={self.contamination!r} is no share of outliers; give a number "
                "above 0, and 0.5 at most."
            )
        settings = {n: v for n, v in self.get_params(deep=False).items() if n != "contamination"}
        self.gan_ = TabGAN(**settings).fit(X)
        keep_names(self, read_frame(X))
        self.offset_ = float(np.percentile(self.score_samples(X), 100 * self.contamination))
        return self

    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return how normal each row is, in nats; the lower, the odder; (n_rows,)."""
        check_is_fitted(self)
        table = read_rows(X)
        features = table.frame.drop(columns=list(table.container.index))
        validate_data(self, features, reset=False, skip_check_array=True)  # names, and how many
        with use_threads(self.threads):
            return TableScorer(self.gan_.model_).score_tails(table.frame)

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """Return scores less `offset_`: below 0 for outliers; (n_rows,)."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> npt.NDArray[np.int64]:  # noqa: N803
        """Return -1 for outliers, 1 for all others; (n_rows,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags
