from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TrainingConfig
from tabgan.augmentation.inpainting import (
    MIN_PREFERENCE,
    Inpainter,
    find_preferences,
    find_tied_columns,
    hide_cells,
)
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.model.class_sampling import Amounts
from tabgan.schema.unknown import UNKNOWN

TINY = TrainingConfig(
    steps=4, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, refine_rounds=0
)


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    price, count = rng.integers(1, 90, 200), rng.integers(1, 9, 200)
    return pd.DataFrame(
        {
            "order": [f"K-{number:05d}" for number in range(200)],
            "price": price,
            "count": count,
            "total": price * count,
            "city": rng.choice(["Rome", "Oslo", "Paris"], 200),
            "rating": pd.Series(rng.integers(1, 1000, 200), dtype="Int64").mask(
                rng.random(200) < 0.1
            ),
            "late": np.where(rng.random(200) < 0.1, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def gan(shop: pd.DataFrame) -> TabGAN:
    return TabGAN("late", config=TINY, random_state=0, declare=["total = price * count"]).fit(shop)


def draw(gan: TabGAN, shop: pd.DataFrame, amounts: Amounts, **settings: Any) -> pd.DataFrame:
    painter = Inpainter.prepare(gan.model_.keep_out(shop), LabelledTable.split(shop, "late"), 3)
    return painter.draw(amounts, settings.get("share", 0.5), settings.get("n_draws", 1))


def test_rows_keep_part_of_a_real_row(gan: TabGAN, shop: pd.DataFrame) -> None:
    made = draw(gan, shop, Amounts(300, {}), share=0.3)
    assert made.shape == (300, 7)
    assert made["order"].is_unique
    assert not set(made["order"]) & set(shop["order"])
    assert (made["total"] == made["price"] * made["count"]).all()
    cells = ["price", "count", "city", "rating", "late"]
    real = set(shop[cells].fillna(-1).itertuples(index=False, name=None))
    rows = made[cells].fillna(-1).itertuples(index=False, name=None)
    assert np.mean([row in real for row in rows]) < 0.35  # else nothing is new
    pairs = set(shop[["price", "count", "late"]].itertuples(index=False, name=None))
    kept = made[["price", "count", "late"]].itertuples(index=False, name=None)
    assert np.mean([row in pairs for row in kept]) > 0.5  # what is tied together stays so


def test_rare_classes_are_preferred_and_classes_can_be_asked_for(
    gan: TabGAN, shop: pd.DataFrame
) -> None:
    free = draw(gan, shop, Amounts(1000, {}))["late"]
    assert (free == "yes").mean() > 1.5 * (shop["late"] == "yes").mean()
    asked = draw(gan, shop, Amounts(0, {"no": 5, "yes": 15}), n_draws=2)["late"]
    assert asked.tolist() == 2 * (5 * ["no"] + 15 * ["yes"])


def test_fewer_rows_are_the_first_of_more_and_a_seed_repeats(
    gan: TabGAN, shop: pd.DataFrame
) -> None:
    more = draw(gan, shop, Amounts(40, {}))
    pd.testing.assert_frame_equal(more, draw(gan, shop, Amounts(40, {})))
    assert draw(gan, shop, Amounts(25, {}))["late"].tolist() == more["late"].tolist()[:25]


def test_rows_near_the_decision_are_preferred() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 600)
    table = pd.DataFrame({"x": x, "y": np.where(x + rng.normal(0, 0.1, 600) > 0, "a", "b")})
    found = find_preferences(LabelledTable.split(table, "y"), seed=0)
    assert found[abs(x) > 0.5].mean() < 1.5 * MIN_PREFERENCE
    assert found[abs(x) < 0.1].mean() > 3 * MIN_PREFERENCE
    numbers = table.assign(y=x**2)
    assert find_preferences(LabelledTable.split(numbers, "y"), seed=0).tolist() == [1.0] * 600


def test_one_group_of_each_row_is_hidden_at_the_least() -> None:
    rows = pd.DataFrame({"a": range(200), 7: range(200), "c": range(200)})
    hidden = hide_cells(rows, [["a", 7], ["c"]], 0.01, np.random.default_rng(0))
    is_hidden = hidden.map(lambda cell: cell is UNKNOWN)
    assert is_hidden.any(axis=1).all()
    assert (is_hidden["a"] == is_hidden[7]).all()
    assert is_hidden["a"].mean() == pytest.approx(0.5, abs=0.15)


def test_columns_that_facts_tie_together(gan: TabGAN, shop: pd.DataFrame) -> None:
    found = find_tied_columns(list(shop.columns), gan.model_.relations)
    assert [*map(set, found)][1] == {"price", "count", "total"}
    assert found[0] == ["order"]
