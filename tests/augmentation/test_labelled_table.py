import numpy as np
import pandas as pd
import pytest

from tabgan import TrainingConfig, augment
from tabgan.augmentation.labelled_table import LabelledTable
from tabgan.errors import SettingError

TABLE = pd.DataFrame({"x": [1.5, 2.5, 3.25, 4.0, 5.0, 6.0], "y": ["a", None, "b", "a", None, "b"]})


def test_rows_without_a_target_are_apart() -> None:
    found = LabelledTable.split(TABLE, "y")
    assert found.rows["x"].tolist() == [1.5, 3.25, 4.0, 6.0]
    assert found.unlabelled["x"].tolist() == [2.5, 5.0]
    pd.testing.assert_frame_equal(found.whole, TABLE)
    assert found.counts == {"a": 2, "b": 2}


def test_a_mark_of_a_gap_is_a_gap() -> None:
    texts = [f"{number}.5" for number in range(60)]
    table = pd.DataFrame({"x": np.arange(65) % 7 / 3, "price": [*texts, "?", "?", "?", None, None]})
    found = LabelledTable.split(table, "price")
    assert (len(found.rows), len(found.unlabelled)) == (60, 5)
    assert found.task.kind == "regression"


def test_a_part_keeps_what_is_not_labelled_and_the_task() -> None:
    found = LabelledTable.split(TABLE, "y")
    part = found.take(np.array([0, 2]))
    assert part.whole["x"].tolist() == [1.5, 2.5, 4.0, 5.0]
    assert part.task is found.task  # one class is left of two
    assert part.counts == {"a": 2}


@pytest.mark.parametrize("gap", [None, float("nan")])
def test_a_target_without_values(gap: float | None) -> None:
    with pytest.raises(SettingError, match="'y' holds no value: choose another one"):
        LabelledTable.split(TABLE.assign(y=gap), "y")


def test_rows_without_a_target_teach_the_model_what_labelled_ones_do_not_show() -> None:
    """40 labelled rows do not tell how twelve towns are shared out, all 1,500 rows do."""
    rng = np.random.default_rng(0)
    towns = [f"town {n}" for n in range(12)]
    shares = rng.dirichlet(np.ones(12))
    table = pd.DataFrame({"town": rng.choice(towns, 1500, p=shares), "age": rng.normal(size=1500)})
    table["left"] = np.where(rng.random(1500) < 0.4, "yes", "no")
    config = TrainingConfig(steps=150, batch_size=128, hidden_dim=32, n_layers=1)

    def distance(rows: pd.DataFrame) -> float:
        found = rows["town"].value_counts(normalize=True).reindex(towns, fill_value=0.0)
        return float(np.abs(found - shares).sum())

    known = table.assign(left=table["left"].where(np.arange(1500) < 40))
    with_all = augment(known, target="left", strategy=30, config=config, seed=0)
    alone = augment(table[:40], target="left", strategy=30, config=config, seed=0)
    assert with_all.rows["left"].isin(["yes", "no"]).all()
    assert "1,460 rows without a target taught the model" in with_all.sentence
    assert "taught the model" not in alone.sentence
    assert distance(with_all.rows) < 0.6 * distance(alone.rows)
