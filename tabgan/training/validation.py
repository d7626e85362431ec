"""Validation while a training runs: scores on held-out rows, and a diagnosis of failures.

Two figures on rows that the networks were not trained on: the negative log-likelihood of hidden
cells, by which the best weights are chosen, and a two-sample score of generated rows.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.evaluation.metrics.detection import MIN_HELD_OUT, TwoSampleTest
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate, scale_to_width
from tabgan.networks.generator import Generator
from tabgan.runtime.progress import ValidationPoint
from tabgan.training.gan_step import GANStep

MIN_HELD_OUT_ROWS, MAX_HELD_OUT_ROWS = 500, 5_000  # of the table
MIN_TIMED_ROWS = 500  # fewer take about as long to generate as so many
MAX_SCORED_ROWS = 5_000  # that the two-sample score compares
MAX_NLL_ROWS = 4_000  # whose hidden cells' likelihood is computed
MIN_BINS, MAX_BINS = 16, 255  # of a feature in the score's trees: fewer in wide tables

ToFeatures = Callable[[EncodedTable], npt.NDArray[np.float64]]  # rows -> features of classifiers


@dataclass(frozen=True)
class ValidationResult:
    """What one validation measured, and its diagnosis.

    Attributes:
        point: Scores and losses after a number of steps.
        failure: Why the training has failed, in words; None if it has not.
    """

    point: ValidationPoint
    failure: str | None = None


class ValidationSet:
    """Held-out rows, and how generated rows are compared with them.

    Args:
        rows: The held-out rows, encoded.
        to_features: Computes the features of the score's classifier.
        decoding_steps: In which rows are generated.
        seed: Of every draw: each validation has the same noise and hides the same cells.

    Attributes:
        row_seconds: That a row took to generate at the last validation; 0 before the first one.
    """

    def __init__(
        self, rows: EncodedTable, to_features: ToFeatures, decoding_steps: int, seed: int
    ) -> None:
        rng = np.random.default_rng(seed)
        max_rows = scale_to_width(MAX_SCORED_ROWS, rows.codes.shape[1])
        scored = rng.choice(len(rows), min(len(rows), max_rows), replace=False)
        self.rows = rows.take(np.sort(scored))
        self.to_features, self.decoding_steps, self.seed = to_features, decoding_steps, seed
        features = to_features(self.rows)
        max_bins = max(MIN_BINS, scale_to_width(MAX_BINS, features.shape[1]))
        self.test = TwoSampleTest(features, seed, max_bins)
        self.condition = hide_cells(rows, seed)
        self.n_held_out = len(rows)
        self.row_seconds = 0.0
        self.n_distinct = self.rows.count_distinct()

    def score(self, rows: EncodedTable) -> float | None:
        """Return the two-sample score of rows against held-out ones; None if those are too few."""
        return self.test.score(self.to_features(rows)) if self.test.is_meaningful else None

    def validate(self, gan: GANStep) -> ValidationResult:
        """Return scores of the averaged generator, and a diagnosis of the networks."""
        losses = {f"{name}_loss": gan.losses.take(name) for name in ("critic", "generator")}
        point = ValidationPoint(gan.steps_done, **losses)
        if not gan.is_finite:
            return ValidationResult(point, "its losses or weights are no longer numbers")
        if not self.test.is_meaningful:
            return ValidationResult(point)
        start = time.monotonic()
        rows = self.generate(gan.ema_generator, gan.device)
        self.row_seconds = (time.monotonic() - start) / max(len(rows), MIN_TIMED_ROWS)
        nll = self.compute_nll(gan.ema_generator, gan.device)
        point = ValidationPoint(gan.steps_done, self.score(rows), nll, **losses)
        return ValidationResult(point, self.diagnose_failure(gan, rows))

    @torch.inference_mode()
    def compute_nll(self, generator: Generator, device: torch.device) -> float:
        """Return the mean negative log-likelihood of hidden cells, the same ones every time."""
        condition = self.condition.to(device)
        random = torch.Generator(device).manual_seed(self.seed)
        latent = generator.draw_latent(len(condition.codes), random)
        logits, densities = generator(latent, condition)
        return float(generator.nll(logits, densities, condition))

    def generate(self, generator: Generator, device: torch.device) -> EncodedTable:
        """Return as many generated rows as are scored, from the same noise every time."""
        random = torch.Generator(device).manual_seed(self.seed)
        condition = Condition.empty(len(self.rows), self.rows.codes.shape[1], device)
        return generate(generator, condition, self.decoding_steps, random)

    def diagnose_failure(self, gan: GANStep, rows: EncodedTable) -> str | None:
        """Return how the networks that made these rows failed, in words; None if they did not."""
        if rows.count_distinct() < self.n_distinct / 4:
            return "the generator has collapsed to few modes"
        if gan.gradient_norm < 1e-9:
            return "the generator's gradients have vanished"
        from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow, and of a fit alone

        scores = gan.last_scores.float().cpu().numpy()
        auc = roc_auc_score(np.repeat([1, 0], scores.shape[1]), scores.ravel())
        if auc > 0.9995:
            return "the critic wins outright"
        return None


def hide_cells(rows: EncodedTable, seed: int) -> Condition:
    """Return rows with random cells hidden, of any number alike; few rows are repeated."""
    rng = np.random.default_rng(seed)
    n_rows = scale_to_width(MAX_NLL_ROWS, rows.codes.shape[1])
    table = rows.take(np.resize(np.arange(len(rows)), len(rows) and n_rows))
    known = rng.random(table.codes.shape) < rng.random((len(table), 1))
    return Condition(
        torch.from_numpy(table.codes).long(),
        torch.from_numpy(table.scalars),
        torch.from_numpy(known),
    )


def choose_held_out(
    n_rows: int, strata: npt.NDArray[np.int32] | None, fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return the rows that a training is validated on, the same share of every stratum.

    Of small tables up to a quarter of the rows are held out, so that the score means something, and
    of tables too small for any score none.

    Args:
        n_rows: Rows of the table.
        strata: Class of each row in the target column, if there is one; shape (n_rows,).
        fraction: Of the rows, from 0 to 1, as far as MIN_ and MAX_HELD_OUT_ROWS allow.
        rng: Chooses rows within strata.

    Returns:
        Numbers of the rows, rising; shape (n_held_out,).
    """
    n_held_out = int(
        np.clip(fraction * n_rows, min(MIN_HELD_OUT_ROWS, n_rows / 4), MAX_HELD_OUT_ROWS)
    )
    if n_held_out < MIN_HELD_OUT:
        return np.zeros(0, np.int64)
    order = rng.permutation(n_rows)
    if strata is not None:  # every k-th row of an order by stratum
        order = order[np.argsort(strata[order], kind="stable")]
    ranks = np.linspace(0, n_rows - 1, n_held_out).round().astype(np.int64)
    return np.sort(order[ranks])
