import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import TunedThresholdClassifierCV

from tabgan.evaluation.utility.scores import SCORES
from tabgan.evaluation.utility.thresholds import TUNED_BY, decide, tune_thresholds

COMPUTE = {score.name: score.compute for score in SCORES["binary"]}
ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=30)


@given(ROWS.filter(lambda rows: len({is_positive for is_positive, _ in rows}) == 2))
def test_no_other_threshold_is_better(rows: list[tuple[bool, int]]) -> None:
    targets = np.array([float(is_positive) for is_positive, _ in rows])
    probabilities = np.array([eighths / 8 for _, eighths in rows])
    both = np.column_stack([1 - probabilities, probabilities])
    tuned = tune_thresholds(targets, probabilities)
    assert set(tuned) == set(TUNED_BY)
    for name, threshold in tuned.items():
        found = COMPUTE[name](targets, decide(both, threshold))
        tried = [COMPUTE[name](targets, decide(both, other)) for other in np.linspace(0, 1, 17)]
        assert found == pytest.approx(max(tried))


def test_as_good_as_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4_000, 3))
    y = (x[:, 0] + rng.logistic(size=4_000) > 4).astype(int)  # about 5 %
    train, test = slice(2_000), slice(2_000, None)
    model = LogisticRegression()
    theirs = TunedThresholdClassifierCV(model, scoring="f1").fit(x[train], y[train])
    probabilities = model.fit(x[train], y[train]).predict_proba(x[test])
    inner = model.predict_proba(x[train])[:, 1]
    ours = decide(probabilities, tune_thresholds(y[train].astype(float), inner)["f1"])[:, 1]
    plain = f1_score(y[test], probabilities[:, 1] >= 0.5)
    tuned = f1_score(y[test], theirs.predict(x[test]))
    assert tuned > plain + 0.05
    assert f1_score(y[test], ours) == pytest.approx(tuned, abs=0.05)
