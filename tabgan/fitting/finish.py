"""What follows a training: the generator is calibrated, refined, and one of one pass put beside it.

Each stage needs the one before, so whatever ends the work leaves what there is by then.
"""

import copy
import time
from dataclasses import dataclass, replace

import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.row_store import MappedTable
from tabgan.fitting.one_pass import fit_one_pass
from tabgan.model.row_source import OnePass
from tabgan.networks.calibration import calibrate
from tabgan.networks.generator import Generator
from tabgan.refinement.fit_refiner import fit_refiner
from tabgan.refinement.refiner import Refiner
from tabgan.runtime.progress import Progress, StopReason
from tabgan.training.trainer import Trainer

Table = EncodedTable | MappedTable
MIN_SPARE = 1.5  # of a time limit, over what the refiner took: enough for another one
CLASSES_SECONDS = 2.0  # that latent classes take, at the most


@dataclass(frozen=True)
class FinishedGenerators:
    """What rows are drawn by.

    Attributes:
        generator: In many passes; calibrated, if there was time.
        refiner: Chooses among its rows; None if there was no time, or too few rows.
        one_pass: Draws rows in one pass; None if there was no time.
    """

    generator: Generator
    refiner: Refiner | None = None
    one_pass: OnePass | None = None


def finish(
    generator: Generator, trainer: Trainer, rows: Table, table: Table, seed: int, k: int
) -> FinishedGenerators:
    """Calibrate a generator and fit its refiner; Ctrl-C keeps what there is by then.

    Args:
        generator: Trained; left as it is.
        trainer: That trained it; its record says what an interrupt left out.
        rows: That it was trained on.
        table: Those and the held-out ones.
        seed: Of every draw.
        k: Rows that hold what is kept, at the least: 1 where nothing is protected.

    Raises:
        KeyboardInterrupt: It was interrupted, and nothing is to be kept of the fit.
    """
    finished, left_out = FinishedGenerators(generator), "neither calibrated nor refined"
    try:
        finished, left_out = _calibrate(finished, trainer, table, seed), "not refined"
        in_memory, start = rows.load(), time.monotonic()
        if trainer.config.refine_rounds and trainer.time_budget.leaves_time_to_refine:
            finished = _refine(finished, trainer, in_memory, seed)
        left_out = "not drawn in one pass"
        if _leaves_time(trainer, time.monotonic() - start):
            finished = replace(finished, one_pass=fit_one_pass(trainer, in_memory, k, seed))
        else:
            trainer.record.messages.append(f"rows are {left_out}: the time limit leaves no time")
    except KeyboardInterrupt:
        if not trainer.keeps_interrupted:
            raise
        trainer.record.messages.append(f"rows are {left_out}: finishing the model was interrupted")
        trainer.record.ended = StopReason.INTERRUPTED
    return finished


def _leaves_time(trainer: Trainer, refining: float) -> bool:
    """Return whether one more generator can be fitted; `refining` are seconds the first took."""
    budget = trainer.time_budget
    return budget.leaves_time_to_refine and budget.leaves(MIN_SPARE * refining + CLASSES_SECONDS)


def _calibrate(
    finished: FinishedGenerators, trainer: Trainer, table: Table, seed: int
) -> FinishedGenerators:
    """Return it with a calibrated copy of the generator."""
    trainer.on_progress(Progress("calibrating", 0, 1))
    random = torch.Generator(trainer.gan.device).manual_seed(seed)
    calibrated = copy.deepcopy(finished.generator)
    calibrate(calibrated, table, trainer.config.decoding_steps, random)
    return replace(finished, generator=calibrated)


def _refine(
    finished: FinishedGenerators, trainer: Trainer, rows: EncodedTable, seed: int
) -> FinishedGenerators:
    """Return it with a refiner, if one makes rows more alike."""
    validation = trainer.validation
    refiner = fit_refiner(
        finished.generator,
        rows,
        validation.test,
        validation.to_features,
        trainer.config,
        trainer.record,
        seed,
        trainer.on_progress,
    )
    return replace(finished, refiner=refiner)
