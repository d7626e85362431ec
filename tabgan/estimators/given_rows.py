"""What `TabGAN` is asked of given rows, beside new ones."""

from collections.abc import Collection
from typing import Any

from sklearn.utils.metaestimators import available_if

from tabgan.errors import ConditionError, UnfittedError
from tabgan.estimators.random_state import RandomState, to_seed
from tabgan.model.column_classes import find_classes
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.devices import use_threads
from tabgan.schema import Name


def _has_classes(estimator: Any) -> bool:
    """Return whether the target, if there is one, is a column of classes."""
    model = getattr(estimator, "model_", None)
    if model is None or model.schema.target is None:
        return True
    try:
        find_classes(model, model.schema.target)
    except ConditionError:
        return False
    return True


class GivenRows:
    """The questions, for an estimator that holds a fitted model.

    Attributes:
        model_: The fitted model.
        threads: Of torch at the most.
        random_state: Seed of the draws, unless a question brings one.
    """

    model_: TabularModel
    threads: int | None
    random_state: RandomState

    def complete(
        self,
        X: Any,  # noqa: N803
        n_draws: int = 1,
        redraw: Collection[Name] = (),
        *,
        random_state: RandomState = None,
        unknown_gaps: bool = False,
        refine: bool = True,
        fast: bool = False,
    ) -> Any:
        """Draw what is unknown of partial rows, as `TabularModel.complete` does: see there.

        The seed of the draws is `random_state`, or the estimator's own when None.

        Example:
            >>> import pandas as pd
            >>> from tabgan import TabGAN
            >>> table = pd.DataFrame({"x": range(50), "odd": [i % 2 == 1 for i in range(50)]})
            >>> model = TabGAN(steps=5, random_state=0).fit(table)
            >>> model.complete(table[["odd"]].tail(2))["odd"].to_dict()
            {48: False, 49: True}
        """
        with use_threads(self.threads):
            return self._fitted().complete(
                X,
                n_draws,
                redraw,
                seed=self._choose_seed(random_state),
                unknown_gaps=unknown_gaps,
                refine=refine,
                fast=fast,
            )

    def impute(
        self,
        X: Any,  # noqa: N803
        n_draws: int = 1,
        *,
        point: bool = False,
        columns: Collection[Name] | None = None,
        random_state: RandomState = None,
        refine: bool = True,
        fast: bool = False,
    ) -> Any:
        """Fill the gaps of rows, as `TabularModel.impute` does: see there.

        The seed of the draws is `random_state`, or the estimator's own when None.
        """
        with use_threads(self.threads):
            return self._fitted().impute(
                X,
                n_draws,
                point=point,
                columns=columns,
                seed=self._choose_seed(random_state),
                refine=refine,
                fast=fast,
            )

    def predict(self, X: Any, columns: Any = None) -> Any:  # noqa: N803
        """Return what columns most probably are in rows, as `TabularModel.predict` does.

        Returns:
            An array of shape (n_rows,) for one column, a DataFrame of pandas for several.
        """
        with use_threads(self.threads):
            values = self._fitted().predict(X, columns, seed=to_seed(self.random_state) or 0)
        return values.to_numpy() if values.ndim == 1 else values

    @available_if(_has_classes)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any, columns: Any = None) -> Any:  # noqa: N803
        """Return the probability of each class of columns, as `TabularModel.predict_proba` does.

        It is not there if the target is a number: `model_.predict_proba` is, for other columns.

        Returns:
            An array of shape (n_rows, n_classes), in the order of `classes_`, of the target; a
            DataFrame of pandas for one column, a dict of such for several.
        """
        with use_threads(self.threads):
            shares = self._fitted().predict_proba(X, columns, seed=to_seed(self.random_state) or 0)
        return shares.to_numpy() if columns is None else shares

    @property
    def classes_(self) -> Any:
        """The classes of the target, in order; (n_classes,)."""
        model = self._fitted()
        if model.schema.target is None:
            raise AttributeError("there are no classes without a target")
        return find_classes(model, model.schema.target)

    def _choose_seed(self, random_state: RandomState) -> int | None:
        return to_seed(self.random_state if random_state is None else random_state)

    def _fitted(self) -> TabularModel:
        if not hasattr(self, "model_"):
            raise UnfittedError("this TabGAN is not fitted yet; call fit(table) first.")
        return self.model_
