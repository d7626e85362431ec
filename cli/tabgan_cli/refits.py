"""The augmentation study of `tabgan evaluate`: TabGAN fitted anew in each fold."""

import time
from typing import TYPE_CHECKING, Any, Self

from tabgan_cli.display import Display

if TYPE_CHECKING:
    import pandas as pd

    from tabgan.evaluation import Report
    from tabgan.runtime.progress import TrainingRecord
    from tabgan.schema.column import Name

TIME_LIMIT = 900.0  # seconds of a study, if not told otherwise
WRITING_SECONDS = 10.0  # of it are kept for the report's page


def run_study(
    real: "pd.DataFrame", target: "Name", ends: float, settings: dict[str, Any], display: Display
) -> "Report":
    """Study whether TabGAN's rows help, and show how the first fold's training went.

    Fits are those of the preset fast, with more steps where there is time: of the seconds that a
    fold has, rows gain more by one round of refinement than by the steps it costs. They take one
    thread: a second one helps such small networks little, and where other work is going on their
    waiting for each other takes most of the time.

    Args:
        real: the table.
        target: the column to predict.
        ends: `time.monotonic()` by which the report shall be there.
        settings: the rest of what `augmentation_study` takes.
        display: told of every fold.
    """
    from tabgan.config import TrainingConfig  # noqa: PLC0415 - slow, so after the display is up
    from tabgan.estimators.tabgan import TabGAN  # noqa: PLC0415 - slow
    from tabgan.evaluation import augmentation_study  # noqa: PLC0415 - slow

    trainings: list[TrainingRecord] = []

    class Refit(TabGAN):
        """Ctrl-C ends the study, not one of its fits."""

        def fit(self, X: Any, y: Any = None, **more: Any) -> Self:  # noqa: N803
            super().fit(X, y, **more)
            record = self.model_.record
            if record.was_interrupted:
                raise KeyboardInterrupt
            trainings.append(record)
            return self

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
