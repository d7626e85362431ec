"""Categories as texts and codes, such that how a table happens to store them changes nothing.

True, "true", 1, 1.0 and Decimal("1.00") are one category where the real table holds one of them,
and so are "007" and 7, or a date and the text of it: files and frames store the same in many ways.

>>> encode_categories(pd.Series([True, False, None]), pd.Index(["0", "1"], dtype=object))
array([ 1.,  0., nan])
"""

import re
from collections import Counter
from collections.abc import Hashable
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNKNOWN = -1.0
TRUTH_VALUES = {"true": Decimal(1), "false": Decimal(0)}
_DAY = re.compile(r"\d{4}-\d\d-\d\d([ T]\S+)?")


def category_texts(values: pd.Series) -> list[str | None]:
    """Return categories as texts that do not depend on a file's dtype: 1, 1.0 and "1" are one.

    Returns:
        One text a row, None where the value is missing.
    """
    try:
        codes, uniques = pd.factorize(values)
    except TypeError:  # lists and the like, which are in no hash table
        return [None if value is None else str(value) for value in values]
    texts: list[str | None] = [_category_text(value) for value in uniques]
    texts.append(None)  # factorize marks a gap as -1
    return [texts[code] for code in codes]


def encode_categories(values: pd.Series, categories: pd.Index) -> NDArray[np.float64]:
    """Return the code of each value's category, float64 of shape (rows,).

    Args:
        values: Of any dtype.
        categories: Texts in the order of their codes, each once.

    Returns:
        NaN where a value is missing, -1 where it is no category, in no way of writing.
    """
    texts = category_texts(values)
    codes = categories.get_indexer(pd.Index(texts, dtype=object)).astype(np.float64)
    codes[[text is None for text in texts]] = np.nan
    unknown = np.flatnonzero(codes == UNKNOWN)
    if len(unknown):
        meant = _codes_by_meaning(categories)
        others = {str(texts[row]) for row in unknown}
        found = {text: meant.get(_meaning(text), UNKNOWN) for text in others}
        codes[unknown] = [found[str(texts[row])] for row in unknown]
    return codes


def _codes_by_meaning(categories: pd.Index) -> dict[Hashable, int]:
    """Return codes by what the texts mean, without meanings that two categories have."""
    meanings = [_meaning(text) for text in categories]
    counts = Counter(meanings)
    return {meaning: code for code, meaning in enumerate(meanings) if counts[meaning] == 1}


def _meaning(text: str) -> Hashable:
    """Return the number, truth value or moment that a text stands for; the text if it is none."""
    if (truth := TRUTH_VALUES.get(text.strip().casefold())) is not None:
        return truth
    try:
        number = Decimal(text)
    except InvalidOperation:
        pass
    else:
        return number if number.is_finite() else text
    if not _DAY.fullmatch(text):
        return text
    try:
        return pd.Timestamp(text)
    except ValueError:
        return text


def _category_text(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
