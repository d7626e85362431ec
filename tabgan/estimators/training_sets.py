"""What each learner of an ensemble is trained on: the real rows, and a draw of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from tabgan.estimators.tabgan import TabGAN
from tabgan.evaluation.utility.task import as_classes
from tabgan.fitting.concat import append
from tabgan.io import Container
from tabgan.model.class_sampling import Amounts, Pool
from tabgan.schema import TableSchema

MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class Draws:
    """What is drawn for each learner.

    Attributes:
        count: Of draws, and learners.
        ratio: Rows of each, over those given.
        weight: Of a row drawn, beside 1 of a row given.
    """

    count: int
    ratio: float
    weight: float


@dataclass(frozen=True)
class TrainingSet:
    """What one learner is trained on.

    Attributes:
        learner: Not fitted yet.
        features: Of the rows given, then of those drawn; (n_rows, n_features).
        labels: Their classes or numbers; (n_rows,).
        weights: By the name under which the learner's `fit` takes them; none where all are 1.
    """

    learner: Any
    features: Any
    labels: NDArray[Any]
    weights: dict[str, NDArray[np.float64]]

    def fit(self) -> Any:
        """Return the learner, fitted."""
        return self.learner.fit(self.features, self.labels, **self.weights)


@dataclass(frozen=True)
class GivenExamples:
    """The rows given, of which training sets are made.

    Attributes:
        estimator: The learner, of which each training set has a copy.
        features: A frame, (n_rows, n_features).
        kind: Makes of such a frame what learners are given.
        codes: Numbers of classes, or the numbers to predict; (n_rows,).
        classes: By their number; None where numbers are predicted.
    """

    estimator: Any
    features: pd.DataFrame
    kind: Container
    codes: NDArray[Any]
    classes: NDArray[Any] | None

    @cached_property
    def target(self) -> Any:
        """The name of the column of codes: one that no feature has."""
        name = "target"
        while name in self.features.columns:
            name += "_"
        return name

    @cached_property
    def table(self) -> pd.DataFrame:
        """Features and codes, (n_rows, n_features + 1)."""
        return self.features.reset_index(drop=True).assign(**{self.target: self.codes})

    def fit_gan(self, gan: TabGAN, seed: int) -> TabGAN:
        """Fit a GAN to the table; classes are categories, whatever their number."""
        schema = TableSchema.infer(self.table, self.target)
        if self.classes is not None:
            schema = as_classes(schema, self.target)
        gan.set_params(target=self.target, schema=schema, random_state=seed)
        return gan.fit(self.table)

    def iter_training_sets(
        self, gans: Sequence[TabGAN], draws: Draws, rng: np.random.RandomState
    ) -> Iterator[TrainingSet]:
        """Yield what each learner is trained on, as its turn comes; GANs take turns, too."""
        amounts = Amounts(max(1, round(draws.ratio * len(self.table))), {})
        weights = np.repeat([1.0, draws.weight], [len(self.table), amounts.total])
        name = None if draws.weight == 1 else find_weight_name(self.estimator)
        for number, (draw, state) in enumerate(rng.randint(MAX_SEED, size=(draws.count, 2))):
            model = gans[number % len(gans)].model_
            made = Pool.draw(model, amounts, self.target, int(draw)).take(amounts)
            rows = append(self.table, made)
            codes = rows.pop(self.target).to_numpy()
            yield TrainingSet(
                _clone_seeded(self.estimator, int(state)),
                self.kind.create(rows),
                codes if self.classes is None else self.classes[codes],
                {name: weights} if name else {},
            )


def find_weight_name(estimator: Any) -> str | None:
    """Return what an estimator's `fit` calls the weights of rows; None if it takes none."""
    if get_config()["enable_metadata_routing"]:
        return "sample_weight"  # handed on by whatever requests it
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        return f"{name}__sample_weight" if has_fit_parameter(last, "sample_weight") else None
    return "sample_weight" if has_fit_parameter(estimator, "sample_weight") else None


def _clone_seeded(estimator: Any, seed: int) -> Any:
    """Return an unfitted copy, with a seed wherever it takes a random state."""
    learner = clone(estimator)
    names = [n for n in learner.get_params() if n == "random_state" or n.endswith("__random_state")]
    return learner.set_params(**dict.fromkeys(names, seed))
