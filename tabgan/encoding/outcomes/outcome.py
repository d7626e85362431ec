"""What the cells of a part are to the networks: the events that decode to them.

>>> certain = Outcomes.of_classes(np.array([0, 1, -1]), log_prior=-np.log(3))
>>> certain.codes.tolist(), certain.is_told.tolist()
([[0], [1], [-1]], [True, True, False])
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from tabgan.encoding.encoded_column import Codes, EncodedColumn
from tabgan.schema.arrays import Floats, Indices, Mask

NO_EVENT = -1  # for a code


@dataclass(frozen=True)
class Outcomes:
    """Cells of one part as events; the probability of a cell is the sum over its events.

    An event is a class and, where that holds a scalar, a range of it. A range of one point counts
    by its density. A cell without events is none that the generator makes.

    Shape:
        - codes: (n_rows, n_events), NO_EVENT where there are fewer
        - low, high: (n_rows, n_events), ends of the scalar; 0 in classes that hold a single value
        - log_factors: (n_rows, n_events), log of what the event's probability is multiplied by:
          the share of a category in its class, the slope of a scalar in its value
        - log_prior: (n_rows,), log-probability of the cell under the part's even distribution
    - log_prior_tail: (n_rows,), of what is at least as far out, too
    - below, up_to: (n_rows, n_classes), how far the part of a class reaches that is less than the
      cell, and that is no more than it, as a scalar from -1, nothing, to 1, all of the class; NaN
      in classes that are no numbers, and no classes at all where cells have no order
        - told: (n_rows,), what is told of the cell when others are asked for
        - is_told: (n_rows,), whether anything is
    """

    codes: Indices
    low: Floats
    high: Floats
    log_factors: Floats
    log_prior: Floats
    log_prior_tail: Floats
    below: Floats
    up_to: Floats
    told: EncodedColumn
    is_told: Mask

    @classmethod
    def of_classes(
        cls, codes: Indices, log_prior: float, log_factors: Floats | None = None
    ) -> Self:
        """Return cells of classes that hold no scalar; (n_rows,) each.

        Args:
            codes: Of the classes, NO_EVENT for what is in none.
            log_prior: Of every cell.
            log_factors: 0 if None.
        """
        zeros = np.zeros((len(codes), 1))
        factors = zeros if log_factors is None else log_factors[:, None]
        told = EncodedColumn(
            np.maximum(codes, 0).astype(np.int32), np.zeros(len(codes), np.float32)
        )
        prior = np.full(len(codes), log_prior)
        no_order = np.zeros((len(codes), 0))
        return cls(
            codes[:, None],
            zeros,
            zeros,
            factors,
            prior,
            prior,
            no_order,
            no_order,
            told,
            codes >= 0,
        )

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Indices) -> "Outcomes":
        """Return the cells of these rows; (n_taken,)."""
        told = EncodedColumn(self.told.codes[rows], self.told.scalars[rows])
        taken: dict[str, Any] = {
            each.name: getattr(self, each.name)[rows]
            for each in fields(self)
            if each.name != "told"
        }
        return Outcomes(**taken, told=told)

    def with_codes(self, classes: Codes, n_classes: int, shift: float) -> "Outcomes":
        """Return the same events with other numbers of their classes, and a prior that is less.

        Args:
            classes: New number of each class; (n_own_classes,).
            n_classes: That there are then.
            shift: Added to the log of the prior.
        """
        codes = np.where(self.codes >= 0, classes[self.codes], NO_EVENT)
        below, up_to = np.full((2, len(codes), n_classes), np.nan)
        below[:, classes[: self.below.shape[1]]] = self.below
        up_to[:, classes[: self.below.shape[1]]] = self.up_to
        return replace(
            self,
            codes=codes,
            log_prior=self.log_prior + shift,
            log_prior_tail=self.log_prior_tail + shift,
            below=below,
            up_to=up_to,
            told=EncodedColumn(classes[self.told.codes], self.told.scalars),
        )

    def replaced_at(self, rows: Indices, others: "Outcomes") -> "Outcomes":
        """Return cells of which some, by their numbers (n_replaced,), have other events."""
        n_events = max(self.codes.shape[1], others.codes.shape[1])
        n_classes = max(self.below.shape[1], others.below.shape[1])
        whole, own = (_widen(each, n_events, n_classes) for each in (self, others))
        for each in fields(self):
            if each.name != "told":
                getattr(whole, each.name)[rows] = getattr(own, each.name)
        whole.told.codes[rows], whole.told.scalars[rows] = own.told.codes, own.told.scalars
        return whole


def _widen(outcomes: Outcomes, n_events: int, n_classes: int) -> Outcomes:
    """Return a copy with room for so many events a cell, and for the order of so many classes."""
    more = ((0, 0), (0, n_events - outcomes.codes.shape[1]))
    unordered = ((0, 0), (0, n_classes - outcomes.below.shape[1]))
    return Outcomes(
        np.pad(outcomes.codes, more, constant_values=NO_EVENT),
        np.pad(outcomes.low, more),
        np.pad(outcomes.high, more),
        np.pad(outcomes.log_factors, more),
        outcomes.log_prior.copy(),
        outcomes.log_prior_tail.copy(),
        np.pad(outcomes.below, unordered, constant_values=np.nan),
        np.pad(outcomes.up_to, unordered, constant_values=np.nan),
        EncodedColumn(outcomes.told.codes.copy(), outcomes.told.scalars.copy()),
        outcomes.is_told.copy(),
    )
