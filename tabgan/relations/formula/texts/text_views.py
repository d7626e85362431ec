"""What texts are put together of: columns as they are written, their parts, and their cases.

>>> from tabgan.schema.column import Column, ColumnKind
>>> name = Column("name", ColumnKind.CATEGORICAL, "object")
>>> [view.value.write() for view in find_views(name, ["Ada Lovelace", "Alan Turing"])][:3]
['name', "replace(name, ' ', '')", "replace(name, ' ', '-')"]
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tabgan.query.expressions import ColumnRef, Number, Text, Value
from tabgan.query.text_functions import TEXT_FUNCTIONS
from tabgan.query.texts import TextCall
from tabgan.schema.column import Column

Texts = Sequence[str | None]  # of the rows that are searched
SEPARATORS = "-_./@:, |#"
JOINTS = ("", "-", "_", ".")  # in the place of blanks
CASES: Mapping[str, Callable[[str], str]] = {
    "": str,
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
}
MAX_WIDTH = 12  # of numbers with zeros before them
MAX_PARTS = 4
MIN_SHARE = 0.9  # of the texts that have a part


@dataclass(frozen=True)
class View:
    """A text that follows from one column.

    Attributes:
        value: As an expression.
        texts: In each row, None where there is none.
        source: The column itself in each row.
        can_be_cut: Whether its first or last letters are looked at, too.
    """

    value: Value
    texts: Texts
    source: Texts
    can_be_cut: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the column is lost."""
        is_kept = isinstance(self.value, TextCall) and self.value.function in ("pad", "replace")
        return isinstance(self.value, ColumnRef) or is_kept

    def apply(self, function: str, *given: str | int) -> "View":
        """Return what a function makes of it."""
        compute = TEXT_FUNCTIONS[function].compute
        texts = [text and compute(text, *given) for text in self.texts]
        constants = [Text(x) if isinstance(x, str) else Number(float(x)) for x in given]
        return View(TextCall(function, (self.value, *constants)), texts, self.source)


def find_views(column: Column, texts: Texts) -> Iterator[View]:
    """Yield a column as it is written, and what else is often made of it, as far as it differs."""
    whole = View(ColumnRef(column), texts, texts, can_be_cut=True)
    yield whole
    present = [text for text in texts if text]
    if not present:
        return
    if any(" " in text for text in present):
        yield from (whole.apply("replace", " ", joint) for joint in JOINTS)
        yield whole.apply("initials")
    yield from _find_parts(whole, present)
    if all(text.isdigit() for text in present):
        longest = max(map(len, present))
        least = longest if min(map(len, present)) < longest else longest + 1
        yield from (whole.apply("pad", width) for width in range(least, MAX_WIDTH + 1))
        return
    for function in ("letters", "digits"):
        view = whole.apply(function)
        if _is_other(view, present):
            yield view


def _find_parts(whole: View, present: Sequence[str]) -> Iterator[View]:
    """Yield what stands between separators that nearly all texts have."""
    for separator in SEPARATORS:
        counts = sorted(text.count(separator) for text in present)
        n_parts = counts[len(counts) // 10] + 1
        if n_parts == 1:
            continue
        numbers = [*range(1, min(n_parts, MAX_PARTS) + 1)]
        if counts[0] != counts[-1]:
            numbers.append(-1)
        for number in numbers:
            part = whole.apply("part", separator, number)
            texts = [text or None for text in part.texts]
            yield replace(part, texts=texts, can_be_cut=True)


def _is_other(view: View, present: Sequence[str]) -> bool:
    made = [text for text in view.texts if text]
    return len(made) >= MIN_SHARE * len(present) and set(made) != set(present)
