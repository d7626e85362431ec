"""A text that begins or ends with what other columns say: `code = country || '-' || rest`.

Only the rest is learned, or made anew where the text is a key.

>>> from tabgan.query.parser import parse_relation
>>> countries = ["DE", "FR", "IT"] * 20
>>> codes = [f"{country}-{7 * i % 60:05d}" for i, country in enumerate(countries)]
>>> frame = pd.DataFrame({"country": countries, "code": codes})
>>> schema = TableSchema.infer(frame)
>>> tree = parse_relation("code = country || '-' || rest", schema.names)
>>> (relation,) = Affix.declare(tree, TableProfile(frame, schema))
>>> relation.apply(frame)["code"].tolist()[:3], relation.reduced_columns()["code"].kind.value
(['00000', '00007', '00014'], 'identifier')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import RelationError
from tabgan.query import syntax
from tabgan.query.calls import concatenate
from tabgan.query.column_reader import ColumnReader
from tabgan.query.expressions import Value
from tabgan.query.tokens import write_name
from tabgan.query.value_check import check_text
from tabgan.relations.affix.rest import infer_rest
from tabgan.relations.formula.computation import read_expression
from tabgan.relations.formula.text_computation import find_texts, holds_texts
from tabgan.relations.formula.texts.text_search import TextSearch
from tabgan.relations.relation import DiscoveredRelation, Relation
from tabgan.relations.saved_columns import check_apart, read_column
from tabgan.relations.statistics import MAX_DECLARED_VIOLATIONS
from tabgan.relations.table_profile import TableProfile
from tabgan.schema import TableSchema, restore_dtype
from tabgan.schema.arrays import Mask, Objects
from tabgan.schema.column import Column, ColumnKind, Name
from tabgan.schema.predicates import Clause
from tabgan.schema.usable_columns import check_column
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class Affix(Relation):
    """A text whose start or end follows from other columns.

    Attributes:
        before: Its start; None if only the end follows.
        after: Its end; None if only the start follows.
        rest: What is learned in its place.
    """

    before: Value | None
    after: Value | None
    rest: Column

    KIND: ClassVar[str] = "affix"

    @classmethod
    def discover(cls, profile: TableProfile) -> list[DiscoveredRelation]:
        """Return keys and texts that are made anew of which a part follows from other columns."""
        found = []
        for template in TextSearch(profile).find_templates():
            before = concatenate(template.before) if template.before else None
            after = concatenate(template.after) if template.after else None
            relation = cls.fit(profile, template.dependent, before, after)
            if relation is None:
                continue
            n_violations = int(relation.find_violations(profile.frame).sum())
            if n_violations <= MAX_DECLARED_VIOLATIONS * len(profile):
                present = len(profile) - int(profile.missing(template.dependent).sum())
                found.append(DiscoveredRelation(relation, present - n_violations, n_violations))
        return found

    @classmethod
    def declare(cls, tree: syntax.Node, profile: TableProfile) -> list[Self]:
        """Read `code = country || '-' || rest`, with one `rest`."""
        match tree:
            case syntax.Comparison(
                (syntax.ColumnName(name), syntax.Concatenation(parts)), ("=",)
            ) if any(isinstance(part, syntax.Rest) for part in parts):
                dependent = profile.schema.column(name)
            case _:
                return []
        rests = [i for i, part in enumerate(parts) if isinstance(part, syntax.Rest)]
        sides = parts[: rests[0]], parts[rests[0] + 1 :]
        if len(rests) > 1 or len(parts) == 1:
            raise RelationError(f"the text {name!r} has one rest, beside columns or texts.")
        before, after = (_read_side(side, profile.schema) for side in sides)
        cls._check(dependent, before, after)
        relation = cls.fit(profile, dependent, before, after)
        if relation is None:
            raise RelationError(
                f"nothing is left of column {name!r} in some rows, so it has no rest there; leave "
                "the relation out."
            )
        return [relation]

    @staticmethod
    def _check(dependent: Column, before: Value | None, after: Value | None) -> None:
        """Check that a column can be such a text.

        Raises:
            RelationError: It is no text, follows from itself, or from no column.
        """
        sources = _sources(before, after)
        if not holds_texts(dependent):
            raise RelationError(
                f"column {dependent.name!r} of kind {dependent.kind.value} holds no plain text, so "
                "it has no rest; name a column of text."
            )
        if dependent in sources or not sources:
            raise RelationError(
                f"column {dependent.name!r} begins or ends with other columns; name one."
            )

    @classmethod
    def fit(
        cls, profile: TableProfile, dependent: Column, before: Value | None, after: Value | None
    ) -> Self | None:
        """Return the relation with what is left of the dependent; None if nothing is in some rows.

        Rows that break it are left aside.
        """
        relation = cls((dependent,), _sources(before, after), before, after, dependent)
        kept = profile.frame[~relation.find_violations(profile.frame)]
        if not len(kept):
            return relation  # it does not hold at all, which is said where it is checked
        rests = relation.apply(kept)[dependent.name]
        texts = rests.dropna()
        if texts.str.strip().eq("").any() or not len(texts):
            return None
        return replace(relation, rest=infer_rest(rests, dependent))

    @property
    def text(self) -> str:
        sides = [side.write() if side else None for side in (self.before, self.after)]
        parts = [part for part in (sides[0], "rest", sides[1]) if part]
        return f"{write_name(self.dependent.name)} = {' || '.join(parts)}"

    def explain(self) -> str:
        name, words = self.dependent.name, []
        if self.before is not None:
            words.append(f"begins with {self.before.write()}")
        if self.after is not None:
            words.append(f"ends with {self.after.write()}")
        return f"{name} {' and '.join(words)}"

    def find_violations(self, frame: pd.DataFrame) -> Mask:
        """Return where a text does not begin and end so, or has nothing to begin with."""
        own = ColumnReader(frame).texts(self.dependent)
        return np.asarray((own != None) & (self._cut_out(frame) == None), bool)  # noqa: E711

    def _find_sides(self, frame: pd.DataFrame) -> tuple[Objects, Objects]:
        """Return the start and the end of each row; (n_rows,) both, None where there is none."""
        reader, blank = ColumnReader(frame), np.full(len(frame), "", object)
        before, after = (
            blank if side is None else find_texts(side, reader)
            for side in (self.before, self.after)
        )
        return before, after

    def _cut_out(self, frame: pd.DataFrame) -> Objects:
        """Return what is between start and end in each row; (n_rows,), None where it is not so."""
        own = ColumnReader(frame).texts(self.dependent)
        rests = np.full(len(frame), None, object)
        rests[:] = [
            text[len(start) : len(text) - len(end)]
            if None not in (text, start, end)
            and len(text) >= len(start) + len(end)
            and text.startswith(start)
            and text.endswith(end)
            else None
            for text, start, end in zip(own, *self._find_sides(frame), strict=True)
        ]
        return rests

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        changed = frame.copy(deep=False)
        changed[self.dependent.name] = self._write(self._cut_out(frame), frame.index)
        return changed

    def restore(self, frame: pd.DataFrame) -> pd.DataFrame:
        rests = ColumnReader(frame).texts(self.dependent)
        before, after = self._find_sides(frame)
        texts = np.full(len(frame), None, object)
        texts[:] = [
            None if None in row else "".join(row) for row in zip(before, rests, after, strict=True)
        ]
        restored = frame.copy(deep=False)
        restored[self.dependent.name] = self._write(texts, frame.index)
        return restored

    def _write(self, texts: Objects, index: pd.Index) -> "pd.Series[Any]":
        texts[texts == None] = self.dependent.gap  # noqa: E711
        return restore_dtype(texts, self.dependent, index)

    def reduced_columns(self) -> Mapping[Name, Column | None]:
        return {self.dependent.name: self.rest}

    @property
    def selectable_names(self) -> frozenset[Name]:
        return self.dependent_names

    def select_jointly(
        self, asked: Mapping[Name, Sequence[Clause]]
    ) -> Mapping[Name, Sequence[Clause]]:
        """Return what clauses demand of the gaps of the rest; rows are checked for more."""
        name = self.dependent.name
        if self.rest.kind.is_made_anew:  # which refuses to be asked for more
            return {name: asked[name]}
        if any(clause.is_missing for clause in asked[name]):
            return {name: [Clause("=", None)]}
        return {name: []}

    def to_dict(self) -> dict[str, Any]:
        return {
            "dependent": self.dependent.name,
            "before": self.before and self.before.write(),
            "after": self.after and self.after.write(),
            "rest": self.rest.to_dict(),
        }

    @classmethod
    def from_dict(cls, state: StateReader, schema: TableSchema) -> Self:
        dependent = read_column(state, "dependent", schema, tuple(ColumnKind))
        given = [n for n in ("before", "after") if state.has(n)]
        sides = {name: read_expression(state, schema, name) for name in given}
        before, after = (sides.get(name) for name in ("before", "after"))
        sources = _sources(before, after)
        check_apart(state, dependent, *sources)
        rest = state.build(lambda: Column.from_dict(state.state("rest").values))
        state.build(lambda: check_column(rest))
        return cls((dependent,), sources, before, after, replace(rest, name=dependent.name))


def _read_side(parts: Sequence[syntax.Value], schema: TableSchema) -> Value | None:
    return concatenate([check_text(part, schema) for part in parts]) if parts else None


def _sources(before: Value | None, after: Value | None) -> tuple[Column, ...]:
    sides = [side.columns for side in (before, after) if side is not None]
    return tuple(dict.fromkeys(chain.from_iterable(sides)))
