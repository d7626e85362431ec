"""What the benchmarks make of figures that are known."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.ablation import VARIANTS
from benchmarks.augmentation_cells import Sample, take_draw
from benchmarks.augmentation_gains import (
    ARMS,
    AUTO,
    BAGGING,
    FOLDS,
    MANY,
    PLAN,
    REAL,
    Outcome,
    correct_by_holm,
    to_markdown,
)
from benchmarks.packaged_tables import TABLES, derive_target
from benchmarks.privacy import Record, to_lines
from benchmarks.scale_cost import CELL, COLUMN, ROW, START, Cost, Size, fit_cost
from benchmarks.shadow_models import Figure, likelihood_ratio_aucs
from tabgan import TrainingConfig
from tabgan.augmentation.plan_rows import PlanRows


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_of_an_ablation_are_settings(name: str) -> None:
    TrainingConfig(**VARIANTS[name])


@pytest.mark.parametrize("minority", [None, 0.01, 0.05, 0.2])
def test_the_minority_is_cut_in_what_is_learned_alone(minority: float | None) -> None:
    table = pd.DataFrame({"x": np.arange(4_000), "y": ["no", "no", "no", "yes"] * 1_000})
    sample = Sample.draw(table, "y", 300, minority, seed=1)
    rare = (sample.train["y"] == "yes").sum()
    assert len(sample.train) == 300
    assert rare == round(300 * minority) if minority else rare > 60
    assert len(sample.test) == 3_700
    assert (sample.test["y"] == "yes").mean() == pytest.approx(0.25, abs=0.02)
    assert not set(sample.train["x"]) & set(sample.test["x"])


def test_a_class_of_a_single_row_counts_in_no_arm() -> None:
    table = pd.DataFrame({"x": np.arange(2_000), "y": ["a", "b", "c", "d"] * 500})
    table.loc[table["y"] == "d", "y"] = [f"d{number}" for number in range(500)]
    sample = Sample.draw(table, "y", 100, None, seed=0)
    assert set(sample.train["y"]) == set(sample.test["y"]) == {"a", "b", "c"}


def test_rows_of_one_draw() -> None:
    frame = pd.DataFrame({"x": range(6)})
    one = take_draw(PlanRows(frame, np.repeat([0, 1, 2], 2), np.arange(6.0)), 1)
    assert one.frame["x"].tolist() == one.weights.tolist() == [2, 3]
    assert one.draws.tolist() == [0, 0]


def make_outcomes(gain: float, *plans: str) -> list[Outcome]:
    """Return a cell for each plan; "--auto" gains only where it adds rows."""
    return [
        {REAL: 0.5, BAGGING: 0.51, MANY: 0.5 + gain, AUTO: 0.5 + gain * bool(plan), PLAN: plan}
        for plan in plans
    ]


def cells_of(lines: list[str], *begin: str) -> list[str]:
    """Return the cells of the one line that begins with these."""
    (line,) = [line for line in lines if line.startswith(f"| {' | '.join(begin)} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_gains_by_table_and_over_tables() -> None:
    outcomes = {
        "good": make_outcomes(0.1, "ten draws", ""),
        "bad": make_outcomes(-0.02, "", ""),
        "worse": make_outcomes(-0.3, "ten draws", "ten draws"),
    }
    del outcomes["worse"][0][BAGGING], outcomes["worse"][1][BAGGING]
    lines = to_markdown(outcomes).splitlines()
    good = dict(zip(ARMS, cells_of(lines, "good", "2")[3:], strict=False))
    assert (good[MANY], good[BAGGING]) == ("+0.100 ± 0.000", "+0.010 ± 0.000")
    assert good[AUTO] == "+0.050 ± 0.635"  # half of the cells, and t of one degree of freedom
    assert good["SMOTE"] == ""
    assert cells_of(lines, "bad", "2")[-1] == "0 of 2"
    assert cells_of(lines, MANY, BAGGING)[2:6] == ["2", "1", "1", "+0.0300"]
    assert cells_of(lines, AUTO, REAL)[2:7] == ["3", "1", "1", "-0.0833", "+0.0000"]
    assert (
        "--auto: of 6 samples 1 gain, 2 lose, 3 are as they were; "
        "of 3 tables 1 lose on the mean, 1 measurably: worse."
    ) in lines
    assert "--auto takes: ten draws (3)." in lines


def test_whether_folds_tell_where_draws_help() -> None:
    cells = [cell | {FOLDS: 0.3} for cell in make_outcomes(0.1, "", "ten draws")]
    cells += [cell | {FOLDS: -0.1} for cell in make_outcomes(-0.2, "")]
    lines = to_markdown({"table": [*cells, *make_outcomes(0.5, "")]}).splitlines()
    begin = "Where the folds of --auto see"
    assert [line for line in lines if line.startswith(begin)] == [
        f"{begin} a gain of 10 draws (2 samples), these gain +0.100 on other rows, and lose in 0.",
        f"{begin} none of 10 draws (1 samples), these gain -0.200 on other rows, and lose in 1.",
    ]


def test_p_values_are_corrected_for_their_number() -> None:
    assert correct_by_holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert correct_by_holm([0.9, 0.8]) == [1.0, 1.0]


def test_targets_that_are_said_of_other_columns() -> None:
    hours = derive_target("affairs", pd.DataFrame({"affairs": [0.0, 0.1, 3.2]}))
    assert hours["affair"].tolist() == [0, 1, 1]
    goals = pd.DataFrame({"HomeGoals": [2, 0, 1], "AwayGoals": [1, 0, 4]})
    assert derive_target("bundesliga", goals)["Result"].tolist() == ["home", "draw", "away"]
    assert not any(table.target in table.drop.split() for table in TABLES.values())


SIZES = [Size(10, 2), Size(100, 2), Size(1_000, 2), Size(100, 4), Size(100, 8)]


def test_a_cost_is_fitted_to_its_values() -> None:
    true_cost = Cost({START: 3.0, ROW: 0.5, CELL: 0.01})
    cost = Cost.fit(list(true_cost.each), SIZES, [true_cost.at(size) for size in SIZES])
    assert cost.each == pytest.approx(true_cost.each)
    assert str(cost) == "3 + 0.5 a row + 0.01 a cell"
    assert cost.at(Size(10**9, 2)) == pytest.approx(3 + 0.52e9)


def test_no_term_of_a_cost_is_below_zero() -> None:
    cost = Cost.fit((START, COLUMN), SIZES, [10 - size.columns for size in SIZES])
    assert cost.each[COLUMN] == 0
    assert cost.each[START] > 0


def test_the_largest_sizes_are_predicted_and_not_fitted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    true_cost = Cost({START: 3.0, CELL: 0.01})
    measured = {size: {"seconds": true_cost.at(size)} for size in SIZES}
    for size in (Size(1_000, 2), Size(100, 8)):
        measured[size] = {"seconds": 2 * true_cost.at(size)}
    cost = fit_cost("sample, s", measured, lambda one: one["seconds"], (START, CELL))
    assert cost.each == pytest.approx(true_cost.each)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "predicted" in line] == [
        line for line in lines if "-50%" in line
    ]
    assert sum("predicted" in line for line in lines) == 2


def test_shadow_models_find_members_by_what_they_change() -> None:
    rng = np.random.default_rng(0)
    members = rng.random((8, 300)) < 0.5
    hardness = rng.normal(0, 5, 300)  # of rows, which an attack without shadow models goes by
    noise = rng.normal(0, 1, (8, 300))
    assert likelihood_ratio_aucs(hardness + noise + 3 * members, members).min() > 0.9
    means, widths = [], []
    for _ in range(40):
        fair = Figure.of_aucs(likelihood_ratio_aucs(rng.normal(size=(8, 60)), members[:, :60]))
        means.append(fair.value)
        widths.append(fair.half_width)
    assert np.mean(means) == pytest.approx(0.5, abs=0.02)
    assert np.mean(np.abs(np.array(means) - 0.5) > widths) < 0.15


def test_a_miss_is_a_figure_above_its_reference_beyond_the_interval() -> None:
    rng = np.random.default_rng(0)
    members = rng.random((8, 60)) < 0.5

    def records(table: str, copied: float) -> list[Record]:
        return [
            {
                "table": table,
                "protect": False,
                "members": own.tolist(),
                "scores": (rng.normal(size=60) + copied * own).tolist(),
                "readings": {"copies": [copied + 0.1 * (number % 2), 0.05]},
            }
            for number, own in enumerate(members)
        ]

    *_, fair, leaking, verdict = to_lines(records("fair", 0.0) + records("leaking", 9.0))
    assert "miss" not in fair
    assert leaking.startswith("| leaking | no | 8 | 1.0")
    assert leaking.count("**miss**") == 2
    assert (
        verdict.strip() == "2 of 4 figures are misses: LiRA AUC of leaking; copies, % of leaking."
    )
