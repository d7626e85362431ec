"""What follows a training: the generator is calibrated, and a refiner is fitted."""

import copy

import torch

from tabgan.encoding.encoded_table import EncodedTable
from tabgan.encoding.row_store import MappedTable
from tabgan.networks.calibration import calibrate
from tabgan.networks.generator import Generator
from tabgan.refinement.fit_refiner import fit_refiner
from tabgan.refinement.refiner import Refiner
from tabgan.runtime.progress import Progress, StopReason
from tabgan.training.trainer import Trainer

Table = EncodedTable | MappedTable


def finish(
    generator: Generator, trainer: Trainer, rows: Table, table: Table, seed: int
) -> tuple[Generator, Refiner | None]:
    """Calibrate a generator and fit its refiner; Ctrl-C keeps what there is by then.

    Args:
        generator: Trained; left as it is.
        trainer: That trained it; its record says what an interrupt left out.
        rows: That it was trained on.
        table: Those and the held-out ones.
        seed: Of every draw.

    Raises:
        KeyboardInterrupt: It was interrupted, and nothing is to be kept of the fit.
    """
    finished, refiner = generator, None
    try:
        finished = _calibrate(generator, trainer, table, seed)
        if trainer.config.refine_rounds and trainer.time_budget.leaves_time_to_refine:
            refiner = _fit_refiner(finished, trainer, rows, seed)
    except KeyboardInterrupt:
        if not trainer.keeps_interrupted:
            raise
        left_out = "neither calibrated nor refined" if finished is generator else "not refined"
        trainer.record.messages.append(f"rows are {left_out}: finishing the model was interrupted")
        trainer.record.ended = StopReason.INTERRUPTED
    return finished, refiner


def _calibrate(generator: Generator, trainer: Trainer, table: Table, seed: int) -> Generator:
    """Return a calibrated copy."""
    trainer.on_progress(Progress("calibrating", 0, 1))
    random = torch.Generator(trainer.gan.device).manual_seed(seed)
    calibrated = copy.deepcopy(generator)
    calibrate(calibrated, table, trainer.config.decoding_steps, random)
    return calibrated


def _fit_refiner(generator: Generator, trainer: Trainer, rows: Table, seed: int) -> Refiner | None:
    validation = trainer.validation
    return fit_refiner(
        generator,
        rows.load(),
        validation.test,
        validation.to_features,
        trainer.config,
        trainer.record,
        seed,
        trainer.on_progress,
    )
