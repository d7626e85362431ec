"""The scikit-learn estimator: `TabGAN().fit(table).sample(n)`."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from tabgan.config import Protection, TrainingConfig, combine
from tabgan.errors import SettingError
from tabgan.estimators.given_rows import GivenRows
from tabgan.estimators.input_columns import append_target, keep_names
from tabgan.estimators.random_state import RandomState, to_seed
from tabgan.estimators.set_output import SetOutput
from tabgan.fitting.fit import fit_model
from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.io import Container, FrameInput, read_frame
from tabgan.model.tabular_model import TabularModel
from tabgan.query.shares import Shares
from tabgan.query.where import Where
from tabgan.relations import RelationConfig
from tabgan.runtime.devices import iter_with_threads, use_threads
from tabgan.runtime.limits import check_time_limit
from tabgan.runtime.progress import OnProgress, ignore_progress
from tabgan.schema import Name, TableSchema


class TabGAN(GivenRows, SetOutput, BaseEstimator):  # type: ignore[misc]
    """A conditional GAN that learns the distribution of a table.

    Args:
        target: Column that matters downstream: trained most, held out in proportion.
        schema: How to read the table (`TableSchema` or its dict); inferred when None.
        objective: The adversarial loss: "relativistic", "wasserstein" or "minimax"; that of
            `config` when None.
        preset: How much time it is worth that rows look real: "fast", "balanced" or "best".
        steps: Generator steps at the most; those of `config` when None.
        time_limit: Seconds that `fit` may take; no limit when None.
        refine: Whether rows are chosen among more candidates, so that they are more alike.
        relations: Whether exact relations between columns are detected, and hold in every row.
        declare: Relations that hold besides: "a <= b", "total = x + y", "city -> country", ...
        forget: Relations that are detected and shall not be kept.
        protect: Keep no value, end or shape of text that fewer than `protect_below` rows hold:
            rare categories are dropped, rare numbers averaged or moved to others. How often what
            is kept occurs, and the trained weights, are not hidden: no differential privacy.
        protect_below: Rows that hold what is kept, at the least.
        config: Settings of the training, which go before the preset's: a `TrainingConfig`, or some
            of its settings by name.
        device: "auto", "cpu", "cuda", "cuda:1", "mps".
        threads: Threads of torch during `fit` and `sample` at the most; as they are when None. A
                step of the default size takes one: more would only wait for each other. A process
                that was forked works with one, to the same rows (`tabgan.runtime.forks`).
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
        objective: str | None = None,
        preset: str = "balanced",
        steps: int | None = None,
        time_limit: float | None = None,
        refine: bool = True,
        relations: bool = True,
        declare: Sequence[str] = (),
        forget: Sequence[str] = (),
        protect: bool = False,
        protect_below: int = Protection.min_rows,
        config: TrainingConfig | Mapping[str, Any] | None = None,
        device: str = "auto",
        threads: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.target = target
        self.schema = schema
        self.objective = objective
        self.preset = preset
        self.steps = steps
        self.time_limit = time_limit
        self.refine = refine
        self.relations = relations
        self.declare = declare
        self.forget = forget
        self.protect = protect
        self.protect_below = protect_below
        self.config = config
        self.device = device
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, on_progress: OnProgress | None = None) -> Self:  # noqa: N803
        """Fit the GAN to a table.

        Args:
            X: A table of any kind that `tabgan.io.frames` lists, shape (n_rows, n_columns); or the
                name of a file, a folder of Parquet files or a pattern of files, which may be larger
                than memory. Of a file, the levels of a named index are plain columns.
            y: One more column, of any kind too, which becomes the target: under its name or
                "target".
            on_progress: Called with each `Progress` of the fit.
        """
        request, report = self._request(), on_progress or ignore_progress
        if isinstance(X, str | Path):
            if y is not None:
                raise SettingError("y cannot stand beside files; name their column as `target`.")
            self.model_ = fit_plan(plan_fit(X), request, report)
            self.container_ = Container(self.model_.schema.index)
            names = [column.name for column in self.model_.schema.columns]
            keep_names(self, FrameInput(pd.DataFrame(columns=names), self.container_))
            return self
        table = read_frame(X)
        keep_names(self, table)
        target = self.target
        if y is not None:
            table, target = append_target(table, y, target)
        request = replace(request, target=target, index=table.container.index)
        self.model_ = fit_model(table.frame, request, report)
        self.model_.record.messages += [table.note] if table.note else []
        self.container_ = table.container
        return self

    def _request(self) -> FitRequest:
        check_time_limit(self.time_limit)
        return FitRequest(
            config=combine(
                self.preset,
                self.config,
                objective=self.objective,
                steps=self.steps,
                refine_rounds=None if self.refine else 0,
            ),
            target=self.target,
            schema=self._schema(),
            relations=RelationConfig(bool(self.relations), self.declare or (), self.forget or ()),
            protection=Protection(self.protect, self.protect_below),
            seed=to_seed(self.random_state),
            device=self.device,
            threads=self.threads,
            deadline=time.monotonic() + (self.time_limit or math.inf),
        )

    def sample(
        self,
        n_rows: int = 1,
        *,
        where: Where | None = None,
        shares: Shares | None = None,
        random_state: RandomState = None,
        refine: bool = True,
        candidates: int | None = None,
        fast: bool | None = None,
    ) -> Any:
        """Draw rows with the columns, order and dtypes of what was learned.

        Args:
            n_rows: How many.
            where: What every row must satisfy, as for `TabularModel.sample`: "age>=65".
            shares: Of the rows, that values shall have: {"city": {"Bonn": 0.5}}; see there.
            random_state: Seed of the draws; the estimator's own when None.
            refine: Whether rows are chosen among more candidates, where `fit` learned to.
            candidates: For each row that is chosen; as many as `fit` found enough when None.
            fast: Whether a row is drawn in one pass; as `fit` found better when None.

        Returns:
            What `fit` was given or `set_output` asks for, shape (n_rows, n_columns); a DataFrame
            of pandas if `fit` was given files.
        """
        model = self._fitted()
        seed = self._choose_seed(random_state)
        with use_threads(self.threads):
            frame = model.sample(
                n_rows,
                where=where,
                shares=shares,
                seed=seed,
                refine=refine,
                candidates=candidates,
                fast=fast,
            )
        return self.output_container.create(frame)

    def iter_batches(
        self,
        n_rows: int,
        *,
        random_state: RandomState = None,
        batch_rows: int | None = None,
        **settings: Any,
    ) -> Iterator[Any]:
        """Yield the rows of `sample` as Arrow record batches: any number fits in memory.

        Every batch but the last has `batch_rows` rows; left out, they come as they are made.
        The other settings are those of `sample`.
        """
        seed = self._choose_seed(random_state)
        batches = self._fitted().iter_batches(n_rows, seed=seed, batch_rows=batch_rows, **settings)
        return iter_with_threads(batches, self.threads)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the fitted model as one file, which may replace another model.

        Args:
            path: Of the file.
            overwrite: Whether a file of another kind is replaced, too.

        Raises:
            SettingError: A file of another kind is there.
            ModelFileError: The file cannot be written.
        """
        self._fitted().save(path, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """Read a fitted model back; `sample` works at once, `fit` starts anew.

        Raises:
            ModelFileError: The file is no model that this release can read.
        """
        model = TabularModel.load(path, device)
        estimator = cls(
            model.schema.target,
            objective=model.config.objective,
            protect=model.card.protection.is_on,
            protect_below=model.card.protection.min_rows,
            config=model.config,
            device=device,
        )
        estimator.model_, estimator.container_ = model, Container(model.schema.index)
        estimator.n_features_in_ = len(model.schema.columns)
        return estimator

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags

    def _schema(self) -> TableSchema | None:
        if isinstance(self.schema, dict):
            return TableSchema.from_dict(self.schema)
        return self.schema
