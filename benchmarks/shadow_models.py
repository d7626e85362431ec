"""Which rows a model was fitted to, read from models fitted with them and without: LiRA."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit
from sklearn.metrics import roc_auc_score


@dataclass(frozen=True)
class Figure:
    """A mean over models.

    Attributes:
        value: Of members.
        reference: Of rows that are none.
        half_width: Half the 95 % interval of the difference.
    """

    value: float
    reference: float
    half_width: float

    @classmethod
    def of(cls, pairs: NDArray[np.float64]) -> "Figure":
        """Return the figure of values and references, shape (n_models, 2)."""
        value, reference = pairs.mean(axis=0)
        n_models = len(pairs)
        spread = np.diff(pairs, axis=1).std(ddof=1) / np.sqrt(n_models)
        return cls(value, reference, float(stdtrit(n_models - 1, 0.975) * spread))

    @classmethod
    def of_aucs(cls, aucs: NDArray[np.float64]) -> "Figure":
        """Return the figure of AUCs of `likelihood_ratio_aucs`, shape (n_models,).

        Every two models are each other's shadow models, so that what chance gives one it gives the
        other: the variance that n AUCs show is (n - 2) / (2n - 2) of what their mean has.
        """
        n_models = len(aucs)
        found = cls.of(np.column_stack([aucs, np.full(n_models, 0.5)]))
        widening = np.sqrt(2 * (n_models - 1) / (n_models - 2))
        return replace(found, half_width=float(found.half_width * widening))

    @property
    def is_miss(self) -> bool:
        """Whether members are given away, beyond the interval."""
        return self.value - self.reference > self.half_width

    def __str__(self) -> str:
        digits = 3 if self.reference == 0.5 else 1
        value, reference, width = (
            f"{each:.{digits}f}" for each in (self.value, self.reference, self.half_width)
        )
        known = "" if self.reference == 0.5 else f" ({reference})"
        return f"{value}{known} ± {width}{' **miss**' if self.is_miss else ''}"


def likelihood_ratio_aucs(
    scores: NDArray[np.float64], members: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the AUC of LiRA on each model, all others being its shadow models; (n_models,).

    The score of a row is normal among the models fitted with it, and among the others; of so few
    models the variance is that of all rows, as the paper has it.

    Args:
        scores: Of each row for each model, higher for members, shape (n_models, n_rows).
        members: Whether the model was fitted to the row, of the same shape.
    """
    aucs = []
    for target in range(len(scores)):
        others = np.arange(len(scores)) != target
        known, is_in = scores[others], members[others]
        asked = is_in.any(axis=0) & ~is_in.all(axis=0)
        logarithms = []
        for group in (is_in, ~is_in):
            each = np.where(group, known, np.nan)[:, asked]
            means = np.nanmean(each, axis=0)
            variance = np.nanmean((each - means) ** 2) + 1e-12
            off = scores[target, asked] - means
            logarithms.append(-0.5 * off**2 / variance - 0.5 * np.log(variance))
        aucs.append(roc_auc_score(members[target, asked], logarithms[0] - logarithms[1]))
    return np.array(aucs)
