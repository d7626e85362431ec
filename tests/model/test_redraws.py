"""Rows that break a relation are drawn again and counted; a hopeless one is warned of."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tabgan_cli.inspect_model import facts_table
from tabgan_cli.inspect_run import describe_model

from tabgan import TabGAN, TabularModel
from tabgan.errors import (
    BrokenRelationWarning,
    ConditionError,
    ManyRejectedWarning,
    TableError,
)
from tabgan.model.rejection import (
    MAX_REDRAWS,
    MIN_ROUND_ROWS,
    BlockRows,
    CheckedRows,
    RejectionCounts,
)
from tabgan.relations.affine.affine import Affine

RNG = np.random.default_rng(0)
N = 400
X = RNG.integers(0, 1_000, N)
ORDERS = pd.DataFrame(
    {
        "key": np.arange(N) + 7_000,
        "code": [f"{'ABCDEFGH'[i % 8]}{n:06d}" for i, n in enumerate(RNG.permutation(10**6)[:N])],
        "x": X,
        "y": 3 * X + 2,
        "town": RNG.choice(["Ulm", "Bonn"], N),
        "noise": RNG.normal(size=N).round(3),
    }
)
IGNORE_MANY = pytest.mark.filterwarnings("ignore::tabgan.errors.ManyRejectedWarning")
BLOCK = 500  # rows
Spoil = Callable[[Callable[[int], bool]], None]


@pytest.fixture(scope="module")
def model() -> TabularModel:
    return TabGAN(steps=10, random_state=0, device="cpu").fit(ORDERS).model_


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tabgan.model.sampled_model.count_batch_rows", lambda _: BLOCK)


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Lets a relation fail where a predicate of x is true: no relation of ours does."""
    restore = Affine.restore

    def apply(is_odd: Callable[[Any], Any]) -> None:
        def restore_badly(self: Affine, frame: pd.DataFrame) -> pd.DataFrame:
            restored = restore(self, frame)
            odd = np.asarray(is_odd(restored["x"]), bool)
            return restored.assign(y=restored["y"] + odd)

        monkeypatch.setattr(Affine, "restore", restore_badly)

    return apply


def test_rows_that_break_a_relation_are_drawn_again(model: TabularModel, spoil: Spoil) -> None:
    untouched = model.sample(600, seed=0)
    spoil(lambda x: x % 10 == 0)
    rows = model.sample(600, seed=0)
    assert len(rows) == 600
    assert (rows["y"] == 3 * rows["x"] + 2).all()
    assert not (rows["x"] % 10 == 0).any()
    assert rows["key"].is_unique
    assert rows["code"].is_unique
    assert (rows.dtypes == untouched.dtypes).all()
    kept = untouched.head(BLOCK)[untouched["x"].head(BLOCK) % 10 != 0]
    assert rows["x"].head(len(kept)).tolist() == kept["x"].tolist()  # the others move up


def test_fewer_rows_are_the_first_of_more(model: TabularModel, spoil: Spoil) -> None:
    spoil(lambda x: x % 4 == 0)
    whole = model.sample(BLOCK + 300, seed=3)
    for n_rows in (1, 200, BLOCK, BLOCK + 100):
        pd.testing.assert_frame_equal(model.sample(n_rows, seed=3), whole.head(n_rows))


@IGNORE_MANY
@pytest.mark.parametrize("n_rows", [5, 700])
def test_a_hopeless_relation_is_named(model: TabularModel, spoil: Spoil, n_rows: int) -> None:
    spoil(lambda x: x >= 0)
    words = f"{n_rows} of {n_rows} rows break the relation 'y = 3 . x . 2'"
    with pytest.warns(BrokenRelationWarning, match=words):
        rows = model.sample(n_rows, seed=0)
    assert len(rows) == n_rows
    plan = model.plan_sample(n_rows, seed=0)
    model.sample_block(plan, 0)
    assert [count.drawn for count in plan.counts.rounds] == [BLOCK] * MAX_REDRAWS


def test_rows_that_obey_a_nearly_hopeless_relation_come_first(
    model: TabularModel, spoil: Spoil
) -> None:
    spoil(lambda x: x % 50 != 1)
    with pytest.warns(ManyRejectedWarning, match="were kept, since the others break y = 3"):
        few = model.sample(3, seed=0)
    assert (few["x"] % 50 == 1).all()
    broken = pytest.warns(BrokenRelationWarning, match=f"of {BLOCK:,} rows break")
    with broken, pytest.warns(ManyRejectedWarning):
        many = model.sample(BLOCK, seed=0)
    pd.testing.assert_frame_equal(many.head(3), few)
    obeying = (many["y"] == 3 * many["x"] + 2).to_numpy()
    assert obeying[: obeying.sum()].all()


def test_conditions_hold_in_rows_that_are_drawn_again(model: TabularModel, spoil: Spoil) -> None:
    spoil(lambda x: x % 3 == 0)
    rows = model.sample(200, where="town=Ulm and y > 500", seed=0)
    assert (rows["town"] == "Ulm").all()
    assert (rows["y"] > 500).all()
    assert (rows["y"] == 3 * rows["x"] + 2).all()
    with pytest.raises(ConditionError):
        model.sample(10, where="y = 3", seed=0)


@IGNORE_MANY
def test_conditions_hold_where_a_relation_is_hopeless(model: TabularModel, spoil: Spoil) -> None:
    spoil(lambda x: x >= 0)
    with pytest.warns(BrokenRelationWarning, match="50 of 50 rows break"):
        rows = model.sample(50, where="town=Ulm", seed=0)
    assert (rows["town"] == "Ulm").all()


def test_a_fit_counts_rows_that_are_drawn_again(tmp_path: Any, spoil: Spoil) -> None:
    spoil(lambda x: x % 50 == 0)
    model = TabGAN(steps=10, random_state=0, device="cpu").fit(ORDERS).model_
    ((text, count),) = model.card.broken.items()
    assert text == "y = 3 * x + 2"
    assert 0 < count < 60
    assert model.card.rows_checked == 1_000
    assert not [line for line in model.record.messages if "break" in line]
    model.save(tmp_path / "m.tabgan")
    again = TabularModel.load(tmp_path / "m.tabgan")
    assert again.card == model.card
    values = describe_model(again)
    assert values["card"]["broken"] == {text: count}
    table: Any = facts_table(tmp_path, values)
    cells = [str(cell) for column in table.columns for cell in column.cells]
    assert f"{text}: {count} of 1,000, drawn again" in cells


def test_a_fit_says_so_where_many_rows_break_a_relation(spoil: Spoil) -> None:
    spoil(lambda x: x % 3 == 0)
    record = TabGAN(steps=10, random_state=0, device="cpu").fit(ORDERS).model_.record
    message = record.messages[-1]
    assert "of 1,000 rows drawn break the relation 'y = 3 * x + 2'; forget it" in message


def test_rows_that_cannot_be_read_break_the_relation(
    model: TabularModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Affine.find_violations

    def read(self: Affine, frame: pd.DataFrame) -> Any:
        if (frame["x"] == 7).any():
            raise TableError("7 is no number.")
        return find(self, frame)

    monkeypatch.setattr(Affine, "find_violations", read)
    frame = model.sample(50, seed=0).assign(x=np.arange(50), y=3 * np.arange(50) + 2)
    assert model.relations.find_violations(frame).nonzero()[0].tolist() == [7]


def checked(kept: list[int], broken: list[int]) -> CheckedRows:
    frame = pd.DataFrame({"x": kept + broken})
    mask = np.arange(len(frame)) >= len(kept)
    return CheckedRows.split(frame, np.ones(len(frame), bool), {"fact": mask} if broken else {}, [])


def test_rows_of_rounds_come_in_one_order_however_many_are_wanted() -> None:
    block, counts = BlockRows(), RejectionCounts()
    for number in range(MAX_REDRAWS + 1):
        block.add(checked([number], [100 + 20 * number + i for i in range(20)]), counts)
        assert block.gives_breaking == (number >= MAX_REDRAWS - 1)
    rows = block.take(len(block))["x"].tolist()
    assert rows[:MAX_REDRAWS] == list(range(MAX_REDRAWS))
    assert rows[MAX_REDRAWS] == 100
    assert rows[-21] == MAX_REDRAWS
    assert len(block) == 21 * (MAX_REDRAWS + 1)
    assert counts.rounds[0].broken == {"fact": 20}


def test_declared_conditions_are_never_given_broken() -> None:
    frame = pd.DataFrame({"x": [1, 2, 3, 4]})
    broken = {"fact": np.array([True, True, False, False]), "x > 1": np.array([1, 0, 1, 0], bool)}
    split = CheckedRows.split(frame, np.array([True, True, True, False]), broken, ["x > 1"])
    assert split.satisfying["x"].tolist() == []
    assert split.breaking["x"].tolist() == [2]
    assert (split.count.drawn, split.count.kept) == (4, 1)


def test_a_round_after_the_first_draws_about_what_is_lacking() -> None:
    """Nearly all of a block are there after the first one: a few rows are drawn once more."""
    block, counts = BlockRows(), RejectionCounts()
    assert block.count_next(1_000) == 1_000
    frame = pd.DataFrame({"x": range(1_000)})
    keeps = np.arange(1_000) < 990
    block.add(CheckedRows.split(frame, keeps, {"r": ~keeps}, []), counts)
    assert block.count_next(1_000) == MIN_ROUND_ROWS
    block = BlockRows()
    keeps = np.arange(1_000) < 500
    block.add(CheckedRows.split(frame, keeps, {"r": ~keeps}, []), counts)
    assert block.count_next(1_000) == 1_000
    assert block.count_next(600) == 250
    block = BlockRows()
    block.add(CheckedRows.split(frame, keeps & False, {}, []), counts)
    assert block.count_next(1_000) == 1_000
