from tabgan.evaluation.metrics.metric import Direction
from tabgan.evaluation.report.utility_tables import utility_tables
from tabgan.evaluation.utility.utility import Utility, UtilityScore

VALUES = {  # by arm: of two scores, the second of which is an error
    "real": (0.8, 0.3),
    "real + synthetic": (0.9, 0.2),
    "real twice": (0.85, 0.1),
    "best learner": (None, 0.4),
    "real + SMOTE": (None, None),
}


def make(tuned: bool = False) -> Utility:
    names = ["f1", "brier", *(["f1_tuned"] if tuned else [])]
    directions = {"f1": Direction.UP, "f1_tuned": Direction.UP, "brier": Direction.DOWN}
    scores = [
        UtilityScore(learner, arm, name, name, directions[name], values[name == "brier"])
        for learner in ("gbdt", "linear")
        for name in names
        for arm, values in VALUES.items()
    ]
    return Utility("binary", "y", "a", tuple(scores))


def test_the_best_line_is_first_and_the_best_figures_are_known() -> None:
    tables = utility_tables(make())
    assert [table.learner for table in tables] == ["gbdt", "linear"]
    for table in tables:
        arms = [line.arm for line in table.lines]
        assert arms == ["real + synthetic", "real twice", "real", "best learner"]
        best = {
            cell.score: cell.arm
            for line in table.lines
            for cell in line.cells
            if table.is_best(cell)
        }
        assert best == {"f1": "real + synthetic", "brier": "real twice"}


def test_of_two_thresholds_the_tuned_one_is_shown_where_there_is_little_room() -> None:
    (plain, _), (tuned, _) = utility_tables(make()), utility_tables(make(tuned=True))
    assert [score.score for score in plain.shown] == ["f1", "brier"]
    assert [score.score for score in tuned.shown] == ["brier", "f1_tuned"]
    assert [score.score for score in tuned.scores] == ["f1", "brier", "f1_tuned"]
