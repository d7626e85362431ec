import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_rows import PlanRows, RowMaker

PLANS = (
    AugmentationPlan(ratio=0.1),
    AugmentationPlan(ratio=0.1, n_draws=3, weight=0.5),
    AugmentationPlan(balance=1.0),
    AugmentationPlan(ratio=0.1, soft_labels=True, weight=0.5),
    AugmentationPlan(balance=0.5, inpaint=0.5, n_draws=2),
    AugmentationPlan(ratio=0.1, inpaint=0.5, soft_labels=True),
)


@pytest.fixture(scope="module")
def made(people: pd.DataFrame, fitted: TabGAN) -> list[PlanRows]:
    table = LabelledTable.split(people, "income")
    maker = RowMaker.draw(fitted.model_, table, PLANS, seed=2)
    return [maker.make(plan) for plan in PLANS]


def test_rows_have_the_columns_dtypes_and_classes_of_the_table(
    made: list[PlanRows], people: pd.DataFrame
) -> None:
    for rows in made:
        pd.testing.assert_series_equal(rows.frame.dtypes, people.dtypes)
        assert set(rows.frame["income"]) <= set(people["income"])
        assert len(rows.frame) == len(rows.draws) == len(rows.weights)


def test_plans_share_what_is_drawn(made: list[PlanRows]) -> None:
    pd.testing.assert_frame_equal(made[0].frame, made[1].frame.head(30))
    assert made[1].draws.tolist() == [0] * 30 + [1] * 30 + [2] * 30
    assert set(made[1].weights) == {0.5}
    assert made[3].weights.sum() == pytest.approx(0.5 * 30)  # a row's labels share its weight
    same = made[3].frame.drop(columns="income").drop_duplicates().reset_index(drop=True)
    expected = made[0].frame.drop(columns="income").drop_duplicates().reset_index(drop=True)
    pd.testing.assert_frame_equal(same, expected)


def test_a_balance_lacks_nothing_whichever_way_rows_are_made(
    made: list[PlanRows], people: pd.DataFrame
) -> None:
    counts = people["income"].value_counts()
    lacking = counts.iloc[0] - counts.iloc[1]
    assert (made[2].frame["income"] == counts.index[1]).sum() == len(made[2].frame) == lacking
    assert (made[4].frame["income"] == counts.index[1]).all()
    assert np.bincount(made[4].draws).tolist() == [round(lacking / 2)] * 2


def test_a_plan_alone_makes_the_same_rows(
    made: list[PlanRows], people: pd.DataFrame, fitted: TabGAN
) -> None:
    table = LabelledTable.split(people, "income")
    for plan, rows in zip(PLANS, made, strict=True):
        alone = RowMaker.draw(fitted.model_, table, [plan], seed=2).make(plan)
        pd.testing.assert_frame_equal(alone.frame, rows.frame)


@pytest.mark.parametrize("inpaint", [0.0, 0.5])
def test_rows_are_made_in_one_pass(people: pd.DataFrame, fitted: TabGAN, inpaint: float) -> None:
    table = LabelledTable.split(people, "income")
    made = []
    for fast in (True, True, None):
        plan = AugmentationPlan(ratio=0.1, balance=0.5, inpaint=inpaint, fast=fast)
        made.append(RowMaker.draw(fitted.model_, table, [plan], seed=2).make(plan).frame)
    pd.testing.assert_frame_equal(made[0], made[1])
    assert len(made[0]) == len(made[2])
    assert not made[0].equals(made[2])
