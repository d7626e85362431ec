"""Members of every kind of formula: found, obeyed, declared as they are shown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.made_facts import numbers, steps
from benchmarks.made_facts.chance import make_chance_table
from benchmarks.made_facts.made_fact import MadeFact
from tabgan.relations import RelationConfig, RelationSet
from tabgan.schema import TableSchema

BASES = [*numbers.FACTS, *steps.FACTS, *steps.DTYPES]
FACTS = {fact.name: replace(fact, n_rows=600) for fact in BASES}
SHOWN = {
    "weight by height squared": "z = weight / height ** 2",
    "mean of three": "z = (exam + home + oral) / 3",
    "amount less a discount": "z = qty * price * (1 - discount / 100)",
    "margin in percent": "z = 100 - 100 * weight / price",
    "two products added up": "z = qty * price + weight * height",
    "product and a fee": "z = qty * price + 4.95",
    "decimal logarithm": "z = log10(shown)",
    "length of a vector": "z = sqrt(x ** 2 + y ** 2)",
    "absolute difference": "z = abs(exam - home)",
    "pages begun": "z = ceil(shown / 300)",
    "last two digits": "z = shown % 100",
    "whole divisions by a column": "z = floor(shown / qty)",
    "remainder by a column": "z = shown % clicks",
    "least of two": "z = min(exam, home)",
    "at the most 5,000": "z = min(shown, 5000)",
    "excess over another": "z = max(exam - home, 0)",
    "mean cut off": "z = floor(0.19 * price, 2)",
    "text in dollars": "z = qty * price",
}


def discover(fact: MadeFact, frame: pd.DataFrame, **config: object) -> RelationSet:
    schema = TableSchema.infer(frame, target=fact.target)
    return RelationSet.discover(schema.check(frame), schema, RelationConfig(**config))  # type: ignore[arg-type]


def permuted(relations: RelationSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose learned columns have nothing to do with each other."""
    free = relations.apply(relations.schema.check(frame))
    rng = np.random.default_rng(0)
    shuffled = {name: free[name].iloc[rng.permutation(len(free))].array for name in free}
    return relations.restore(pd.DataFrame(shuffled))


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_found_and_obeyed(name: str) -> None:
    fact = FACTS[name]
    frame = fact.make_table(seed=3)
    relations = discover(fact, frame)
    assert fact.find_obeying(permuted(relations, frame)).all()
    if name in SHOWN:
        assert SHOWN[name] in relations.texts


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_is_declared_and_read_back(name: str) -> None:
    fact = FACTS[name]
    frame = fact.make_table(seed=3)
    declared = discover(fact, frame, discover=False, declare=[SHOWN[name]])
    assert declared.texts == (SHOWN[name],)
    assert fact.find_obeying(permuted(declared, frame)).all()


@pytest.mark.parametrize("name", ["clicks in percent", "length of a vector", "last two digits"])
def test_a_fact_is_found_with_gaps_few_rows_and_odd_ones(name: str) -> None:
    for fact in FACTS[name].iter_variants():
        if fact.n_rows > 2_000:
            continue
        frame = fact.make_table(seed=3)
        relations = discover(fact, frame)
        if fact.is_dirty:
            offered = [d.relation.text for d in relations.offered if d.n_violations]
            relations = discover(fact, frame, declare=offered[:1])
        assert fact.find_obeying(permuted(relations, frame)).all(), fact.title


def test_odd_rows_are_no_reason_to_compute_another_column() -> None:
    """Where a few rows break a product, its factors are no surer than the product."""
    fact = replace(FACTS["quantity times price, to predict"], target=None, is_dirty=True)
    offered = discover(fact, fact.make_table()).offered
    assert "z = qty * price" in {d.relation.text for d in offered}


@pytest.mark.parametrize("number", range(12))
def test_chance_makes_no_fact(number: int) -> None:
    frame = make_chance_table(number).iloc[:3_000, :25]
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(schema.check(frame), schema)
    assert [d.relation.text for d in (*relations.kept, *relations.offered)] == []
