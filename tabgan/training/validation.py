"""What a training is judged by while it runs: a two-sample score on rows that it never saw."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.evaluation.metrics.detection import FEWEST_HELD_OUT, TwoSampleTest
from tabgan.networks.condition import Condition
from tabgan.networks.generation import afford, generate
from tabgan.networks.generator import Generator
from tabgan.training.gan_step import Game

LEAST_HELD_OUT, MOST_HELD_OUT = 500, 5_000  # rows
MOST_SCORED = 5_000  # rows that a check compares
SURPRISED = 4_000  # rows with hidden cells that a check looks at
BINS, FEWEST_BINS = 255, 16  # into which a check's trees cut a column: fewer in wide tables


View = Callable[[EncodedTable], npt.NDArray[np.float64]]  # rows as classifiers see them


@dataclass(frozen=True)
class Check:
    """What was found after a number of steps.

    Attributes:
        score: Two-sample score: 1, a classifier cannot tell generated from held-out rows; 0, it
            always can. None where too few rows are held out.
        surprise: Mean of -log p(cell) over hidden cells of held-out rows, but for a constant: the
            steadier of the two, by which the best weights are chosen. None as the score.
        trouble: What is wrong with the game, in words; None if nothing is.
    """

    step: int
    score: float | None
    surprise: float | None
    trouble: str | None


class HeldOut:
    """Rows set aside, and the classifier that compares them with generated ones."""

    def __init__(self, rows: EncodedTable, view: View, passes: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        most = afford(MOST_SCORED, rows.codes.shape[1])
        some = rng.choice(len(rows), min(len(rows), most), replace=False)
        self.rows = rows.take(np.sort(some))
        self.view, self.passes, self.seed = view, passes, seed
        features = view(self.rows)
        max_bins = max(FEWEST_BINS, afford(BINS, features.shape[1]))
        self.test = TwoSampleTest(features, seed, max_bins)
        self.condition = hide_cells(rows, seed)
        self.distinct = self.rows.count_distinct()

    def compare(self, rows: EncodedTable) -> float | None:
        """Score rows against those held out."""
        return self.test.score(self.view(rows)) if self.test.is_meaningful else None

    def check(self, game: Game) -> Check:
        """Score the averaged generator, and look for what commonly goes wrong."""
        if not game.is_finite:
            trouble = "its losses or weights are no longer numbers"
            return Check(game.steps_done, None, None, trouble)
        if not self.test.is_meaningful:
            return Check(game.steps_done, None, None, None)
        rows = self.generate(game.averaged_player, game.device)
        surprise = self.measure_surprise(game.averaged_player, game.device)
        return Check(game.steps_done, self.compare(rows), surprise, self.find_trouble(game, rows))

    @torch.inference_mode()
    def measure_surprise(self, generator: Generator, device: torch.device) -> float:
        """Give how much held-out rows surprise a generator, the same cells hidden every time."""
        condition = self.condition.to(device)
        random = torch.Generator(device).manual_seed(self.seed)
        noise = generator.draw_noise(len(condition.codes), random)
        logits, densities = generator(noise, condition)
        return float(generator.surprise(logits, densities, condition))

    def generate(self, generator: Generator, device: torch.device) -> EncodedTable:
        """Generate as many rows as are held out, the same noise every time."""
        random = torch.Generator(device).manual_seed(self.seed)
        condition = Condition.empty(len(self.rows), self.rows.codes.shape[1], device)
        return generate(generator, condition, self.passes, random)

    def find_trouble(self, game: Game, rows: EncodedTable) -> str | None:
        """Say what is wrong with a game that made these rows, if anything is."""
        if rows.count_distinct() < self.distinct / 4:
            return "the generator has collapsed to few modes"
        if game.slope < 1e-9:
            return "the generator's gradients have vanished"
        scores = game.last_scores.float().cpu().numpy()
        auc = roc_auc_score(np.repeat([1, 0], scores.shape[1]), scores.ravel())
        if auc > 0.9995:
            return "the critic wins outright"
        return None


def hide_cells(rows: EncodedTable, seed: int) -> Condition:
    """Hide random cells of rows, of every number of cells alike; small tables come repeatedly."""
    rng = np.random.default_rng(seed)
    most = afford(SURPRISED, rows.codes.shape[1])
    table = rows.take(np.resize(np.arange(len(rows)), len(rows) and most))
    known = rng.random(table.codes.shape) < rng.random((len(table), 1))
    return Condition(
        torch.from_numpy(table.codes).long(),
        torch.from_numpy(table.scalars),
        torch.from_numpy(known),
    )


def choose_held_out(
    n_rows: int, strata: npt.NDArray[np.int32] | None, share: float, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Choose the rows that a training is judged by, the same share of every stratum.

    Small tables give up to a quarter of their rows, so that the score means something, and tables
    too small for any score give none.

    Args:
        n_rows: Rows of the table.
        strata: Class of each row in the target column, if there is one; shape (n_rows,).
        share: Of the rows.
        rng: Source of the choice.
    """
    wanted = int(np.clip(share * n_rows, min(LEAST_HELD_OUT, n_rows / 4), MOST_HELD_OUT))
    if wanted < FEWEST_HELD_OUT:
        return np.zeros(0, np.int64)
    order = rng.permutation(n_rows)
    if strata is not None:  # every k-th row of an order by stratum
        order = order[np.argsort(strata[order], kind="stable")]
    places = np.linspace(0, n_rows - 1, wanted).round().astype(np.int64)
    return np.sort(order[places])
