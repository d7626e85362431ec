"""Many draws: learners that each train on the real rows and a draw of their own, averaged."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier, is_regressor
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import Tags, check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    validate_data,
)

from tabgan.errors import SettingError
from tabgan.estimators.random_state import RandomState
from tabgan.estimators.tabgan import TabGAN
from tabgan.estimators.training_sets import (
    MAX_SEED,
    Draws,
    GivenExamples,
    TrainingSet,
    find_weight_name,
)
from tabgan.io import Container, read_frame, read_rows
from tabgan.io.frames.plain_frames import ArrayContainer
from tabgan.io.frames.polars_frames import PolarsContainer
from tabgan.runtime.limits import check_count, check_positive

MAX_RATIO = 30.0  # rows made, over the rows given: more cost time, and teach no more


def _learner_has(name: str) -> Callable[[Any], bool]:
    """Return what tells whether an ensemble's learner has a method."""

    def check(ensemble: Any) -> bool:
        if hasattr(ensemble.estimator, name):
            return True
        learner = type(ensemble.estimator).__name__
        raise AttributeError(f"{learner} has no {name}: call predict, or choose another learner.")

    return check


class TabGANEnsemble(MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """Average learners, each trained on the real rows and on its own draw of a conditional GAN.

    One draw is one guess at what the table did not show; several of them, averaged, keep what they
    agree on (van Breugel et al. 2023, "Synthetic data, real errors", section 4.3). In a pipeline
    or a cross-validation the GAN sees the rows of each fold only.

    Args:
        estimator: The learner, a classifier or a regressor: cloned for each draw.
        n_draws: How many draws, and learners.
        ratio: Rows of a draw, over the rows given; at most 30.
        weight: Of a row made, beside 1 of a row given; below 1 the learner has to take
            `sample_weight`.
        gan: The `TabGAN` that is fitted to X and y; one of preset "fast" when None, but give one to
            search over its settings (`gan__steps`). Its schema and its target are inferred, its
            random state is drawn from this one's.
        n_generators: How many GANs are fitted; draws are shared out among them.
        n_jobs: Learners trained at a time, as joblib counts them.
        random_state: Seed of the GANs, of the draws and of the learners.

    Attributes:
        gans_: The fitted `TabGAN`s.
        estimators_: The fitted learners, one a draw.
        classes_: Of a classifier, in order; (n_classes,).

    Example:
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> X = pd.DataFrame({"x": range(40), "town": [1, 2, 3, 1] * 10})
        >>> y = ["yes", "no", "no", "no"] * 10
        >>> gan = TabGAN(preset="fast", steps=5)
        >>> ensemble = TabGANEnsemble(DecisionTreeClassifier(), n_draws=3, gan=gan, random_state=0)
        >>> ensemble.fit(X, y).predict_proba(X).shape
        (40, 2)
    """

    def __init__(
        self,
        estimator: Any,
        n_draws: int = 10,
        *,
        ratio: float = 1.0,
        weight: float = 1.0,
        gan: TabGAN | None = None,
        n_generators: int = 1,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_draws = n_draws
        self.ratio = ratio
        self.weight = weight
        self.gan = gan
        self.n_generators = n_generators
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Fit the GANs, then a learner to the rows given and each draw.

        Args:
            X: A table of any kind that `tabgan.io.frames` lists, shape (n_rows, n_features).
                Learners are given arrays or frames as X is one, of dicts frames of pandas.
            y: The class or number of each row, (n_rows,).

        Raises:
            SettingError: A setting is outside what is allowed, or the learner cannot heed it.
        """
        self._check_settings()
        y = self._read_target(y)  # first: names of features are kept of what is read last
        features, kind = self._read(X, reset=True)
        check_consistent_length(features, y)
        classes, codes = None, y
        self.__dict__.pop("classes_", None)
        if is_classifier(self):
            classes, codes = np.unique(y, return_inverse=True)
            self.classes_ = classes
            if len(classes) == 1:
                raise SettingError(
                    f"y holds one class, {str(classes[0])!r}: a classifier needs two or more."
                )
        given = GivenExamples(self.estimator, features, kind, codes, classes)
        rng = check_random_state(self.random_state)
        unfitted = TabGAN(preset="fast") if self.gan is None else self.gan
        seeds = rng.randint(MAX_SEED, size=self.n_generators)
        self.gans_ = [given.fit_gan(clone(unfitted), int(seed)) for seed in seeds]
        draws = Draws(self.n_draws, self.ratio, self.weight)
        self.estimators_ = Parallel(n_jobs=self.n_jobs)(
            delayed(TrainingSet.fit)(each)
            for each in given.iter_training_sets(self.gans_, draws, rng)
        )
        return self

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the class of the largest mean probability, or the mean number; (n_rows,).

        Learners without `predict_proba` vote; of classes with as many votes the first is taken.
        """
        check_is_fitted(self)
        if not is_classifier(self):
            return self._average("predict", X)
        shares = self.predict_proba(X) if hasattr(self, "predict_proba") else self._vote(X)
        return np.asarray(self.classes_[shares.argmax(axis=1)])

    @available_if(_learner_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the mean of the learners' probabilities; (n_rows, n_classes)."""
        return self._average("predict_proba", X)

    @available_if(_learner_has("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the mean of the learners' scores; (n_rows,), or (n_rows, n_classes)."""
        return self._average("decision_function", X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:  # noqa: N803
        """Return the accuracy of a classifier, R² of a regressor."""
        measure = accuracy_score if is_classifier(self) else r2_score
        return float(measure(y, self.predict(X), sample_weight=sample_weight))

    def _average(self, method: str, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the mean of what a method of the learners gives."""
        check_is_fitted(self)
        frame, kind = self._read(X, reset=False)
        found = [getattr(each, method)(kind.create(frame)) for each in self.estimators_]
        return np.asarray(np.mean(found, axis=0))

    def _vote(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        frame, kind = self._read(X, reset=False)
        chosen = [each.predict(kind.create(frame))[:, None] for each in self.estimators_]
        return np.asarray(np.mean([each == self.classes_ for each in chosen], axis=0))

    def _check_settings(self) -> None:
        """Raise `SettingError` where a setting is not allowed, or the learner cannot heed it."""
        learner = type(self.estimator).__name__
        is_one = hasattr(self.estimator, "__sklearn_tags__") and hasattr(self.estimator, "fit")
        if not is_one or not (is_classifier(self) or is_regressor(self)):
            raise SettingError(f"estimator is a {learner}; give a classifier or a regressor.")
        check_count("n_draws", self.n_draws)
        check_count("n_generators", self.n_generators)
        check_positive("ratio", self.ratio, MAX_RATIO)
        check_positive("weight", self.weight, 1)
        if not isinstance(self.gan, TabGAN | None):
            raise SettingError(f"gan is a {type(self.gan).__name__}; give a TabGAN, or None.")
        if self.gan is not None and self.gan.schema is not None:
            raise SettingError("the schema is inferred from X and y; give a gan without one.")
        if self.weight != 1 and find_weight_name(self.estimator) is None:
            raise SettingError(
                f"weight={self.weight!r} needs a learner that takes sample_weight, which {learner} "
                "does not: leave weight at 1, or choose another one."
            )

    def _read(self, X: Any, *, reset: bool) -> tuple[pd.DataFrame, Container]:  # noqa: N803
        """Return features, after scikit-learn's checks of their names, and their kind."""
        table = read_frame(X) if reset else read_rows(X)
        frame = table.frame.drop(columns=list(table.container.index))
        if not frame.shape[1]:
            raise SettingError("X has no columns: give at least one to predict y from.")
        validate_data(self, frame, reset=reset, skip_check_array=True)
        if isinstance(table.container, PolarsContainer) or table.container == ArrayContainer():
            return frame, table.container
        return frame if isinstance(X, pd.DataFrame) else frame.infer_objects(), Container()

    def _read_target(self, y: Any) -> NDArray[Any]:
        """Return classes or numbers; (n_rows,).

        Raises:
            SettingError: Some are missing.
        """
        if y is not None:
            missing = int(pd.isna(np.asarray(y, dtype=object)).sum())
            if missing:
                raise SettingError(
                    f"y has {missing} missing values; leave out the rows without one."
                )
        target = validate_data(self, y=y, y_numeric=is_regressor(self))
        if is_classifier(self):
            check_classification_targets(target)
        return np.asarray(target)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        learner = get_tags(self.estimator)
        tags.estimator_type = learner.estimator_type
        tags.classifier_tags, tags.regressor_tags = learner.classifier_tags, learner.regressor_tags
        tags.target_tags.required = True
        tags.input_tags.allow_nan = learner.input_tags.allow_nan
        tags.input_tags.string = learner.input_tags.string
        tags.input_tags.categorical = learner.input_tags.categorical
        return tags
