"""The table that `benchmarks/augmentation.py` prints, from marks that are known."""

from benchmarks.augmentation import ARMS, AUTO, HEAD, REAL, Marks, to_markdown


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
    assert [place for place, cell in enumerate(cells) if cell == "-"] == [6, 8, 9]
