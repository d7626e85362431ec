"""What the benchmarks make of figures that are known."""

import numpy as np
import pytest

from benchmarks.ablation import VARIANTS
from benchmarks.augmentation import ARMS, AUTO, HEAD, REAL, FoldScores, to_markdown
from benchmarks.privacy import Record, to_lines
from benchmarks.scale_cost import CELL, COLUMN, ROW, START, Cost, Size, fit_cost
from benchmarks.shadow_models import Figure, likelihood_ratio_aucs
from tabgan import TrainingConfig


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_of_an_ablation_are_settings(name: str) -> None:
    TrainingConfig(**VARIANTS[name])


def make_scores(gain: float, adding: int) -> FoldScores:
    """Five folds; every arm gains as much but for "--auto", which adds in some folds only."""
    real = [0.5, 0.6, 0.7, 0.6, 0.5]
    noise = [0.001, -0.001, 0.0, 0.001, -0.001]
    better = [score + gain + more for score, more in zip(real, noise, strict=True)]
    scores = dict.fromkeys(("average_precision", "roc_auc"), better)
    auto = [*better[:adding], *real[adding:]]
    return {**dict.fromkeys(ARMS, scores), REAL: dict.fromkeys(scores, real)} | {
        AUTO: dict.fromkeys(scores, auto)
    }


def test_one_line_a_setting_and_score() -> None:
    fold_scores = make_scores(0.02, adding=2)
    lines = to_markdown(
        {"small": [fold_scores], "twice": [fold_scores, fold_scores], "unrun": []}
    ).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| small", "| twice"] * 2
    assert {line.count(" | ") for line in [lines[0], *lines[2:]]} == {len(HEAD) - 1}
    assert "**+0.0200 ± 0.0019**" in lines[2]
    assert lines[2].endswith("2 of 5 folds |")
    assert lines[3].endswith("4 of 10 folds |")


def test_what_was_not_measured_is_a_dash() -> None:
    fold_scores = make_scores(0.02, adding=2)
    del fold_scores["real + SMOTE"]
    cells = to_markdown({"small": [fold_scores]}).splitlines()[2].split(" | ")
    assert [index for index, cell in enumerate(cells) if cell == "-"] == [6, 8, 9]


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
