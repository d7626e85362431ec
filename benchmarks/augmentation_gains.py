"""What `benchmarks.augmentation` prints: gains by table, tests over tables, harm, and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

Outcome = dict[str, Any]  # of a cell: scores by arm, seconds by group of arms, the plan of --auto
REAL, ONE, MANY, AUTO, PLAN = "real", "1 draw", "10 draws", "--auto", "plan"
FOLDS = "10 draws in folds"  # of --auto
BEST, BAGGING = "best learner", "bagging of 10"
RIVALS = (
    "real twice",
    "random oversampling",
    "class weights",
    "SMOTE",
    "SMOTE, 10 draws",
    BAGGING,
    "swapped cells",
)
ARMS = (*RIVALS, "balance", ONE, MANY, AUTO, BEST)
LEARNERS = ("forest", "linear")
COMPARISONS = (
    (MANY, BAGGING),  # the primary one
    (MANY, REAL),
    (MANY, ONE),
    *((MANY, rival) for rival in RIVALS if rival != BAGGING),
    (MANY, BEST),
    (AUTO, REAL),
    (AUTO, MANY),
    (AUTO, BEST),
    *((f"{learner}, {MANY}", learner) for learner in LEARNERS),
    (BEST, REAL),
)
CONFIDENCE = 0.975  # of either end of an interval
Outcomes = Mapping[str, Sequence[Outcome]]  # of the samples of each table


def to_markdown(outcomes: Outcomes) -> str:
    """Return all of it."""
    gains = [_gain_line(name, cells) for name, cells in outcomes.items()]
    learners = [_learner_line(name, cells) for name, cells in outcomes.items()]
    beside = [column for each in LEARNERS for column in (f"{each}, real", f"+ {MANY}")]
    return "\n".join(
        [
            *_head(["table", "samples", REAL, *ARMS, "--auto adds in"]),
            *gains,
            "",
            *_head(["table", *beside]),
            *learners,
            "",
            *_head(
                ["arm", "against", "tables", "better", "worse", "mean", "median", "p, corrected"]
            ),
            *_comparison_lines(outcomes),
            "",
            *_describe_harm(outcomes),
            *_describe_choices(outcomes),
            _describe_seconds(outcomes),
        ]
    )


@dataclass(frozen=True)
class Gain:
    """How much better one arm is than another on the samples of a table.

    Attributes:
        mean: Over samples.
        half_width: Of its 95 % interval; infinite for a single sample.
    """

    mean: float
    half_width: float

    @classmethod
    def of(cls, cells: Sequence[Outcome], arm: str, reference: str) -> "Gain | None":
        """Return it for the samples in which both were run, if there are any."""
        found = [cell[arm] - cell[reference] for cell in cells if {arm, reference} <= cell.keys()]
        if len(found) < 2:
            return cls(found[0], np.inf) if found else None
        error = np.std(found, ddof=1) / np.sqrt(len(found))
        half = scipy.stats.t.ppf(CONFIDENCE, len(found) - 1) * error
        return cls(float(np.mean(found)), float(half))

    def __str__(self) -> str:
        if np.isinf(self.half_width):
            return f"{self.mean:+.3f}"
        return f"{self.mean:+.3f} ± {self.half_width:.3f}"


def correct_by_holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for how many there are (Holm 1979).

    >>> correct_by_holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(np.argsort(p_values)):
        largest = max(largest, min(1.0, p_values[index] * (len(p_values) - rank)))
        corrected[index] = largest
    return corrected


def _head(cells: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(cells)} |", "|---" * len(cells) + "|"]


def _mean(cells: Sequence[Outcome], arm: str) -> float | None:
    found = [cell[arm] for cell in cells if arm in cell]
    return float(np.mean(found)) if found else None


def _gain_line(name: str, cells: Sequence[Outcome]) -> str:
    gains = [str(Gain.of(cells, arm, REAL) or "") for arm in ARMS]
    plans = [cell[PLAN] for cell in cells if PLAN in cell]
    adding = f"{sum(map(bool, plans))} of {len(plans)}" if plans else ""
    parts = [name, str(len(cells)), f"{_mean(cells, REAL):.3f}", *gains, adding]
    return f"| {' | '.join(parts)} |"


def _learner_line(name: str, cells: Sequence[Outcome]) -> str:
    parts = [name]
    for learner in LEARNERS:
        alone = _mean(cells, learner)
        parts += ["" if alone is None else f"{alone:.3f}"]
        parts += [str(Gain.of(cells, f"{learner}, {MANY}", learner) or "")]
    return f"| {' | '.join(parts)} |"


def _comparison_lines(outcomes: Outcomes) -> list[str]:
    """Return a line for each comparison over tables."""
    found = {}
    for pair in COMPARISONS:
        gains = [Gain.of(cells, *pair) for cells in outcomes.values()]
        means = np.array([gain.mean for gain in gains if gain is not None])
        if len(means):
            found[pair] = means
    p_values = [
        float(scipy.stats.wilcoxon(means).pvalue) if means.any() else 1.0
        for means in found.values()
    ]
    return [
        f"| {arm} | {reference} | {len(means)} | {(means > 0).sum()} | {(means < 0).sum()} | "
        f"{means.mean():+.4f} | {np.median(means):+.4f} | {p_value:.3f} |"
        for ((arm, reference), means), p_value in zip(
            found.items(), correct_by_holm(p_values), strict=True
        )
    ]


def _describe_harm(outcomes: Outcomes) -> list[str]:
    """Return what rows cost where they were added: how many cells and tables lose."""
    lines = []
    for arm in (MANY, AUTO):
        known = [cell for cells in outcomes.values() for cell in cells if arm in cell]
        differences = np.array([cell[arm] - cell[REAL] for cell in known])
        if not len(differences):
            continue
        found = {name: Gain.of(cells, arm, REAL) for name, cells in outcomes.items()}
        gains = {name: gain for name, gain in found.items() if gain is not None}
        harmed = [name for name, gain in gains.items() if gain.mean < 0]
        clearly = [name for name in harmed if gains[name].mean + gains[name].half_width < 0]
        lines.append(
            f"{arm}: of {len(known)} samples {(differences > 0).sum()} gain, "
            f"{(differences < 0).sum()} lose, {(differences == 0).sum()} are as they were; of "
            f"{len(gains)} tables {len(harmed)} lose on the mean, {len(clearly)} measurably"
            f"{': ' if clearly else ''}{', '.join(clearly)}."
        )
    return lines


def _describe_choices(outcomes: Outcomes) -> list[str]:
    """Return what --auto takes, and whether its folds tell where ten draws help."""
    cells = [cell for found in outcomes.values() for cell in found]
    plans = [cell[PLAN] for cell in cells if cell.get(PLAN)]
    counts = sorted(((plans.count(plan), plan) for plan in set(plans)), reverse=True)
    taken = "; ".join(f"{plan} ({count})" for count, plan in counts)
    lines = [f"--auto takes: {taken or 'nothing'}."]
    told = [
        (cell[FOLDS] > 0, cell[MANY] - cell[REAL]) for cell in cells if cell.keys() >= {FOLDS, MANY}
    ]
    for promised, words in ((True, "a gain"), (False, "none")):
        gains = np.array([gain for seen, gain in told if seen == promised])
        if len(gains):
            lines.append(
                f"Where the folds of --auto see {words} of {MANY} ({len(gains)} samples), these "
                f"gain {gains.mean():+.3f} on other rows, and lose in {(gains < 0).sum()}."
            )
    return lines


def _describe_seconds(outcomes: Outcomes) -> str:
    cells = [cell for found in outcomes.values() for cell in found]
    groups = dict.fromkeys(key for cell in cells for key in cell if key.startswith("seconds of "))
    taken = ", ".join(
        f"{group.removeprefix('seconds of ')} {_mean(cells, group):.1f}" for group in groups
    )
    return f"CPU seconds a cell, fits and predictions: {taken}."
