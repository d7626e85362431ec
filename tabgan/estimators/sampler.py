"""The imbalanced-learn estimator: `TabGANSampler().fit_resample(X, y)` adds rows of rarer classes.

Importing this module needs the extra [imbalance]; `import tabgan` does not.
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Tags, check_array, check_random_state

from tabgan.config import Protection
from tabgan.errors import MissingExtraError, SettingError
from tabgan.estimators.given_rows import RandomState
from tabgan.estimators.input_columns import keep_names
from tabgan.estimators.tabgan import TabGAN
from tabgan.evaluation.utility.task import as_classes
from tabgan.io import Container, FrameInput, read_frame, read_target
from tabgan.io.frames.plain_frames import ArrayContainer
from tabgan.model.class_sampling import Amounts, Pool, check_class_sizes
from tabgan.schema import TableSchema

try:
    from imblearn.over_sampling.base import BaseOverSampler
    from imblearn.utils import check_target_type
except ImportError as error:
    raise MissingExtraError("imbalanced-learn", "imbalance", "TabGANSampler") from error

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
)


class TabGANSampler(BaseOverSampler):  # type: ignore[misc]
    """Over-sample classes with rows that a conditional GAN draws for them.

    `fit_resample` fits a `TabGAN` on all rows, then draws the rows that each class lacks under the
    condition that they are of it. In `imblearn.pipeline.Pipeline` that happens in each fold.

    Args:
        sampling_strategy: How many rows of which class, as imbalanced-learn takes it:
            "auto", "minority", "not minority", "not majority", "all", the ratio of two classes,
            {class: rows}, or a function of y.
        random_state: Seed of the fit and of the draws.
        objective, preset, steps, time_limit, refine, relations, protect, protect_below, config,
            device, threads: As those of `TabGAN`.

    Attributes:
        sampling_strategy_: Rows to add of each class.
        gan_: The fitted `TabGAN`; None if no class lacked a row.

    Example:
        >>> X = pd.DataFrame({"x": range(40), "town": ["Ulm", None, "Rom", "Ulm"] * 10})
        >>> y = pd.Series([0] * 30 + [1] * 10, name="left")
        >>> rows, labels = TabGANSampler(random_state=0, steps=5).fit_resample(X, y)
        >>> labels.value_counts().to_dict()
        {0: 30, 1: 30}
    """

    def __init__(
        self,
        sampling_strategy: Any = "auto",
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
        super().__init__(sampling_strategy=sampling_strategy)
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

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:  # noqa: N803
        """Add rows of the classes that lack them, behind those given.

        Args:
            X: A table of any kind that `tabgan.io.frames` lists; shape (n_rows, n_columns).
            y: The class of each row, in any kind too.
            **params: As imbalanced-learn hands them on.

        Returns:
            Rows and their classes, each in the kind that it came in.

        Raises:
            SettingError: A row has no class.
        """
        table, column = read_frame(X), y if _is_array_like(y) else read_target(y)
        is_plain_array = table.container == ArrayContainer()
        frame = X if is_plain_array else table.frame
        labels = column.frame.iloc[:, 0].to_numpy() if isinstance(column, FrameInput) else y
        missing = int(pd.isna(np.asarray(labels)).sum())
        if missing:
            raise SettingError(f"y has {missing} missing values; leave out the rows without class.")
        frame, labels = super().fit_resample(frame, labels, **params)
        keep_names(self, table)
        if not is_plain_array:
            frame = table.container.create(frame)
        if isinstance(column, FrameInput):
            labels = column.container.create(pd.DataFrame({column.frame.columns[0]: labels}))
        if isinstance(frame, pd.DataFrame) and isinstance(labels, pd.DataFrame | pd.Series):
            labels = labels.set_axis(frame.index)
        return frame, labels

    def _check_X_y(self, X: Any, y: Any, accept_sparse: Any = None) -> tuple[Any, Any, bool]:  # noqa: ARG002, N802, N803 - imbalanced-learn's names
        """Leave tables as they are: gaps and categories are welcome. Called by imbalanced-learn."""
        y, is_one_vs_all = check_target_type(y, indicate_one_vs_all=True)
        if not isinstance(X, pd.DataFrame):
            X = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)  # noqa: N806
        keep_names(self, FrameInput(pd.DataFrame(X), Container()))
        return X, np.asarray(y), is_one_vs_all

    def _fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:  # noqa: N803
        """Add what `sampling_strategy_` says, behind the rows given. Called by imbalanced-learn."""
        self.gan_ = None
        amounts = Amounts(0, self.sampling_strategy_)
        if amounts.total == 0:
            return X, y
        features, target = _densify(pd.DataFrame(X)).reset_index(drop=True), "target"
        while target in features.columns:
            target += "_"
        classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
        check_class_sizes(dict(zip(classes, counts, strict=True)), amounts)
        table = features.assign(**{target: codes})
        fit_seed, draw_seed = check_random_state(self.random_state).randint(2**31 - 1, size=2)
        settings = {name: getattr(self, name) for name in GAN_SETTINGS}
        schema = as_classes(TableSchema.infer(table, target), target)
        gan = TabGAN(schema=schema, random_state=fit_seed, **settings)
        gan.fit(features, table[target])
        by_code = {code: amounts.by_class.get(label, 0) for code, label in enumerate(classes)}
        coded_amounts = Amounts(0, by_code)
        rows = Pool.draw(gan.model_, coded_amounts, target, draw_seed).take(coded_amounts)
        self.gan_ = gan
        resampled = pd.concat([table, rows], ignore_index=True).astype(table.dtypes)
        labels = classes[resampled.pop(target)]
        return resampled if isinstance(X, pd.DataFrame) else resampled.to_numpy(X.dtype), labels


def _is_array_like(y: Any) -> bool:
    """Return whether imbalanced-learn gives it back as it is: lists, arrays, pandas' own dtypes."""
    return isinstance(y, list | np.ndarray | pd.Series | pd.DataFrame)


def _densify(frame: pd.DataFrame) -> pd.DataFrame:
    """Return sparse columns as dense ones; imbalanced-learn turns them back."""
    kinds = frame.dtypes.items()
    return frame.astype(
        {name: kind.subtype for name, kind in kinds if isinstance(kind, pd.SparseDtype)}
    )
