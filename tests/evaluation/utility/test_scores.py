import numpy as np
import pytest
from sklearn import metrics

from tabgan.evaluation.metrics.metric import IncomputableError
from tabgan.evaluation.utility.scores import (
    average_precision,
    balanced_accuracy,
    brier,
    f1,
    mae,
    r2,
    rmse,
    roc_auc,
)


def guesses(classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(classes)
    truth = rng.integers(0, classes, 200)
    chances = rng.dirichlet(np.ones(classes), 200).round(1 if classes == 2 else 2)  # with ties
    return truth.astype(np.float64), chances


def test_two_classes_as_scikit_learn_marks_them() -> None:
    truth, chances = guesses(2)
    chosen = chances.argmax(axis=1)
    assert roc_auc(truth, chances) == pytest.approx(metrics.roc_auc_score(truth, chances[:, 1]))
    assert average_precision(truth, chances) == pytest.approx(
        metrics.average_precision_score(truth, chances[:, 1])
    )
    assert f1(truth, chances) == pytest.approx(metrics.f1_score(truth, chosen))
    assert balanced_accuracy(truth, chances) == pytest.approx(
        metrics.balanced_accuracy_score(truth, chosen)
    )
    assert brier(truth, chances) == pytest.approx(metrics.brier_score_loss(truth, chances[:, 1]))


def test_several_classes_as_scikit_learn_marks_them() -> None:
    truth, chances = guesses(4)
    chosen, one_hot = chances.argmax(axis=1), np.eye(4)[truth.astype(int)]
    assert roc_auc(truth, chances) == pytest.approx(metrics.roc_auc_score(one_hot, chances))
    assert average_precision(truth, chances) == pytest.approx(
        metrics.average_precision_score(one_hot, chances)
    )
    assert f1(truth, chances) == pytest.approx(metrics.f1_score(truth, chosen, average="macro"))
    each = [metrics.brier_score_loss(one_hot[:, k], chances[:, k]) for k in range(4)]
    assert brier(truth, chances) == pytest.approx(np.mean(each))


def test_numbers_as_scikit_learn_marks_them() -> None:
    rng = np.random.default_rng(0)
    truth, guess = rng.normal(size=50), rng.normal(size=50)
    assert rmse(truth, guess) == pytest.approx(metrics.root_mean_squared_error(truth, guess))
    assert mae(truth, guess) == pytest.approx(metrics.mean_absolute_error(truth, guess))
    assert r2(truth, guess) == pytest.approx(metrics.r2_score(truth, guess))


def test_one_class_allows_no_ranking() -> None:
    with pytest.raises(IncomputableError, match="one class only"):
        roc_auc(np.zeros(5), np.full((5, 2), 0.5))
