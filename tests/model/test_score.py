"""Densities of rows and surprises of cells: proper, finite, the same however they are asked for."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from tabgan.encoding.numerical import NumericalEncoder
from tabgan.errors import SchemaError, TableError, UnseenCategoryWarning
from tabgan.estimators.tabgan import TabGAN
from tabgan.model import TabularModel, score
from tabgan.model.row_scorer import BROKEN_FACT_SURPRISE
from tabgan.model.score import TableScorer
from tabgan.runtime.devices import use_threads

PLACES = {"k1": "Ulm", "k2": "Rome", "k3": "Oslo"}


def fit(frame: pd.DataFrame, **settings: Any) -> TabularModel:
    usual: dict[str, Any] = {"steps": 30, "refine": False, "random_state": 0, "device": "cpu"}
    return TabGAN(**(usual | settings)).fit(frame).model_


def make_discrete(rows: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    left = rng.choice(["a", "b"], rows, p=[0.7, 0.3])
    right = np.where(rng.random(rows) < 0.8, left, rng.choice(["a", "b", "c"], rows))
    series = pd.Series(right, dtype=object).mask(rng.random(rows) < 0.15)
    return pd.DataFrame({"left": left, "right": series, "n": rng.integers(0, 40, rows)})


@pytest.mark.filterwarnings("ignore::tabgan.errors.UnseenCategoryWarning")
def test_probabilities_of_all_discrete_rows_sum_to_one() -> None:
    model, numbers = fit(make_discrete()), [*range(-500, 500), None]
    cells = product(["a", "b", "other", None], ["a", "b", "c", "other", None])
    frames = [pd.DataFrame({"left": a, "right": b, "n": numbers}) for a, b in cells]
    every = pd.concat(frames, ignore_index=True).astype({"left": object, "right": object})
    width = 40  # of the range of n, of which the tails below and above hold a sixth each
    beyond = 1 / 201 / 6 * (width / (500 + width) + width / (500 - 40 + width))
    assert np.exp(model.score_samples(every)).sum() == pytest.approx(1 - beyond, abs=2e-6)


@pytest.mark.parametrize("kind", ["even", "spiked", "cents", "magnitudes", "steps of five"])
def test_densities_of_numbers_integrate_to_one(kind: str) -> None:
    rng = np.random.default_rng(1)
    values = {
        "even": rng.normal(10, 3, 300),
        "spiked": np.where(rng.random(300) < 0.4, 2.5, rng.normal(10, 3, 300)),
        "cents": rng.lognormal(1, 0.5, 300).round(2),
        "magnitudes": 10.0 ** rng.uniform(-8, 8, 300),
        "steps of five": 5.0 * rng.integers(0, 90, 300),
    }[kind]
    model = fit(pd.DataFrame({"x": values}))
    (encoder,) = model.encoder.encoders
    assert isinstance(encoder, NumericalEncoder)

    def weigh(numbers: Any) -> Any:
        return np.exp(model.score_samples(pd.DataFrame({"x": numbers})))

    if encoder.step is not None:
        total = weigh(np.arange(-4_000, 4_000) * encoder.step).sum()
    else:
        grid = np.linspace(-20, 40, 20_001)
        if kind == "magnitudes":
            grid = np.geomspace(values.min(), values.max(), 20_001)
        middle = (grid[1:] + grid[:-1]) / 2
        atoms = np.unique(np.append(encoder.knots[:, [0, -1]], encoder.spikes))
        total = (weigh(middle) * np.diff(grid)).sum() + weigh(atoms).sum()
    assert total + weigh([np.nan])[0] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("kind", ["spiked", "cents", "few", "wide"])
def test_tails_of_numbers_are_sums_of_probabilities(kind: str) -> None:
    rng = np.random.default_rng(3)
    values = {
        "spiked": np.where(rng.random(300) < 0.4, 250, rng.normal(300, 90, 300).round()),
        "cents": 100 * rng.lognormal(1, 0.5, 300).round(2),
        "few": rng.integers(0, 9, 300),
        "wide": np.append(rng.integers(0, 90, 270), np.repeat(500, 30)),
    }[kind] / (100 if kind == "cents" else 1)
    table = pd.DataFrame({"x": pd.Series(values).mask(rng.random(300) < 0.2)})
    model, step = fit(table), 0.01 if kind == "cents" else 1
    grid = pd.DataFrame({"x": np.arange(-100, 1_200) * step})
    shares = np.exp(model.score_samples(grid))
    tails, inside = np.exp(TableScorer(model).score_tails(grid)), grid["x"].isin(values)
    ends = np.minimum(shares.cumsum(), shares[::-1].cumsum()[::-1])
    np.testing.assert_allclose(tails[inside], ends[inside], atol=0.005)  # but for the prior
    gap = pd.DataFrame({"x": [np.nan]})
    assert TableScorer(model).score_tails(gap) == pytest.approx(model.score_samples(gap))


def test_tails_know_no_units() -> None:
    rng = np.random.default_rng(4)
    x = np.where(rng.random(300) < 0.5, 0.0, rng.lognormal(0, 1, 300))
    table = pd.DataFrame({"x": x, "y": x + rng.normal(0, 0.3, 300)})
    found = []
    for unit in (1.0, 1024.0):
        model = fit(table * [1.0, unit])
        rows = table * [1.0, unit]
        found.append([TableScorer(model).score_tails(rows), model.score_samples(rows)])
    np.testing.assert_allclose(found[0][0], found[1][0], atol=1e-3)
    assert np.median(found[0][1] - found[1][1]) == pytest.approx(np.log(1024), abs=1e-3)


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    key = rng.choice(list(PLACES), 300, p=[0.5, 0.3, 0.2])
    paid = pd.Series(rng.lognormal(3, 1, 300).round(2)).mask(key == "k3")
    return pd.DataFrame(
        {"key": key, "place": [PLACES[k] for k in key], "paid": paid, "size": rng.normal(size=300)}
    )


@pytest.fixture(scope="module")
def model(places: pd.DataFrame) -> TabularModel:
    fitted = fit(places)
    assert set(fitted.relations.texts) == {"key <-> place", "paid missing by key"}
    return fitted


def test_a_fact_that_holds_adds_nothing(places: pd.DataFrame, model: TabularModel) -> None:
    cells = model.score_cells(places)
    assert (cells["place"] == 0).all()
    assert (cells.loc[places["key"] == "k3", "paid"] == 0).all()
    assert (cells.loc[places["key"] != "k3", "paid"] > 0).all()
    assert cells.attrs["broken_facts"] == {}


def test_a_broken_fact_costs_what_is_stated_and_is_named(
    places: pd.DataFrame, model: TabularModel
) -> None:
    row = places[places["key"] == "k1"].iloc[:1].reset_index(drop=True)
    odd = row.assign(place="Rome")
    scores = model.score_samples(pd.concat([row, odd], ignore_index=True))
    assert scores[0] - scores[1] == pytest.approx(BROKEN_FACT_SURPRISE)
    tails = TableScorer(model).score_tails(pd.concat([row, odd], ignore_index=True))
    assert tails[0] - tails[1] == pytest.approx(BROKEN_FACT_SURPRISE)
    cells = model.score_cells(odd)
    assert cells.at[0, "place"] == BROKEN_FACT_SURPRISE
    assert cells.attrs["broken_facts"] == {"key <-> place": [0]}
    (words,) = TableScorer(model).score_cells(odd).describe(model.relations.relations)
    assert words == "place is Rome (20.0, usually 0.0, breaks key <-> place)"


def test_rows_do_not_depend_on_others_nor_on_threads(
    places: pd.DataFrame, model: TabularModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, cells = model.score_samples(places), model.score_cells(places)
    one = [model.score_samples(places[start : start + 37]) for start in range(0, 300, 37)]
    assert np.concatenate(one).tobytes() == scores.tobytes()
    monkeypatch.setattr(score, "count_batch_rows", lambda _: 50)
    for threads in (1, 2):
        with use_threads(threads):
            assert model.score_samples(places).tobytes() == scores.tobytes()
            pd.testing.assert_frame_equal(model.score_cells(places), cells, check_exact=True)
    shuffled = places.sample(frac=1, random_state=0)[["size", "paid", "key", "place"]]
    assert (model.score_samples(shuffled) == scores[shuffled.index]).all()
    assert list(model.score_cells(shuffled)) == list(shuffled)
    assert model.score_cells(shuffled).index.equals(shuffled.index)


def test_any_kind_of_frame(places: pd.DataFrame, model: TabularModel) -> None:
    scores = model.score_samples(places)
    assert (model.score_samples(pl.from_pandas(places)) == scores).all()
    assert (model.score_samples(pa.Table.from_pandas(places)) == scores).all()
    assert model.score_samples(places[:0]).shape == (0,)
    assert model.score_cells(places[:0]).shape == (0, 4)


def test_a_seed_orders_the_cells(places: pd.DataFrame, model: TabularModel) -> None:
    scores = model.score_samples(places)
    other = model.score_samples(places, seed=1)
    assert (scores != other).any()
    assert np.corrcoef(scores, other)[0, 1] > 0.9


@pytest.mark.filterwarnings("ignore::tabgan.errors.UnseenCategoryWarning")
def test_what_is_new_is_answered_with_a_low_score(people: pd.DataFrame, fitted: TabGAN) -> None:
    row, model = people[people["height"].notna()][:1].reset_index(drop=True), fitted.model_
    scorer = TableScorer(model)
    usual, usual_tails = model.score_samples(row)[0], scorer.score_tails(row)[0]
    found, found_tails = [], []
    for odd in (
        {"city": "Atlantis"},
        {"age": 17.5},
        {"age": 10**9},
        {"age": -4},
        {"gain": 1e300},
        {"gain": np.nan},
        {"height": 250.0},
        {"height": 1e5},
        {"joined": pd.Timestamp("1850-01-01")},
        {"smokes": None},
    ):
        scores = model.score_samples(row.assign(**odd))
        assert np.isfinite(scores).all(), odd
        assert scores[0] < usual, odd
        found.append(scores[0])
        found_tails.append(scorer.score_tails(row.assign(**odd))[0])
    assert found[7] < found[6]  # the farther, the odder
    assert found_tails[7] < found_tails[6]
    assert max(found_tails) < usual_tails


def test_the_density_ratio_of_a_refiner_counts() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=2_300)
    frame = pd.DataFrame({"x": x, "y": x + rng.normal(0, 0.1, 2_300)})
    model = fit(frame[:2_000], steps=10, refine=True, config={"refine_rounds": 1})
    assert model.refiner is not None
    plain = replace(model, refiner=None).score_samples(frame[2_000:])
    assert model.score_samples(frame[2_000:]).mean() > plain.mean() + 0.1


def test_what_is_made_anew_is_not_judged_but_that_it_is_there() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"id": range(5_000, 5_200), "x": rng.normal(size=200).round(1), "kind": ["a", "b"] * 100}
    )
    model = fit(frame)
    cells = model.score_cells(frame.assign(id=frame["id"] + 10**6))
    assert cells["id"].to_numpy() == pytest.approx(0, abs=0.01)
    gap = model.score_cells(frame.assign(id=None))
    assert (gap["id"] > 5).all()


def test_moments_weeks_and_units_are_judged() -> None:
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        rng.integers(0, 40, 200) * 7 + rng.integers(0, 5, 200), "D"
    )
    sizes = [
        f"{rng.integers(1, 900)} MB" if rng.random() < 0.6 else f"{rng.random() * 9 + 1:.1f} GB"
        for _ in range(200)
    ]
    marked = [
        rng.choice(["?", "n/a"]) if rng.random() < 0.3 else str(rng.integers(100, 999))
        for _ in range(200)
    ]
    long = 10**18 + 7 * rng.integers(0, 60, 200)
    frame = pd.DataFrame({"day": days, "size": sizes, "marked": marked, "long": long})
    model = fit(frame)
    usual = model.score_cells(frame).median()
    odd = frame[:1].assign(day=pd.Timestamp("2024-01-06"), size="3 TB", marked="!", long=10**17)
    found = model.score_cells(odd.assign(marked="?")).iloc[0]
    assert np.isfinite(model.score_samples(frame)).all()
    for name in ("day", "size", "long"):
        assert found[name] > usual[name], name


def test_categories_never_seen_are_counted(places: pd.DataFrame, model: TabularModel) -> None:
    odd = places.assign(key=pd.Series(["k9", "k8", None, *places["key"][3:-1], "k7"], dtype=object))
    with pytest.warns(UnseenCategoryWarning) as told:
        model.score_samples(odd)
    assert [str(each.message) for each in told] == [
        (
            "3 rows hold a value of 'key' that the model does not know, such as 'k9' "
            "(row 1, 2, 300): a new value counts as rare as one row among 301."
        )
    ]
    scorer = TableScorer(model)
    for start in range(0, 300, 37):  # rows are numbered on
        scorer.score_samples(odd[start : start + 37])
    with pytest.warns(UnseenCategoryWarning, match=r"3 rows hold .* \(row 1, 2, 300\)"):
        scorer.warn()


def test_columns_of_another_kind_are_refused(places: pd.DataFrame, model: TabularModel) -> None:
    with pytest.raises(SchemaError, match="the schema has the column 'size', the table has not"):
        model.score_samples(places.drop(columns="size"))
    with pytest.raises(SchemaError, match="the table has the column 'more', the schema has not"):
        model.score_cells(places.assign(more=1))
    with pytest.raises(TableError, match="'size'"):
        model.score_samples(places.assign(size="wide"))
    with pytest.raises(TableError, match="is text, not a table"):
        model.score_samples("rows.csv")


def test_a_global_state_is_left_alone(places: pd.DataFrame, model: TabularModel) -> None:
    state = torch.get_rng_state()
    model.score_samples(places[:5])
    assert torch.equal(torch.get_rng_state(), state)
