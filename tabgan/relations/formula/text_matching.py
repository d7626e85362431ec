"""Which columns stand next in texts that are read from one end.

>>> from tabgan.schema.column import Column, ColumnKind
>>> from tabgan.query.expressions import ColumnRef
>>> name = ColumnRef(Column("name", ColumnKind.CATEGORICAL, "object"))
>>> names = [chr(65 + i % 26) + "da" + str(i) for i in range(60)]
>>> left = [text[0].lower() + "@x.org" for text in names]
>>> Matcher(cost=30.0).find(left, [View(name, names, names, can_be_cut=True)])[0].value.write()
'lower(left(name, 1))'
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from os.path import commonprefix

import numpy as np

from tabgan.query.expressions import Value
from tabgan.query.texts import TextCall
from tabgan.relations.formula.text_views import CASES, View
from tabgan.relations.statistics import MIN_ROWS

MIN_MATCHES = 0.95  # share of rows that a part has to fit: a few may be odd
FIRST_ROWS = 3  # of which one may be odd, and all others say at once what does not fit
MAX_CUT = 8  # letters from an end
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
class Matcher:
    """Finds what stands next.

    Attributes:
        cost: Nats that a match has to be worth, for all that is tried.
        is_reversed: Whether texts are read from their ends, and are given so.
    """

    cost: float
    is_reversed: bool = False

    def find(self, left: Texts, views: Sequence[View]) -> list[Match]:
        """Return the views that are next in what is left of texts; (n_rows,), None: left aside."""
        rows = [row for row, text in enumerate(left) if text is not None]
        folded = [(text or "").lower() for text in left]
        found = []
        for view in views:
            own = view.folded_backwards if self.is_reversed else view.folded
            first = list(islice(((own[row], folded[row]) for row in rows if own[row]), FIRST_ROWS))
            kept = [length for length in _list_lengths(view) if _fits(first, length)]
            given = [row for row in rows if own[row]] if kept else []
            if len(given) < max(MIN_ROWS, len(rows) / 2):
                continue
            pairs = [(own[row], folded[row]) for row in given]
            cuts = (self._cut(view, length, pairs) for length in kept)
            matches = (self._match(cut, left, given) for cut in cuts if cut is not None)
            match = next((match for match in matches if match is not None), None)
            if match is not None:
                found.append(match)
        return found

    def _orient(self, text: str | None) -> str:
        return (text or "")[::-1] if self.is_reversed else text or ""

    def _cut(self, view: View, length: int, pairs: Sequence[tuple[str, str]]) -> View | None:
        """Return a view, whole, its nearest letters, or so many of its farthest."""
        if length == WHOLE:
            return view
        near, far = ("right", "left") if self.is_reversed else ("left", "right")
        n_letters = _find_common_length(pairs) if length == NEAR else length
        return view.apply(near if length == NEAR else far, n_letters) if n_letters else None

    def _match(self, cut: View, left: Texts, given: Sequence[int]) -> Match | None:
        """Return a match in the case that nearly all rows have; None if there is none."""
        for name, function in CASES.items():
            texts = [text and self._orient(function(text)) for text in cut.texts]
            n_matches = sum((left[row] or "").startswith(texts[row] or "\0") for row in given)
            if n_matches < MIN_MATCHES * len(given):
                continue
            if _measure_gain(cut.source, texts, left, given) < self.cost:
                return None
            value = TextCall(name, (cut.value,)) if name else cut.value
            size = float(sum(len(texts[row] or "") for row in given))
            return Match(value, texts, (size, -float(len(value.write()))))
        return None


def _measure_gain(source: Texts, texts: Texts, left: Texts, given: Sequence[int]) -> float:
    """Return how surprising it is that texts are next, in nats: equal rows count once.

    Chance is the share of rows in which other rows' texts would be next as well.
    """
    rows = sorted({(texts[row] or "", left[row] or "", source[row] or "") for row in given})
    n_hits = sum(
        row[1].startswith(rows[index % len(rows)][0])
        for number in range(N_SHIFTS)
        for index, row in enumerate(rows, round((number + 0.5) / N_SHIFTS * len(rows)))
    )
    chance = max(n_hits / (N_SHIFTS * len(rows)), MIN_CHANCE)
    return -len(rows) * float(np.log(chance))


def _list_lengths(view: View) -> Sequence[int]:
    """Return which parts of a view are tried: all of it, its nearest letters, its farthest."""
    return (WHOLE, NEAR, *range(MAX_CUT, 0, -1)) if view.can_be_cut else (WHOLE,)


def _fits(first: Sequence[tuple[str, str]], length: int) -> bool:
    """Return whether a part of the first element of pairs begins the second: but for one."""
    n_odd = 0
    for own, owner in first:
        if length == WHOLE:
            fits = owner.startswith(own)
        elif length == NEAR:
            fits = owner[:1] == own[0]
        else:
            fits = len(own) > length and owner.startswith(own[-length:])
        n_odd += not fits
        if n_odd > 1:
            return False
    return len(first) > n_odd


def _find_common_length(pairs: Iterable[tuple[str, str]]) -> int:
    """Return how many letters of one text begin the other in nearly all pairs, unless all do."""
    lengths = [(len(own), len(commonprefix([own, owner]))) for own, owner in pairs]
    shorter = sorted(common for length, common in lengths if common < length)
    return shorter[int((1 - MIN_MATCHES) * len(lengths) / 2)] if shorter else 0
