from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TrainingConfig, augment
from tabgan.augmentation import augment as augmentation
from tabgan.augmentation.added_rows import MARKER_COLUMN, WEIGHT_COLUMN
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.augmentation.plan import AugmentationPlan
from tabgan.augmentation.plan_choice import PlanChoice, Trial
from tabgan.errors import SchemaError, SettingError, TableError
from tabgan.model.complete import DRAW_COLUMN

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, refine_rounds=0
)


@pytest.fixture(scope="module")
def churn() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    left = pd.Series(["no"] * 40 + ["yes"] * 12 + ["maybe"] * 5 + [None] * 3)
    return pd.DataFrame(
        {
            "customer": [f"C-{number:04d}" for number in range(60)],
            "age": pd.Series(rng.integers(18, 80, 60), dtype="Int64").mask(rng.random(60) < 0.1),
            "plan": pd.Categorical(rng.choice(["basic", "plus"], 60), ["basic", "plus", "gold"]),
            "left": left,
            "member": rng.random(60) < 0.3,
        }
    )


def test_balance_raises_every_class_to_the_commonest(churn: pd.DataFrame) -> None:
    made = augment(churn, target="left", strategy="balance", config=TINY, seed=1)
    table = made.combine()
    assert table["left"].value_counts().to_dict() == {"no": 40, "yes": 40, "maybe": 40}
    assert table["left"].isna().sum() == 3  # rows without a target stay, and none is added
    assert list(table.columns) == [*churn.columns, MARKER_COLUMN]
    pd.testing.assert_frame_equal(table[~table[MARKER_COLUMN]].drop(columns=MARKER_COLUMN), churn)
    pd.testing.assert_series_equal(table.drop(columns=MARKER_COLUMN).dtypes, churn.dtypes)
    assert table["customer"].is_unique
    assert made.sentence == (
        "63 rows are added, 100% of what rarer classes lack. 3 rows "
        "without a target taught the model; rows made all have one."
    )


def test_a_ratio_adds_its_share_of_rows(churn: pd.DataFrame) -> None:
    made = augment(churn, target="left", strategy=0.5, config=TINY, seed=1)
    assert len(made.rows) == round(0.5 * 57)  # of the rows that have one
    assert made.rows["left"].notna().all()
    known = churn["age"].notna().sum()
    ages = augment(churn, target="age", strategy=2, config=TINY).rows
    assert ages.shape == (2 * known, 5)
    assert ages["age"].notna().all()


def test_a_seed_repeats(churn: pd.DataFrame) -> None:
    first, second = (
        augment(churn, target="left", strategy=0.2, config=TINY, seed=4).rows for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, second)


def test_a_mark_of_any_name_or_none(churn: pd.DataFrame) -> None:
    made = augment(churn, target="left", strategy=0.1, config=TINY, seed=1)
    assert list(made.combine(mark=None).columns) == list(churn.columns)
    only = made.combine(mark="made up", synthetic_only=True)
    assert len(only) == 6
    assert only["made up"].all()
    with pytest.raises(SettingError, match="has a column 'age' already"):
        made.combine(mark="age")


@pytest.mark.parametrize("plan", [AugmentationPlan(balance=0.5), AugmentationPlan()])
def test_auto_does_what_is_found_to_help(
    churn: pd.DataFrame, plan: AugmentationPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def choose(table: LabelledTable, plans: Any, request: Any, on_progress: Any) -> PlanChoice:
        seen.update(rows=len(table.rows), all=len(table.whole), config=request.config)
        return PlanChoice(plan, Trial("F1", "gbdt", 5, (), None, {}))

    monkeypatch.setattr(augmentation, "choose_plan", choose)
    made = augment(churn, target="left", config=TINY, seed=1)
    assert seen == {"rows": 57, "all": 60, "config": TINY}
    assert ": there is nothing to try." in made.sentence
    assert made.rows["left"].value_counts().to_dict() == (
        {"yes": 14, "maybe": 18} if plan.balance else {}
    )
    assert made.combine().shape == (60 + len(made.rows), 6)


def test_auto_from_end_to_end(churn: pd.DataFrame) -> None:
    made = augment(churn, target="member", config=TINY, seed=1, time_limit=600)
    assert "ways tried in" in made.sentence
    assert len(made.combine()) >= 60


def test_a_target_of_numbers_is_chosen_for_by_its_error(churn: pd.DataFrame) -> None:
    made = augment(churn, target="age", config=TINY, seed=1)
    assert "6 ways tried" in made.sentence
    assert "RMSE" in made.sentence


def test_a_given_model_draws_the_rows(people: pd.DataFrame, fitted: TabGAN) -> None:
    made = augment(people, target="income", strategy="balance", model=fitted.model_, seed=0)
    counts = made.combine()["income"].value_counts()
    assert counts.iloc[0] == counts.iloc[1]
    with pytest.raises(SchemaError, match="'age'"):
        augment(people.drop(columns="age"), target="income", strategy=1, model=fitted.model_)
    floats = people.astype({"age": "float64"})
    made = augment(floats, target="income", strategy=1, model=fitted.model_, seed=0)
    assert made.rows["age"].dtype == "float64"
    small = people.assign(gain=range(len(people)))
    with pytest.raises(TableError, match="makes the column 'gain' as float64, and the table has i"):
        augment(small, target="income", strategy=1, model=fitted.model_)


def test_nothing_lacks(churn: pd.DataFrame) -> None:
    even = churn[churn["left"] == "no"].assign(member=[True, False] * 20)
    made = augment(even, target="member", strategy="balance", config=TINY)
    assert made.sentence == "Nothing is added: no class has fewer rows than another."


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"strategy": 0}, "ratio=0 is not allowed"),
        ({"strategy": 0.001}, "a ratio of 0.001 adds no rows to 57: give a larger number"),
        ({"strategy": float("inf")}, "ratio=inf is not allowed"),
        ({"strategy": True}, "strategy=True is unknown"),
        ({"strategy": "smote"}, "strategy='smote' is unknown; choose auto, balance or a ratio"),
        ({"time_limit": 0}, "is no time"),
        ({"target": "ag"}, "no column 'ag' to predict; perhaps 'age'"),
        ({"target": "empty"}, "holds no value"),
        ({"target": "empty", "strategy": 0.5}, "holds no value"),
        ({"target": "same"}, "holds only 'x'"),
        ({"target": "age", "strategy": "balance"}, "no classes to balance"),
        ({"target": "single", "strategy": "balance"}, "the class 'odd' has one row"),
        ({"seed": -1}, "the seed -1 is outside"),
    ],
)
def test_bad_settings_get_a_sentence(
    churn: pd.DataFrame, settings: dict[str, Any], sentence: str
) -> None:
    table = churn.assign(empty=None, same="x", single=["odd"] + ["even"] * 59)
    with pytest.raises(SettingError, match=sentence):
        augment(table, **{"target": "left", **settings})


def test_several_draws_are_numbered(churn: pd.DataFrame) -> None:
    settings: dict[str, Any] = {"target": "left", "strategy": 0.5, "config": TINY, "seed": 1}
    one, three = augment(churn, **settings), augment(churn, n_draws=3, weight=0.1, **settings)
    table = three.combine()
    assert list(table.columns[-3:]) == [MARKER_COLUMN, DRAW_COLUMN, WEIGHT_COLUMN]
    assert table[DRAW_COLUMN].isna().to_numpy().tolist() == [True] * 60 + [False] * 84
    assert table[DRAW_COLUMN].value_counts().to_dict() == {0: 28, 1: 28, 2: 28}
    assert table[WEIGHT_COLUMN].tolist() == [1.0] * 60 + [0.1] * 84
    first = three.rows[:28]
    pd.testing.assert_frame_equal(first, one.rows)
    assert not first["age"].equals(three.rows["age"][28:56].reset_index(drop=True))
    assert ", in each of 3 draws, at weight 0.1. " in three.sentence
    assert "Train one learner on the rows given and those of each __draw__" in three.sentence
    assert three.sentence.endswith("Give learners __weight__ as sample_weight.")


def test_soft_labels_and_rows_drawn_anew_in_part(churn: pd.DataFrame) -> None:
    settings: dict[str, Any] = {"target": "left", "strategy": 0.5, "config": TINY, "seed": 1}
    soft = augment(churn, soft_labels=True, **settings)
    table = soft.combine()
    assert list(table.columns[-2:]) == [MARKER_COLUMN, WEIGHT_COLUMN]
    assert table[WEIGHT_COLUMN][:60].tolist() == [1.0] * 60
    assert table[WEIGHT_COLUMN][60:].sum() == pytest.approx(28)
    assert soft.rows["customer"].is_unique
    assert ", with soft labels. " in soft.sentence
    assert soft.sentence.endswith("Give learners __weight__ as sample_weight.")
    painted = augment(churn, inpaint=0.3, **settings)
    assert WEIGHT_COLUMN not in painted.combine()
    assert not set(painted.rows["customer"]) & set(churn["customer"])
    ages = painted.rows["age"].isin(churn["age"])
    assert ages.mean() > 0.5
    assert "with 30% of a real row's cells drawn anew. " in painted.sentence
    assert painted.sentence.endswith("Rows made keep cells of rows given.")


def test_a_model_that_protects_shows_no_cells_of_real_rows(
    churn: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    gan = TabGAN("member", config=TINY, protect=True, protect_below=3, random_state=0).fit(churn)
    seen: list[AugmentationPlan] = []

    def choose(table: LabelledTable, plans: Any, *_: Any) -> PlanChoice:
        seen.extend(plans)
        return PlanChoice(AugmentationPlan())

    monkeypatch.setattr(augmentation, "choose_plan", choose)
    augment(churn, target="member", model=gan.model_)
    assert len(seen) == 8
    assert not any(plan.inpaint for plan in seen)
    with pytest.raises(SettingError, match="the model protects rare values.*leave inpainting out"):
        augment(churn, target="member", strategy=1, inpaint=0.3, model=gan.model_)


def test_columns_that_are_added_need_free_names(churn: pd.DataFrame) -> None:
    table = churn.rename(columns={"plan": WEIGHT_COLUMN})
    with pytest.raises(SettingError, match="column '__weight__' already.*rename the table's"):
        augment(table, target="left", strategy=0.5, weight=0.5, config=TINY)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n_draws": 0}, "n_draws=0 is no amount"),
        ({"n_draws": 1.5}, "n_draws=1.5 is no amount"),
        ({"weight": 0}, "weight=0 is not allowed"),
        ({"weight": float("nan")}, "weight=nan is not allowed"),
        ({"inpaint": 0}, "inpaint=0 is not allowed"),
        ({"inpaint": 1.5}, "inpaint=1.5 is not allowed"),
        ({"target": "age", "soft_labels": True}, "no classes to tell.*leave soft labels out"),
        ({"target": "same", "soft_labels": True}, "holds only 'x'"),
        ({"target": "same", "inpaint": 0.5}, "holds only 'x'"),
        (
            {"strategy": "auto", "n_draws": 10},
            "auto, the default, chooses draws, weight, soft labels",
        ),
        (
            {"strategy": "auto", "inpaint": 0.3},
            "auto, the default, chooses draws, weight, soft labels",
        ),
        (
            {"strategy": "auto", "fast": True},
            r"inpainting and passes \(fast\) itself: leave them out",
        ),
    ],
)
def test_ways_that_cannot_be(churn: pd.DataFrame, settings: dict[str, Any], said: str) -> None:
    asked = {"target": "left", "strategy": 0.5, "config": TINY, **settings}
    with pytest.raises(SettingError, match=said):
        augment(churn.assign(same="x"), **asked)
