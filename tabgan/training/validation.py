"""Validation while a training runs: how well held-out rows are learned, and what goes wrong.

Two figures on rows that the networks never saw: the negative log-likelihood of hidden cells, by
which the best weights are chosen, and a two-sample score, which says how real generated rows look.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.evaluation.metrics.detection import MIN_HELD_OUT, TwoSampleTest
from tabgan.networks.condition import Condition
from tabgan.networks.generation import generate, scale_to_width
from tabgan.networks.generator import Generator
from tabgan.runtime.progress import ValidationPoint
from tabgan.training.gan_step import GANStep

MIN_ROWS, MAX_ROWS = 500, 5_000  # that are held out
MAX_SCORED_ROWS = 5_000  # that the two-sample score compares
MAX_NLL_ROWS = 4_000  # with hidden cells
MAX_BINS, MIN_BINS = 255, 16  # into which the score's trees cut a column: fewer in wide tables

ToFeatures = Callable[[EncodedTable], npt.NDArray[np.float64]]  # rows as classifiers see them


@dataclass(frozen=True)
class ValidationResult:
    """What was found after a number of steps.

    Attributes:
        point: What was measured.
        failure: What is wrong with the training, in words; None if nothing is.
    """

    point: ValidationPoint
    failure: str | None = None


class ValidationSet:
    """Rows set aside, and what generated ones are compared with them by.

    Args:
        rows: The held-out rows, encoded.
        to_features: How the score's classifier sees rows.
        decoding_steps: In which rows are generated.
        seed: Of every draw: each validation has the same noise and hides the same cells.
    """

    def __init__(
        self, rows: EncodedTable, to_features: ToFeatures, decoding_steps: int, seed: int
    ) -> None:
        rng = np.random.default_rng(seed)
        most = scale_to_width(MAX_SCORED_ROWS, rows.codes.shape[1])
        some = rng.choice(len(rows), min(len(rows), most), replace=False)
        self.rows = rows.take(np.sort(some))
        self.to_features, self.decoding_steps, self.seed = to_features, decoding_steps, seed
        features = to_features(self.rows)
        max_bins = max(MIN_BINS, scale_to_width(MAX_BINS, features.shape[1]))
        self.test = TwoSampleTest(features, seed, max_bins)
        self.condition = hide_cells(rows, seed)
        self.n_held_out = len(rows)
        self.n_distinct = self.rows.count_distinct()

    def score(self, rows: EncodedTable) -> float | None:
        """Return the two-sample score of rows against those held out; None if those are too few."""
        return self.test.score(self.to_features(rows)) if self.test.is_meaningful else None

    def validate(self, gan: GANStep) -> ValidationResult:
        """Measure the averaged generator, and look for what commonly goes wrong."""
        losses = {f"{name}_loss": gan.losses.take(name) for name in ("critic", "generator")}
        point = ValidationPoint(gan.steps_done, **losses)
        if not gan.is_finite:
            return ValidationResult(point, "its losses or weights are no longer numbers")
        if not self.test.is_meaningful:
            return ValidationResult(point)
        rows = self.generate(gan.ema_generator, gan.device)
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
        """Generate as many rows as are held out, from the same noise every time."""
        random = torch.Generator(device).manual_seed(self.seed)
        condition = Condition.empty(len(self.rows), self.rows.codes.shape[1], device)
        return generate(generator, condition, self.decoding_steps, random)

    def diagnose_failure(self, gan: GANStep, rows: EncodedTable) -> str | None:
        """Return what is wrong with networks that made these rows, in words, if anything is."""
        if rows.count_distinct() < self.n_distinct / 4:
            return "the generator has collapsed to few modes"
        if gan.gradient_norm < 1e-9:
            return "the generator's gradients have vanished"
        scores = gan.last_scores.float().cpu().numpy()
        auc = roc_auc_score(np.repeat([1, 0], scores.shape[1]), scores.ravel())
        if auc > 0.9995:
            return "the critic wins outright"
        return None


def hide_cells(rows: EncodedTable, seed: int) -> Condition:
    """Hide random cells of rows, of every number of cells alike; small tables come repeatedly."""
    rng = np.random.default_rng(seed)
    most = scale_to_width(MAX_NLL_ROWS, rows.codes.shape[1])
    table = rows.take(np.resize(np.arange(len(rows)), len(rows) and most))
    known = rng.random(table.codes.shape) < rng.random((len(table), 1))
    return Condition(
        torch.from_numpy(table.codes).long(),
        torch.from_numpy(table.scalars),
        torch.from_numpy(known),
    )


def choose_held_out(
    n_rows: int, strata: npt.NDArray[np.int32] | None, fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Choose the rows that a training is validated on, the same share of every stratum.

    Small tables give up to a quarter of their rows, so that the score means something, and tables
    too small for any score give none.

    Args:
        n_rows: Rows of the table.
        strata: Class of each row in the target column, if there is one; shape (n_rows,).
        fraction: Of the rows, from 0 to 1, where neither bound of theirs applies.
        rng: Source of the choice.

    Returns:
        Numbers of the rows, rising; shape (n_held_out,).
    """
    wanted = int(np.clip(fraction * n_rows, min(MIN_ROWS, n_rows / 4), MAX_ROWS))
    if wanted < MIN_HELD_OUT:
        return np.zeros(0, np.int64)
    order = rng.permutation(n_rows)
    if strata is not None:  # every k-th row of an order by stratum
        order = order[np.argsort(strata[order], kind="stable")]
    ranks = np.linspace(0, n_rows - 1, wanted).round().astype(np.int64)
    return np.sort(order[ranks])
