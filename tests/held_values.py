"""What a model file holds of a table, decoded back to its values, and how many rows hold each.

`find_exposed` walks every field of every encoder and relation of a file: a field that it does not
know is an error, so that a new one is thought of here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.amount import AmountEncoder
from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import ColumnEncoder
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.free_text.free_text import FreeTextEncoder, distinct_texts
from tabgan.encoding.free_text.word_splitting import split_words
from tabgan.encoding.keys.identifier import IdentifierEncoder
from tabgan.encoding.keys.pattern import PatternEncoder
from tabgan.encoding.marked import MarkedEncoder, _split
from tabgan.encoding.numerical import NumericalEncoder
from tabgan.encoding.whole_numbers import WholeNumberEncoder
from tabgan.model.tabular_model import TabularModel
from tabgan.relations.gates import find_gated
from tabgan.relations.relation import Relation
from tabgan.schema.categories import Categories
from tabgan.schema.column import Column
from tabgan.schema.float_conversion import to_float
from tabgan.schema.text import text_array
from tabgan.schema.text.missing_marks import is_mark
from tabgan.schema.text.numbers.number_format import NumberFormats
from tabgan.schema.text.patterns.parts import Alternation, Number

MAX_FILL = 0.01  # of a grid that different values take up, if a knot may hit one by accident

Exposed = Iterator[str]  # a sentence for each value that too few rows hold


def find_exposed(path: Path, frame: pd.DataFrame, k: int) -> list[str]:
    """Return what a model file holds that fewer than k rows of its table do."""
    model = TabularModel.load(path)
    checked = model.schema.check(frame)
    free = model.relations.apply(checked)
    fillers = model.relations.find_fillers(checked, free)
    found = [f"{c.name}: {one}" for c in model.schema.columns for one in _marks(c, checked, k)]
    for encoder in model.encoder.encoders:
        name = encoder.column.name
        series = free[name] if name not in fillers else free[name][~fillers[name]]
        found += [f"{name}: {one}" for one in _encoder(encoder, series, k)]
    for relation in model.relations.relations:
        found += [
            f"{relation.text}: {one}" for one in RELATION_WALKS[relation.KIND](relation, checked, k)
        ]
    return found


def _marks(column: Column, frame: pd.DataFrame, k: int) -> Exposed:
    assert column.pattern is None
    marks = [mark for mark in column.missing_marks if not is_mark(mark)]  # no word of the table's
    yield from _few("mark", marks, frame[column.name].astype(object), k)


def _few(what: str, held: Any, cells: "pd.Series[Any]", k: int) -> Exposed:
    counts = cells.value_counts()
    for value in held:
        n_rows = int(counts.get(value, 0))
        if n_rows < k:
            yield f"{what} {value!r} of {n_rows} rows"


def _ends(what: str, low: float, high: float, values: Any, k: int) -> Exposed:
    for end, n_rows in ((low, (values <= low).sum()), (high, (values >= high).sum())):
        if n_rows < k:
            yield f"{what} {end!r} beyond which lie {n_rows} rows"


def _rare(what: str, held: Any, values: Any, k: int) -> Exposed:
    distinct, counts = np.unique(values, return_counts=True)
    rare = set(distinct[counts < k].tolist())
    yield from (
        f"{what} {value!r} of few rows" for value in np.ravel(held).tolist() if value in rare
    )


def _encoder(encoder: ColumnEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    known, walk = ENCODER_WALKS[type(encoder)]
    assert {field.name for field in fields(encoder)} == {"column", *known.split()}, type(encoder)
    yield from walk(encoder, series, k)


def _categories(categories: Categories, series: "pd.Series[Any]", k: int) -> Exposed:
    cells = series.astype(object)
    yield from _few("level", categories.objects[:-1], cells, k)
    if categories.dtype_categories is not None:
        written = Categories(categories.column, categories.dtype_categories).objects[:-1]
        yield from _few("level of the dtype", written, cells, k)


def _categorical(encoder: CategoricalEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    yield from _categories(encoder.categories, series, k)


def _numerical(encoder: NumericalEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    values = encoder.read(series)
    yield from _numbers(encoder, values[np.isfinite(values)], k)


def _numbers(encoder: NumericalEncoder, values: Any, k: int) -> Exposed:
    yield from _few("spike", encoder.spikes.tolist(), pd.Series(values), k)
    half = 0.5 * (encoder.step or 0.0)
    yield from _ends("end", encoder.minimum, encoder.maximum, values, k)
    if len(encoder.knots):
        low, high = encoder.knots[0, 0] + half, encoder.knots[-1, -1] - half
        yield from _ends("knot", low, high, values, k)
    if _is_sparse(values, encoder.step):
        yield from _rare("knot", encoder.knots, values, k)
        yield from _rare("end", [encoder.minimum, encoder.maximum], values, k)


def _is_sparse(values: Any, step: float | None) -> bool:
    """Return whether the mean of some rows hardly ever is just what another row holds."""
    if not len(values):
        return False
    low, high = np.quantile(values, [0.1, 0.9])
    inside = np.unique(values[(values >= low) & (values <= high)])
    return step is None or len(inside) <= MAX_FILL * (high - low) / step


def _whole_numbers(encoder: WholeNumberEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    numbers = encoder._parse(series)
    distances = np.array([int(number) - encoder.origin for number in numbers.present], object)
    yield from _few("spike", encoder.exact_spikes, pd.Series(distances, dtype=object), k)
    yield from _ends("origin, reach", 0, encoder.reach, distances, k)
    yield from _rare("origin, reach", [0.0, float(encoder.reach)], distances.astype(np.float64), k)
    values = np.clip(distances, 0, encoder.reach).astype(np.float64)
    yield from _few("spike", encoder.spikes.tolist(), pd.Series(values), k)


def _datetime(encoder: DatetimeEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    seconds = to_float(series, encoder.column)
    ticks, _ = encoder._to_ticks(seconds[~np.isnan(seconds)])
    calendar = encoder.calendar
    yield from _ends("end", calendar.first, calendar.last, calendar.snap(ticks), k)
    whole = calendar._split_whole(calendar.snap(ticks))
    first = next(iter(whole.values()))
    if (first <= calendar.origin).sum() < k:
        yield f"origin {calendar.origin} of few rows"
    days = (ticks // 86_400_000_000 + 3) % 7
    yield from _few("weekday", calendar.weekdays, pd.Series(days), k)
    for name, constant in (calendar.constants or {}).items():
        yield from _few("constant", [constant], pd.Series(whole[name]), k)
    for part, cells in zip(encoder.part_encoders, encoder.split(series), strict=True):
        yield from _encoder(part, cells, k)


def _pattern(encoder: PatternEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    texts = text_array(series)
    split = encoder.pattern.split(texts)
    for form, n_rows in zip(encoder.pattern.forms, split.form_counts, strict=True):
        if n_rows < k:
            yield f"form {form} of {n_rows} rows"
        parsed = form.parse(texts)
        for part, positions in zip(form.parts, parsed.positions, strict=True):
            if isinstance(part, Alternation):
                yield from _few("choice", range(len(part.values)), pd.Series(positions[0]), k)
            if isinstance(part, Number) and part.high is not None:
                numbers = positions[0] + part.low
                yield from _rare("bound", [part.low, part.high], numbers, k)
                digits = pd.Series([max(part.width, len(str(n))) for n in numbers])
                yield from _few("digits", [max(part.width, len(str(part.high)))], digits, k)
    for sequence in encoder.sequences:
        yield from _rare(
            "next key", [sequence.first, sequence.first - 1][: sequence.first], split.keys, k
        )
    for one, cells in zip(encoder.part_encoders, encoder.split(series), strict=True):
        yield from _encoder(one, cells, k)


def _identifier(encoder: IdentifierEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    keys = np.sort(series.dropna().to_numpy(np.int64))
    sequence, outermost = encoder.sequence, np.concatenate([keys[: k - 1], keys[1 - k :]])
    held = [encoder.low + encoder.step * key for key in (0, sequence.first, sequence.n_keys - 1)]
    held += [encoder.low + encoder.step * (sequence.first - 1)] if sequence.first else []
    yield from _rare("key", held, outermost, k)
    assert not np.any(sequence.remainders), "the remainders say which keys are taken"


def _amount(encoder: AmountEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    variants, numbers = NumberFormats.from_text(encoder.column.format or "").parse(
        text_array(series)
    )
    for unit, own in enumerate(encoder.numbers):
        if (variants == unit).sum() < k:
            yield f"unit {unit} of few rows"
        yield from _numbers(own, numbers[variants == unit], k)


def _marked(encoder: MarkedEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    values, marks = _split(series, encoder.column)
    yield from _encoder(encoder.values, values, k)
    yield from _encoder(encoder.marks, marks, k)


def _free_text(encoder: FreeTextEncoder, series: "pd.Series[Any]", k: int) -> Exposed:
    if encoder.walk is None:
        return
    words = split_words(distinct_texts(series))
    pairs = pd.DataFrame(
        {"text": words.texts, "word": np.array(words.distinct, object)[words.codes]}
    )
    yield from _few("word", encoder.walk.words, pairs.drop_duplicates()["word"], k)
    lengths = pd.Series(np.minimum(words.lengths, encoder.walk.start_lengths.max()))
    yield from _few("length", encoder.walk.start_lengths.tolist(), lengths, k)


NUMBERS = "knots spikes frequencies minimum maximum step has_same has_missing tick"
ENCODER_WALKS: Mapping[type, tuple[str, Callable[..., Exposed]]] = {  # their fields, and a walk
    CategoricalEncoder: ("categories category_counts n_own n_missing groups", _categorical),
    NumericalEncoder: (NUMBERS, _numerical),
    WholeNumberEncoder: (f"{NUMBERS} origin reach decimals exact_spikes", _whole_numbers),
    DatetimeEncoder: ("part_encoders calendar is_local", _datetime),
    PatternEncoder: ("part_encoders pattern sequences n_outliers", _pattern),
    IdentifierEncoder: ("n_present n_missing low step rule sequence", _identifier),
    AmountEncoder: ("numbers frequencies has_missing", _amount),
    MarkedEncoder: ("values marks", _marked),
    FreeTextEncoder: ("n_present n_missing walk kept_out first", _free_text),
}


def _dependency(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    entries = [key.find(frame[key.column.name]) for key in relation.source_categories]
    values = relation.dependent_categories
    shape = [len(key) + 1 for key in relation.source_categories]
    rows = pd.Series(
        zip(
            *[np.where(e < 0, n - 1, e) for e, n in zip(entries, shape, strict=True)],
            values.find(frame[values.column.name]),
            strict=True,
        )
    )
    keys = np.unravel_index(relation.source_codes, shape)
    yield from _few(
        "entry",
        zip(*(key.tolist() for key in keys), relation.dependent_codes.tolist(), strict=True),
        rows,
        k,
    )
    for categories in (*relation.source_categories, values):
        yield from _categories(categories, frame[categories.column.name], k)


def _combinations(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    columns = [c.find(frame[c.column.name]).tolist() for c in relation.categories]
    yield from _few("combination", relation.codes, pd.Series(zip(*columns, strict=True)), k)
    for categories in relation.categories:
        yield from _categories(categories, frame[categories.column.name], k)


def _order(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    margin = relation.margin
    values = to_float(frame[relation.dependent.name], relation.dependent)
    limits = [] if margin.limit is None else [margin.limit]
    yield from _rare("fill, limit", [margin.fill, *limits], values, k)


def _sum(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    signed_sum, columns = relation.signed_sum, (*relation.dependents, *relation.sources)
    rest = pd.Series(signed_sum.subtract(frame, columns))
    yield from _few("remainder", signed_sum.remainders, rest, k)
    for column, own in zip(columns, signed_sum.ranges, strict=True):
        values = to_float(frame[column.name], column)
        yield from _rare("end", [own.low, own.high], values, k)


def _equality(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    values = to_float(frame[relation.dependent.name], relation.dependent)
    yield from _rare("median, end", [relation.median, *(relation.value_range or ())], values, k)


def _formula(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    for column, ends in zip(relation.sources, relation.ends, strict=True):
        if column.kind.is_quantitative:
            yield from _rare("end", ends, to_float(frame[column.name], column), k)


def _formula_where(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    yield from _formula(relation.formula, frame[find_gated(relation.gate, frame)], k)


def _near_formula(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    values = to_float(frame[relation.dependent.name], relation.dependent)
    leftover = relation.leftover
    yield from _rare("median, end", [leftover.middle, leftover.low, leftover.high], values, k)
    yield from _formula(relation, frame, k)


def _missing(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    lists = (
        (relation.gap_values,) if relation.KIND == "missing" else (relation.always, relation.never)
    )
    for values in lists:
        series = frame[values.column.name]
        yield from _categories(values.categories, series, k)
        if values.at_gap and series.isna().sum() < k:
            yield "a gap of few rows"


def _copy(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    for line in filter(None, (relation.transform, relation.inverse)):
        yield from _few(
            "level", line.categories or (), frame[relation.dependent.name].astype(object), k
        )


def _date_part(relation: Any, frame: pd.DataFrame, k: int) -> Exposed:
    if relation.part.numbers is not None:
        yield from _categories(relation.part.numbers.categories, frame[relation.dependent.name], k)


def _nothing(relation: Relation, frame: pd.DataFrame, k: int) -> Exposed:
    yield from ()


RELATION_WALKS: Mapping[str, Callable[..., Exposed]] = {
    "affine": _copy,
    "date_part": _date_part,
    "dependency": _dependency,
    "sum": _sum,
    "order": _order,
    "equality": _equality,
    "missing": _missing,
    "partly_missing": _missing,
    "combinations": _combinations,
    "constant": _nothing,  # its commonest value, and categories of enough rows
    "formula_where": _formula_where,  # and coefficients of all rows of categories of enough
    "missing_where": _nothing,  # cut points between enough rows
    "affix": _nothing,  # texts of enough rows
    "formula": _formula,  # and coefficients of all rows
    "near_formula": _near_formula,
    "predicate": _nothing,  # as the user wrote it
}
