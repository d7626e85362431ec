"""The field's terms that a page uses, each explained once; those that it does not use are left out.

A term is one line in GLOSSARY.
"""

from dataclasses import dataclass

from tabgan.evaluation.report.results import Results


@dataclass(frozen=True)
class Term:
    """A term and what it means.

    Attributes:
        word: The term as the page has it.
        meaning: In a sentence or two.
        uses: Names of scores, learners, metrics, rows trained on or parts of the page that use it;
            none where every page does.
    """

    word: str
    meaning: str
    uses: frozenset[str] = frozenset()


def _term(word: str, meaning: str, *uses: str) -> Term:
    return Term(word, meaning, frozenset(uses))


GLOSSARY = (
    _term(
        "Gain",
        "The same learner is trained twice, on real rows alone and on other rows, and is marked on "
        "real rows that neither has seen. The gain is the difference, turned so that + is better.",
    ),
    _term(
        "95 % interval",
        "Other test rows and other chance would have given another figure; in 95 of 100 such "
        "repetitions the interval holds the true one. A gain whose interval holds zero cannot be "
        "told from none; that is no proof that there is none.",
    ),
    _term("gbdt", "Gradient-boosted decision trees, as scikit-learn has them.", "gbdt"),
    _term("forest", "A random forest of 100 decision trees.", "forest"),
    _term("linear", "Logistic regression of classes, ridge regression of numbers.", "linear"),
    _term(
        "Real twice",
        "Every real row twice: what more rows do that say nothing new.",
        "real twice",
    ),
    _term(
        "Random oversampling",
        "Rows of rare classes are repeated until all classes are as common.",
        "real + random oversampling",
    ),
    _term("SMOTE", "New rows between neighbours of one rare class.", "real + SMOTE"),
    _term("Class weights", "An error on a rare class costs more.", "class weights"),
    _term(
        "Tuned threshold",
        "A row is called positive from another probability on than 0.5: the one that is best for "
        "training rows which the learner did not see. It changes decisions only.",
        "tuned threshold",
    ),
    _term(
        "Bagging and draws",
        "The mean of ten learners, each on real rows drawn with replacement, or on its own draw of "
        "added rows.",
        "bagging of 10",
        "SMOTE, 10 draws",
    ),
    _term(
        "Best learner",
        "That of boosted trees, a forest and a linear model which does best inside the real rows, "
        "in place of the learner named; nothing is added.",
        "best learner",
    ),
    _term(
        "Relabelled rows and swapped cells",
        "Added rows whose labels are the probabilities that a teacher gives: the mean of all "
        "learners on real rows. The rows are synthetic ones, or real ones of which 3 cells in 10 "
        "are those of other rows.",
        "real + swapped cells",
    ),
    _term(
        "ROC AUC",
        "How often a row of the class gets a higher probability than a row of another: 0.5 by "
        "guessing, 1 at best.",
        "roc_auc",
    ),
    _term(
        "Precision and recall",
        "Of the rows called positive, the share that is; of the positive rows, the share that is "
        "found.",
        "Precision and recall",
        "average_precision",
        "f1",
    ),
    _term(
        "Average precision",
        "The area under the curve of precision against recall, 1 at best.",
        "average_precision",
    ),
    _term("F1", "The harmonic mean of precision and recall.", "f1"),
    _term("Balanced accuracy", "The mean recall of all classes.", "balanced_accuracy"),
    _term("Brier score", "The mean squared error of the probabilities, 0 at best.", "brier"),
    _term(
        "Log-loss",
        "The mean negative logarithm of the probability of what is true, 0 at best: it forgives no "
        "certainty that is wrong.",
        "log_loss",
    ),
    _term(
        "Tuned F1, tuned balanced accuracy",
        "The same at a threshold tuned inside the training rows, after every way of training: what "
        "is gained there is more than another threshold gives.",
        "f1_tuned",
        "balanced_accuracy_tuned",
    ),
    _term(
        "RMSE and MAE",
        "The typical error of a predicted number, in its own unit: the root of the mean square, "
        "which large errors weigh down, and the mean size.",
        "rmse",
        "mae",
    ),
    _term("R²", "The share of the variance that is predicted: 1 at best, 0 by the mean.", "r2"),
    _term(
        "Fidelity and its noise floor",
        "How like the real rows the synthetic ones are. Even real rows differ from each other: the "
        "noise floor is what real rows get in the place of the synthetic ones, and what perfect "
        "looks like.",
    ),
    _term(
        "Column shapes and pair trends, error",
        "How far the distributions of single columns, and the associations of every two, are from "
        "the real ones, on average.",
        "column_shapes",
        "pair_trends",
    ),
    _term(
        "Two-sample score",
        "1 where a classifier cannot tell real from synthetic rows, 0 where it always can.",
        "detection_boosted",
        "detection_linear",
        "How the training went",
    ),
    _term(
        "Precision and coverage of rows",
        "The share of synthetic rows that lie where real ones do, and of real rows with a "
        "synthetic one near.",
        "precision",
        "coverage",
    ),
    _term(
        "Privacy",
        "Whether synthetic rows stand nearer to real ones than new real rows would. A figure far "
        "above that of the real test rows says that rows were copied.",
    ),
    _term(
        "Nearest-neighbour distance ratio",
        "How far the nearest real row is, over how far the next ones are: near 0 where rows "
        "were copied.",
        "neighbour_ratio",
    ),
    _term(
        "Membership inference attack",
        "Somebody guesses from the synthetic rows which real rows they were made from: 0.5 is "
        "guessing.",
        "membership_inference",
    ),
    _term(
        "Likelihood-ratio membership attack",
        "The same by somebody who also has real rows from elsewhere, and asks where synthetic rows "
        "are many and those are few.",
        "likelihood_ratio",
    ),
    _term(
        "Attribute inference attack",
        "Somebody knows a real row but for one column, and takes that from the nearest synthetic "
        "row. What is guessed of test rows as well gives no training row away.",
        "attribute_inference",
    ),
    _term(
        "Rare combinations",
        "Values of two or three columns that one real row alone holds together. Chance makes some "
        "of them again; those of training rows should come no more often than those of test rows.",
        "singling_out",
    ),
)


def find_terms(results: Results, parts: frozenset[str]) -> tuple[Term, ...]:
    """Return the terms that a page needs.

    Args:
        results: What was found.
        parts: Headings of the page's parts.
    """
    scores = results.utility.scores
    used = parts | {reading.metric for reading in results.readings}
    used |= {name for score in scores for name in (score.score, score.learner, score.arm)}
    return tuple(term for term in GLOSSARY if not term.uses or term.uses & used)


IMPUTATION_TERMS = {
    "Hidden cells": (
        "Cells whose value is known are emptied at random, filled as if they were gaps, and "
        "compared with what they held. What fills them sees the rest of each row only."
    ),
    "Error of numbers": (
        "The root of the mean squared difference between what was filled in and what was hidden, "
        "over the column's standard deviation: 0 is exact, and 1 is as far off as the column's "
        "mean would be. Moments are numbers."
    ),
    "Error of categories": "The share of hidden cells that got another value than they held.",
    "Plain value": (
        "The median of a column's known numbers, or its commonest value: the same for every row. "
        "Whoever fills gaps by more than that should be nearer."
    ),
    "Between its draws": (
        "Each hidden cell is drawn several times. If draws differ as real values would, the true "
        "number is like one more draw, and seldom lower or higher than all others: of 19 draws "
        "in 10 % of the cells. Where fewer true numbers lie between the lowest and the highest, "
        "draws are too alike, and seem surer than they are; where numbers repeat, a few more do."
    ),
}
