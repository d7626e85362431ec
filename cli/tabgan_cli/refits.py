"""The augmentation study of `tabgan evaluate`: TabGAN fitted anew in each fold."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from tabgan.config import TrainingConfig
from tabgan.evaluation import Report, augmentation_study
from tabgan.runtime.progress import TrainingRecord
from tabgan.schema.column import Name
from tabgan_cli.display import Display

if TYPE_CHECKING:
    from tabgan.fitting.fit_request import FitRequest

WRITING_SECONDS = 10.0  # of a study's time limit, for the report's page


def run_study(
    real: pd.DataFrame, target: Name, ends: float, settings: dict[str, Any], display: Display
) -> Report:
    """Study whether TabGAN's rows help, and show how the first fold's training went.

    Fits are those of the preset fast, with more steps where there is time: of the seconds that a
    fold has, rows gain more by one round of refinement than by the steps it costs. They take one
    thread: a second one helps such small networks little, and where other work is going on their
    waiting for each other takes most of the time.

    Args:
        real: The table; shape (n_rows, n_columns).
        target: Column to predict.
        ends: `time.monotonic()` by which the report shall be written.
        settings: Other arguments of `augmentation_study`.
        display: Shows each fold.
    """
    from tabgan.estimators.tabgan import TabGAN  # noqa: PLC0415 - only here is torch needed

    trainings: list[TrainingRecord] = []

    class Refit(TabGAN):
        """Ctrl-C ends the study, not one of its fits."""

        def fit(self, X: Any, y: Any = None, **more: Any) -> Self:  # noqa: N803
            super().fit(X, y, **more)
            trainings.append(self.model_.record)
            return self

        def _request(self) -> "FitRequest":
            return replace(super()._request(), keeps_interrupted=False)

    refit = Refit(target, preset="fast", steps=TrainingConfig.steps, threads=1)
    report = augmentation_study(
        real,
        target=target,
        augmenters={"tabgan": refit},
        time_limit=max(ends - time.monotonic() - WRITING_SECONDS, 1.0),
        on_progress=display.follow,
        **settings,
    )
    return report.with_training(trainings[0] if trainings else None)
