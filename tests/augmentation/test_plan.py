import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.augmentation.plan import AugmentationPlan, count_classes, max_amounts
from tabgan.errors import ConditionError, SettingError
from tabgan.evaluation.utility.task import Task
from tabgan.model.class_sampling import Amounts, Pool, check_class_sizes
from tabgan.schema import TableSchema


def test_balance_raises_rarer_classes_only() -> None:
    counts = {"a": 50, "b": 10, "c": 2}
    assert AugmentationPlan(balance=1).amounts(62, counts).by_class == {"a": 0, "b": 40, "c": 48}
    assert AugmentationPlan(balance=0.5).amounts(62, counts).by_class == {"a": 0, "b": 20, "c": 24}
    assert AugmentationPlan(balance=1).amounts(62, counts).free == 0


def test_a_class_of_one_row_is_not_raised_and_can_be_refused() -> None:
    amounts = AugmentationPlan(balance=1).amounts(9, {"a": 8, "b": 1})
    assert amounts.total == 0
    with pytest.raises(SettingError, match="the class 'b' has one row"):
        check_class_sizes({"a": 8, "b": 1}, Amounts(0, {"a": 0, "b": 7}))


def test_most_of_covers_every_candidate() -> None:
    most = max_amounts([Amounts(5, {"a": 0, "b": 9}), Amounts(8, {"a": 1, "b": 2})])
    assert most == Amounts(8, {"a": 1, "b": 9})


@pytest.mark.parametrize(
    "values", [[1, 1, 0], [1.0, 1.0, 0.0], ["1", "1", "0"], [True, True, False]]
)
def test_classes_are_counted_by_the_values_that_conditions_take(values: list[object]) -> None:
    table = pd.DataFrame({"x": [1.5, 2.5, 3.25, 4.0], "y": pd.Series([*values, None])})
    task = Task.infer(table, TableSchema.infer(table, "y"), "y")
    assert count_classes(table, task) == {values[0]: 2, values[2]: 1}


def test_a_pool_gives_rows_of_the_class_and_fewer_are_the_first_of_more(fitted: TabGAN) -> None:
    most = Amounts(20, {"<=50K": 0, ">50K": 30})
    pool = Pool.draw(fitted.model_, most, "income", seed=3)
    rows = pool.take(most)
    assert len(rows) == 50
    assert set(rows["income"].tail(30)) == {">50K"}
    fewer = pool.take(Amounts(5, {"<=50K": 0, ">50K": 7}))
    again = Pool.draw(fitted.model_, Amounts(5, {"<=50K": 0, ">50K": 7}), "income", seed=3)
    pd.testing.assert_frame_equal(fewer.head(5), rows.head(5))
    pd.testing.assert_frame_equal(fewer, again.take(Amounts(5, {"<=50K": 0, ">50K": 7})))


def test_an_unknown_class_is_refused(fitted: TabGAN) -> None:
    with pytest.raises(ConditionError, match="never holds 'lots'"):
        Pool.draw(fitted.model_, Amounts(0, {"lots": 3}), "income", seed=0)


def test_no_identifier_stands_twice() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"key": [f"K-{i:05d}" for i in range(60)], "y": rng.random(60) < 0.3})
    gan = TabGAN("y", steps=1, random_state=0, refine=False).fit(table)
    amounts = Amounts(30, {False: 30, True: 30})
    assert Pool.draw(gan.model_, amounts, "y", seed=0).take(amounts)["key"].is_unique


def test_draws_follow_each_other_and_the_first_is_a_single_one(fitted: TabGAN) -> None:
    amounts = Amounts(5, {"<=50K": 2, ">50K": 3})
    pool = Pool.draw(fitted.model_, amounts.times(2), "income", seed=3)
    two, one = pool.take(amounts, n_draws=2), pool.take(amounts)
    pd.testing.assert_frame_equal(two.head(10), one)
    assert two["income"][5:10].tolist() == two["income"][15:].tolist()
    assert two["age"].head(10).tolist() != two["age"].tail(10).tolist()


def test_rows_drawn_freely_have_a_label_where_the_table_lacks_some(people: pd.DataFrame) -> None:
    table = people.assign(income=people["income"].where(people.index < 100))
    gan = TabGAN("income", steps=20, random_state=0, refine=False).fit(table)
    assert gan.model_.sample(100, seed=1)["income"].isna().any()
    amounts = Amounts(100, {">50K": 10})
    rows = Pool.draw(gan.model_, amounts, "income", seed=1).take(amounts)
    assert rows["income"].notna().all()
    assert (rows["income"][100:] == ">50K").all()
    plain = gan.model_.sample(100, seed=int(np.random.SeedSequence(1).generate_state(1)[0]))
    assert rows["age"][:100].tolist() == plain["age"].tolist()  # as rows with and without one are
