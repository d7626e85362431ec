"""The scikit-learn door: `TabGAN().fit(table).sample(n)`."""

import time
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from tabgan.config import TrainingConfig
from tabgan.errors import SettingError, UnfittedError
from tabgan.fitting import FitRequest, fit_model
from tabgan.model import TabularModel, Where
from tabgan.objectives import OBJECTIVES
from tabgan.schema import Name, TableSchema
from tabgan.training import OnProgress

RandomState = int | np.random.RandomState | None


class TabGAN(BaseEstimator):  # type: ignore[misc]
    """A conditional GAN that learns the distribution of a table.

    Args:
        target: Column that matters downstream: trained most, held out in proportion.
        schema: How to read the table (`TableSchema` or its dict); inferred when None.
        objective: The game: "relativistic", "wasserstein" or "minimax".
        steps: Generator steps at the most; the default of `TrainingConfig` when None.
        time_limit: Seconds that `fit` may take; no limit when None.
        protect: Round the extremes and drop levels seen fewer than 5 times.
        config: All other settings of the training; defaults when None.
        device: "auto", "cpu", "cuda", "cuda:1", "mps".
        threads: Threads of torch during `fit` and `sample`; as they are when None.
        random_state: Seed of `fit` and, unless it is given one, of `sample`.

    Attributes:
        model_: The fitted `TabularModel`.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"x": range(50), "odd": [i % 2 == 1 for i in range(50)]})
        >>> TabGAN(steps=5, random_state=0).fit(table).sample(3).shape
        (3, 2)
    """

    def __init__(
        self,
        target: Name | None = None,
        *,
        schema: TableSchema | dict[str, Any] | None = None,
        objective: str = TrainingConfig.objective,
        steps: int | None = None,
        time_limit: float | None = None,
        protect: bool = False,
        config: TrainingConfig | None = None,
        device: str = "auto",
        threads: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.target = target
        self.schema = schema
        self.objective = objective
        self.steps = steps
        self.time_limit = time_limit
        self.protect = protect
        self.config = config
        self.device = device
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, on_progress: OnProgress | None = None) -> Self:  # noqa: N803
        """Learn a table.

        Args:
            X: DataFrame or array; shape (n_rows, n_columns).
            y: One more column, which becomes the target, under its name or "target".
            on_progress: Told where the fit stands.
        """
        start = time.monotonic()
        frame, target = self._to_frame(X, y)
        request = FitRequest(
            config=self._config(),
            target=target,
            schema=self._schema(),
            protect=self.protect,
            seed=self._seed(self.random_state),
            device=self.device,
            threads=self.threads,
            deadline=start + (float("inf") if self.time_limit is None else self.time_limit),
        )
        self.model_ = fit_model(frame, request, on_progress or (lambda progress: None))
        return self
