"""Which columns stand next in texts that are read from one end.

>>> from tabgan.schema.column import Column, ColumnKind
>>> from tabgan.query.expressions import ColumnRef
>>> name = ColumnRef(Column("name", ColumnKind.CATEGORICAL, "object"))
>>> names = [chr(65 + i % 26) + "da" + str(i) for i in range(60)]
>>> left = [text[0].lower() + "@x.org" for text in names]
>>> matcher = Matcher([View(name, names, names, can_be_cut=True)], cost=30.0)
>>> matcher.find(left, Choice(left, np.array([True]), np.array([True])))[0].value.write()
'lower(left(name, 1))'
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from tabgan.query.expressions import Value
from tabgan.query.texts import TextCall
from tabgan.relations.formula.texts.text_views import CASES, View
from tabgan.relations.statistics import MIN_ROWS
from tabgan.schema.arrays import Mask

MIN_MATCHES = 0.95  # share of rows that a part has to fit: a few may be odd
MAX_CUT = 8  # letters from an end
FIRST_ROWS, MAX_ODD = 12, 2  # of these rows so many may be odd, or a view does not fit at all
WHOLE, NEAR = 0, -1  # parts of a view that are no number of letters from its far end
N_SHIFTS = 16  # of sorted texts, by which others' values are tried in the place of each
MIN_CHANCE = 1e-3
Texts = Sequence[str | None]


@dataclass(frozen=True)
class Match:
    """A view of a column that stands next in nearly all rows.

    Attributes:
        value: As an expression.
        texts: In each row, in the direction of reading.
        rank: The greater, the better.
    """

    value: Value
    texts: list[str | None]
    rank: tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """A column, and which views it may be made of.

    Attributes:
        texts: Of the column, all of each; (n_rows,).
        is_allowed: Of each view; (n_views,).
        can_be_cut: Whether its first or last letters are looked at, too; (n_views,).
    """

    texts: Texts
    is_allowed: Mask
    can_be_cut: Mask


class Matcher:
    """Finds which views stand next.

    Args:
        views: Of all columns.
        cost: Nats that a match has to be worth, for all that is tried.
        is_reversed: Whether texts are read from their ends, and are given so.
    """

    def __init__(self, views: Sequence[View], cost: float, *, is_reversed: bool = False) -> None:
        self.views, self.cost, self.is_reversed = views, cost, is_reversed
        folded = [[(text or "").lower() for text in view.texts] for view in views]
        backwards = [[text[::-1] for text in texts] for texts in folded]
        self._own, other = (backwards, folded) if is_reversed else (folded, backwards)
        self._near, self._far = _to_letters(self._own)[:, :, 0], _to_letters(other)

    def find(self, left: Texts, choice: Choice) -> list[Match]:
        """Return the views that are next in what is left of texts; (n_rows,), None: left aside."""
        rows = [row for row, text in enumerate(left) if text is not None]
        folded = [(text or "").lower() for text in left]
        found = []
        for number, lengths in self._list_fitting(folded, rows, choice):
            view, own = self.views[number], self._own[number]
            given = [row for row in rows if own[row]]
            pairs = [(own[row], folded[row]) for row in given]
            cuts = (self._cut(view, length, pairs) for length in lengths)
            matches = (self._match(cut, left, given, choice) for cut in cuts if cut is not None)
            match = next((match for match in matches if match is not None), None)
            if match is not None:
                found.append(match)
        return found

    def _list_fitting(
        self, folded: Sequence[str], rows: Sequence[int], choice: Choice
    ) -> Iterator[tuple[int, list[int]]]:
        """Yield the views of which the first letter fits, and the parts that begin with it."""
        few = rows[:: max(1, len(rows) // FIRST_ROWS)][:FIRST_ROWS]
        first = np.array([ord(folded[row][:1] or "\0") for row in few], np.uint32)[:, None]
        near, far = self._near[few], self._far[few]
        is_given = near != 0
        n_odd = ((near != first) & is_given).sum(axis=0)
        is_near = choice.is_allowed & (n_odd <= MAX_ODD)
        n_odd = ((far[:, :, :-1] != first[:, None]) & (far[:, :, 1:] != 0)).sum(axis=0)
        n_short = ((far[:, :, 1:] == 0) & is_given[:, :, None]).sum(axis=0)
        is_cut = choice.is_allowed & choice.can_be_cut
        is_far = is_cut[:, None] & (n_odd + n_short <= MAX_ODD)
        least = max(MIN_ROWS, len(rows) / 2)
        for number in np.flatnonzero(is_near | is_far.any(axis=1)).tolist():
            if np.count_nonzero(self._near[rows, number]) < least:
                continue
            nearest = [WHOLE, NEAR] if choice.can_be_cut[number] else [WHOLE]
            lengths = nearest if is_near[number] else []
            yield number, [*lengths, *(np.flatnonzero(is_far[number])[::-1] + 1).tolist()]

    def _orient(self, text: str | None) -> str:
        return (text or "")[::-1] if self.is_reversed else text or ""

    def _cut(self, view: View, length: int, pairs: Sequence[tuple[str, str]]) -> View | None:
        """Return a view, whole, its nearest letters, or so many of its farthest."""
        if length == WHOLE:
            return view
        near, far = ("right", "left") if self.is_reversed else ("left", "right")
        n_letters = _find_common_length(pairs) if length == NEAR else length
        return view.apply(near if length == NEAR else far, n_letters) if n_letters else None

    def _match(self, cut: View, left: Texts, given: Sequence[int], choice: Choice) -> Match | None:
        """Return a match in the case that nearly all rows have; None if there is none."""
        first = [(cut.texts[row] or "\0", left[row] or "") for row in given[:FIRST_ROWS]]
        for name, function in CASES.items():
            n_odd = sum(not owner.startswith(self._orient(function(own))) for own, owner in first)
            if n_odd > MAX_ODD:
                continue
            texts = [text and self._orient(function(text)) for text in cut.texts]
            n_matches = sum((left[row] or "").startswith(texts[row] or "\0") for row in given)
            if n_matches < MIN_MATCHES * len(given):
                continue
            cells = [
                (texts[row], left[row] or "", cut.source[row], choice.texts[row]) for row in given
            ]
            if _measure_gain(cells) < self.cost:
                return None
            value = TextCall(name, (cut.value,)) if name else cut.value
            size = float(sum(len(texts[row] or "") for row in given))
            return Match(value, texts, (size, -float(len(value.write()))))
        return None


def _measure_gain(cells: Sequence[tuple[str | None, ...]]) -> float:
    """Return how surprising it is that texts are next, in nats: equal rows count once.

    Chance is the share of rows in which other rows' texts would be next as well.

    Args:
        cells: Of each row a text, what is left where it should be next, and the cells that both
            are taken from.
    """
    rows = sorted({tuple(text or "" for text in row) for row in cells})
    n_hits = sum(
        row[1].startswith(rows[index % len(rows)][0])
        for number in range(N_SHIFTS)
        for index, row in enumerate(rows, round((number + 0.5) / N_SHIFTS * len(rows)))
    )
    chance = max(n_hits / (N_SHIFTS * len(rows)), MIN_CHANCE)
    return -len(rows) * float(np.log(chance))


def _to_letters(texts: Sequence[Sequence[str]]) -> npt.NDArray[np.uint32]:
    """Return the first letters of texts, 0 behind their ends; (n_rows, n_views, MAX_CUT + 1)."""
    width = MAX_CUT + 1
    if not texts:
        return np.zeros((0, 0, width), np.uint32)
    short = np.array([[text[:width] for text in each] for each in texts], f"U{width}")
    letters = short.reshape(len(texts), -1, 1).view(np.uint32).reshape(len(texts), -1, width)
    return np.ascontiguousarray(letters.transpose(1, 0, 2))


def _count_common(own: str, owner: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(own, owner, strict=False)))


def _find_common_length(pairs: Iterable[tuple[str, str]]) -> int:
    """Return how many letters of one text begin the other in nearly all pairs, unless all do."""
    lengths = [(len(own), _count_common(own, owner)) for own, owner in pairs]
    shorter = sorted(common for length, common in lengths if common < length)
    rank = int((1 - MIN_MATCHES) * len(lengths) / 2)
    return shorter[min(rank, len(shorter) - 1)] if shorter else 0
