import pytest

from tabgan.evaluation import LEARNERS
from tabgan.evaluation.report.html.glossary import GLOSSARY
from tabgan.evaluation.utility.baselines import BASELINES
from tabgan.evaluation.utility.scores import SCORES, TUNED_SCORES

NAMES = {score.name for scores in (*SCORES.values(), TUNED_SCORES) for score in scores}


@pytest.mark.parametrize("name", sorted({*NAMES, *BASELINES, *LEARNERS}))
def test_every_score_learner_and_baseline_is_explained_once(name: str) -> None:
    most = 2 if name in {"average_precision", "f1"} else 1  # precision and recall stand apart
    assert 1 <= sum(name in term.uses for term in GLOSSARY) <= most
