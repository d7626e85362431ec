"""What the benchmarks make of figures that are known."""

import pytest

from benchmarks.augmentation import ARMS, AUTO, HEAD, REAL, Marks, to_markdown
from benchmarks.scale_cost import CELL, COLUMN, ROW, START, Cost, Size, tell


def make_marks(gain: float, adding: int) -> Marks:
    """Five folds; every arm gains as much but for "--auto", which adds in some folds only."""
    real = [0.5, 0.6, 0.7, 0.6, 0.5]
    noise = [0.001, -0.001, 0.0, 0.001, -0.001]
    better = [mark + gain + more for mark, more in zip(real, noise, strict=True)]
    scores = dict.fromkeys(("average_precision", "roc_auc"), better)
    auto = [*better[:adding], *real[adding:]]
    return {**dict.fromkeys(ARMS, scores), REAL: dict.fromkeys(scores, real)} | {
        AUTO: dict.fromkeys(scores, auto)
    }


def test_one_line_a_setting_and_score() -> None:
    marks = make_marks(0.02, adding=2)
    lines = to_markdown({"small": [marks], "twice": [marks, marks], "unrun": []}).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| small", "| twice"] * 2
    assert {line.count(" | ") for line in [lines[0], *lines[2:]]} == {len(HEAD) - 1}
    assert "**+0.0200 ± 0.0019**" in lines[2]
    assert lines[2].endswith("2 of 5 folds |")
    assert lines[3].endswith("4 of 10 folds |")


def test_what_was_not_measured_is_a_dash() -> None:
    marks = make_marks(0.02, adding=2)
    del marks["real + SMOTE"]
    cells = to_markdown({"small": [marks]}).splitlines()[2].split(" | ")
    assert [index for index, cell in enumerate(cells) if cell == "-"] == [6, 8, 9]


SIZES = [Size(10, 2), Size(100, 2), Size(1_000, 2), Size(100, 4), Size(100, 8)]


def test_a_cost_is_found_in_what_it_makes() -> None:
    known = Cost({START: 3.0, ROW: 0.5, CELL: 0.01})
    found = Cost.fit(list(known.each), SIZES, [known.at(size) for size in SIZES])
    assert found.each == pytest.approx(known.each)
    assert str(found) == "3 + 0.5 a row + 0.01 a cell"
    assert found.at(Size(10**9, 2)) == pytest.approx(3 + 0.52e9)


def test_no_term_of_a_cost_is_below_zero() -> None:
    found = Cost.fit((START, COLUMN), SIZES, [10 - size.columns for size in SIZES])
    assert found.each[COLUMN] == 0
    assert found.each[START] > 0


def test_the_largest_sizes_are_foretold_and_not_learned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = Cost({START: 3.0, CELL: 0.01})
    found = {size: {"seconds": known.at(size)} for size in SIZES}
    for size in (Size(1_000, 2), Size(100, 8)):
        found[size] = {"seconds": 2 * known.at(size)}
    cost = tell("sample, s", found, lambda one: one["seconds"], (START, CELL))
    assert cost.each == pytest.approx(known.each)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "foretold" in line] == [
        line for line in lines if "-50%" in line
    ]
    assert sum("foretold" in line for line in lines) == 2
