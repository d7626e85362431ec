"""What `tabgan fit` does once its display is up: a table is fitted, and the model written."""

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from tabgan.fitting.fit_request import FitRequest
from tabgan.fitting.out_of_core import fit_plan, plan_fit
from tabgan.io import ReadOptions
from tabgan.io.file_kinds import FileKind
from tabgan.model.tabular_model import TabularModel
from tabgan.runtime.devices import use_threads
from tabgan.runtime.memory import parse_size
from tabgan.runtime.process_group import join_processes
from tabgan.runtime.progress import CHECKPOINT_SUFFIX, Progress
from tabgan.runtime.stage_clock import StageClock
from tabgan.training.checkpoint import Checkpoints
from tabgan_cli.arguments import find_name
from tabgan_cli.checks import check_output, check_time_limit
from tabgan_cli.display import Display
from tabgan_cli.fit_settings import read_request
from tabgan_cli.made_rows import draw_examples

SECONDS_TO_DRAW = 5.0  # left of a time limit, or no rows are shown


@dataclass(frozen=True)
class FinishedFit:
    """A model that is written.

    Attributes:
        model: As it was written.
        place: Where, in words.
        examples: Rows that it makes; None where there are none to show.
        stages: Seconds that each stage took, writing included.
    """

    model: TabularModel
    place: str
    examples: pd.DataFrame | None
    stages: dict[str, float]


def run_fit(
    table: str | Path,
    path: Path,
    display: Display,
    *,
    reading: dict[str, Any],
    start: float,
    target: str | None,
    time_limit: float | None,
    memory_limit: str | None,
    checkpoint_every: float | None,
    resume: bool,
    overwrite: bool,
    **options: Any,
) -> FinishedFit:
    """Fit a table, write the model, and draw the rows that are shown of it.

    Args:
        table: File, folder, pattern or address.
        path: Of the model.
        display: Shows progress.
        reading: How the table is written, as `ReadOptions` takes it.
        start: `time.monotonic()` at which the process began, from which the time limit counts.
        target: Column as the user wrote it.
        time_limit: Seconds; no limit when None.
        memory_limit: Such as 2GB; half of what is free when None.
        checkpoint_every: Seconds between checkpoints; as the library has it when None.
        resume: Whether to go on from a checkpoint.
        overwrite: Whether a file that is no model may be replaced.
        options: Those that `read_request` takes.

    Raises:
        TabganError: The library's, one sentence each.
        KeyboardInterrupt: Ctrl-C came before there was a model to keep.
    """
    check_time_limit(time_limit)
    deadline = start + (math.inf if time_limit is None else time_limit)
    sources = [table, options["schema"], options["config"]]
    place = check_output(path, FileKind.MODEL, sources, overwrite)
    if not resume and checkpoint_every != 0:
        checkpoint = path.with_name(path.name + CHECKPOINT_SUFFIX)
        check_output(checkpoint, FileKind.CHECKPOINT, sources, overwrite)
    request = replace(read_request(**options), deadline=deadline)
    checkpoints = Checkpoints(
        path, checkpoint_every, resume=resume, overwrite=overwrite, on_message=display.print_line
    )
    request, clock = replace(request, checkpoints=checkpoints), StageClock(display.follow)
    try:
        known = ReadOptions(**reading)
        model = _fit(table, known, request, path, overwrite, target, memory_limit, display, clock)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_explain_interrupt(path)) from None
    with use_threads(request.threads):
        fitted = model.card.stages
        stages = {**fitted, **{k: v for k, v in clock.seconds.items() if k not in fitted}}
        return FinishedFit(model, place, _draw_in_time(model, display, deadline), stages)


def _draw_in_time(model: TabularModel, display: Display, deadline: float) -> pd.DataFrame | None:
    """Return made rows where there is somebody to see them, and the time."""
    if display.quiet or deadline - time.monotonic() < SECONDS_TO_DRAW:
        return None
    display.begin("drawing rows to show")
    try:
        return draw_examples(model)
    except KeyboardInterrupt:  # the model is written, whoever does not want to wait
        return None


def _fit(
    table: str | Path,
    known: ReadOptions,
    request: FitRequest,
    path: Path,
    overwrite: bool,
    target: str | None,
    memory_limit: str | None,
    display: Display,
    clock: StageClock,
) -> TabularModel:
    with join_processes(request.device) as processes:
        display.begin(f"reading {table}")
        limit = None if memory_limit is None else parse_size(memory_limit)
        plan = plan_fit(table, limit, path.parent, known)
        if plan.is_streamed or limit is not None:
            display.print_line(plan.text)
        request = replace(request, target=find_name(plan.head, target), processes=processes)
        model = fit_plan(plan, request, clock)
        if processes.is_first:
            clock(Progress("writing the model", 0, 1))
            _save(model, path, overwrite, display)
            _close_checkpoints(request.checkpoints, model, display)
    return model


def _save(model: TabularModel, path: Path, overwrite: bool, display: Display) -> None:
    """Write a model; a first Ctrl-C does not lose what hours have made."""
    try:
        model.save(path, overwrite=overwrite)
    except KeyboardInterrupt:
        display.print_line("writing the model; again to stop at once")
        model.save(path, overwrite=overwrite)


def _close_checkpoints(
    checkpoints: Checkpoints | None, model: TabularModel, display: Display
) -> None:
    """Remove the checkpoint of a fit that ended; tell of that of an interrupted one."""
    if checkpoints is None:
        return
    if not model.record.was_interrupted:
        checkpoints.remove()
    elif checkpoints.is_kept:
        display.print_line(f"--resume goes on from '{checkpoints.path}'")


def _explain_interrupt(path: Path) -> str:
    """Return what is there after Ctrl-C: a checkpoint, an older model, or nothing."""
    checkpoint = path.with_name(path.name + CHECKPOINT_SUFFIX)
    if checkpoint.exists():
        return f"stopped before the model was there; --resume goes on from '{checkpoint}'."
    if path.exists():
        return f"stopped before there was a model to keep; '{path}' is as it was."
    return "stopped before there was a model to keep; nothing was written."
