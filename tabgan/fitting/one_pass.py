"""The generator of one pass of a model: latent classes, refined by trees of its own.

It is held to the same score on the same held-out rows as the generator of many passes, and rows
are drawn by it only if it scores higher by more than the noise of a score: if both are as good,
many passes tell more of what is asked of rows.
"""

from dataclasses import replace

import numpy as np

from tabgan.config import TrainingConfig
from tabgan.encoding.encoded_table import EncodedTable
from tabgan.fitting.latent_classes import fit_latent_classes
from tabgan.model.row_source import OnePass
from tabgan.model.tabular_model import TabularModel
from tabgan.networks.generation import generate_rows
from tabgan.refinement.fit_refiner import SCORE_NOISE, fit_refiner
from tabgan.runtime.progress import Progress, TrainingRecord
from tabgan.training.trainer import Trainer

STAGE = "learning to draw in one pass"
MAX_ROUNDS, MAX_REFINE_ROWS = 2, 10_000  # of the refiner, and real rows that each learns from


def fit_one_pass(trainer: Trainer, rows: EncodedTable, k: int, seed: int) -> OnePass:
    """Fit latent classes, and trees that choose among their rows, if rows are refined at all.

    Args:
        trainer: Of the generator of many passes, with its settings and held-out rows.
        rows: To learn from.
        k: Rows that hold what is kept, at the least: 1 where nothing is protected.
        seed: Of every draw.
    """

    def report(progress: Progress) -> None:
        trainer.on_progress(replace(progress, stage=STAGE))

    report(Progress(STAGE, 0, 1))
    config, validation = _quicken(trainer.config), trainer.validation
    rng, layout = np.random.default_rng(seed), trainer.gan.layout
    fitted = fit_latent_classes(rows, validation.rows, layout, k, rng)
    refiner = None
    if config.refine_rounds:
        refiner = fit_refiner(
            fitted.generator,
            rows,
            validation.test,
            validation.to_features,
            config,
            TrainingRecord(),
            seed,
            report,
        )
    raw_score = refiner.raw_score if refiner else None
    if raw_score is None and validation.test.is_meaningful:
        drawn = generate_rows(fitted.generator, validation.test.n_rows, 1, seed)
        raw_score = validation.score(drawn)
    return OnePass(fitted.generator, refiner, raw_score, fitted.log_likelihood)


def _quicken(config: TrainingConfig) -> TrainingConfig:
    """Return settings of a refiner that takes less time, since time is what one pass is for."""
    return replace(
        config,
        candidates=max(1, config.candidates // 2),
        refine_rounds=min(config.refine_rounds, MAX_ROUNDS),
        refine_rows=min(config.refine_rows, MAX_REFINE_ROWS),
    )


def choose_by_score(model: TabularModel) -> bool:
    """Return whether rows are drawn in one pass: whether they score higher, by more than noise."""
    one = model.one_pass and model.one_pass.score
    many, n_rows = model.score_in_many_passes, model.record.rows_scored
    if one is None or many is None or not n_rows:
        return False
    return bool(one > many + SCORE_NOISE * n_rows**-0.5)
