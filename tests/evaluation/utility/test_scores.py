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


def make_predictions(classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(classes)
    targets = rng.integers(0, classes, 200)
    predictions = rng.dirichlet(np.ones(classes), 200).round(1 if classes == 2 else 2)  # with ties
    return targets.astype(np.float64), predictions


def test_two_classes_as_scikit_learn_scores_them() -> None:
    targets, predictions = make_predictions(2)
    chosen = predictions.argmax(axis=1)
    assert roc_auc(targets, predictions) == pytest.approx(
        metrics.roc_auc_score(targets, predictions[:, 1])
    )
    assert average_precision(targets, predictions) == pytest.approx(
        metrics.average_precision_score(targets, predictions[:, 1])
    )
    assert f1(targets, predictions) == pytest.approx(metrics.f1_score(targets, chosen))
    assert balanced_accuracy(targets, predictions) == pytest.approx(
        metrics.balanced_accuracy_score(targets, chosen)
    )
    assert brier(targets, predictions) == pytest.approx(
        metrics.brier_score_loss(targets, predictions[:, 1])
    )


def test_several_classes_as_scikit_learn_scores_them() -> None:
    targets, predictions = make_predictions(4)
    chosen, one_hot = predictions.argmax(axis=1), np.eye(4)[targets.astype(int)]
    assert roc_auc(targets, predictions) == pytest.approx(
        metrics.roc_auc_score(one_hot, predictions)
    )
    assert average_precision(targets, predictions) == pytest.approx(
        metrics.average_precision_score(one_hot, predictions)
    )
    assert f1(targets, predictions) == pytest.approx(
        metrics.f1_score(targets, chosen, average="macro")
    )
    each = [metrics.brier_score_loss(one_hot[:, k], predictions[:, k]) for k in range(4)]
    assert brier(targets, predictions) == pytest.approx(np.mean(each))


def test_numbers_as_scikit_learn_scores_them() -> None:
    rng = np.random.default_rng(0)
    targets, predictions = rng.normal(size=50), rng.normal(size=50)
    assert rmse(targets, predictions) == pytest.approx(
        metrics.root_mean_squared_error(targets, predictions)
    )
    assert mae(targets, predictions) == pytest.approx(
        metrics.mean_absolute_error(targets, predictions)
    )
    assert r2(targets, predictions) == pytest.approx(metrics.r2_score(targets, predictions))


def test_one_class_allows_no_ranking() -> None:
    with pytest.raises(IncomputableError, match="one class only"):
        roc_auc(np.zeros(5), np.full((5, 2), 0.5))
