"""Progress that a fit reports while it runs, and the record of its training."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self, TypeVar

from tabgan.state_reader import StateReader

CHECKPOINT_SUFFIX = ".checkpoint"  # of a running fit, behind the name of its model

Item = TypeVar("Item")


@dataclass(frozen=True)
class Progress:
    """Where a fit stands.

    Attributes:
        stage: What is being done, in words.
        done: Units of the stage that are behind it: steps, columns, rows.
        total: Units of the whole stage; 1 where they are not counted.
        score: Two-sample score of the last validation, if there was one.
        message: Something that went wrong, in words.
        seconds_left: Until the stage ends; None where it is to be estimated from `done`.
    """

    stage: str
    done: int
    total: int
    score: float | None = None
    message: str | None = None
    seconds_left: float | None = None


OnProgress = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Do nothing."""


def track_progress(stage: str, items: Sequence[Item], on_progress: OnProgress) -> Iterator[Item]:
    """Yield one item after the other, and report how many are done.

    >>> list(track_progress("marking", "ab", lambda progress: print(progress.done, progress.total)))
    0 2
    1 2
    2 2
    ['a', 'b']
    """
    for done, item in enumerate(items):
        on_progress(Progress(stage, done, len(items)))
        yield item
    on_progress(Progress(stage, len(items), len(items)))


class StopReason(StrEnum):
    """Why a training ended, as users read it."""

    ALL_STEPS = "all steps were done"
    STEPS_IN_TIME = "as many steps as the time limit allows were done"
    TIME_LIMIT = "the time limit was reached"
    NO_IMPROVEMENT = "held-out rows were no longer learned"
    NOISE_FLOOR = "the score reached its noise floor"
    BROKE_DOWN = "the training kept breaking down"
    INTERRUPTED = "it was interrupted"


@dataclass(frozen=True)
class ValidationPoint:
    """What was measured at one validation of a training.

    Attributes:
        step: Generator steps done by then.
        score: Two-sample score of generated against held-out rows; None if too few are held out.
        nll: Mean negative log-likelihood of hidden cells of held-out rows, but for a constant.
        critic_loss: Mean loss of the critic since the last validation, its penalty left out.
        generator_loss: Mean adversarial loss of the generator since the last validation.
    """

    step: int
    score: float | None = None
    nll: float | None = None
    critic_loss: float | None = None
    generator_loss: float | None = None


@dataclass
class TrainingRecord:
    """How a training went; it is kept in the model.

    Attributes:
        steps: Steps planned; the same number and seed repeat the training.
        steps_done: Steps that were taken.
        best_step: The step of the weights kept.
        score: Two-sample score of the weights kept, against held-out rows.
        nll: Mean negative log-likelihood of hidden cells of held-out rows under the weights kept,
            but for a constant.
        noise_floor: The two-sample score of real rows against held-out rows: what perfect looks
            like.
        rows_held_out: Rows that validation had for itself.
        rows_scored: Those of them, and as many generated ones, that the score compares; 0 in files
            of older releases.
        ended: Why the training ended, in words.
        history: What every validation measured.
        messages: What was noteworthy on the way, in words.
    """

    steps: int = 0
    steps_done: int = 0
    best_step: int = 0
    score: float | None = None
    nll: float | None = None
    noise_floor: float | None = None
    rows_held_out: int = 0
    rows_scored: int = 0
    ended: str = StopReason.ALL_STEPS
    history: list[ValidationPoint] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    @property
    def was_interrupted(self) -> bool:
        """Whether somebody pressed Ctrl-C, and the best weights so far were kept."""
        return self.ended == StopReason.INTERRUPTED

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return asdict(self) | {"ended": str(self.ended)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a record of this release, or of 0.1, whose history was (step, score).

        Raises:
            ModelFileError: It holds what it cannot.
        """
        named = {_RENAMED.get(name, name): value for name, value in values.items()}
        if isinstance(named.get("history"), list):
            named["history"] = [_with_names(point) for point in named["history"]]
        state = StateReader(named, "record")
        return cls(
            **{name: state.whole(name, 0) for name in _COUNTS if state.has(name)},
            score=state.measure("score"),
            nll=state.measure("nll"),
            noise_floor=state.measure("noise_floor"),
            ended=state.text("ended"),
            history=[_read_point(point) for point in state.states("history")],
            messages=state.texts("messages"),
        )


def _with_names(point: Any) -> Any:
    """Return a point of a history under the names of this release."""
    return dict(zip(("step", "score"), point, strict=False)) if isinstance(point, list) else point


def _read_point(state: StateReader) -> ValidationPoint:
    measures = [each.name for each in fields(ValidationPoint)[1:]]
    return ValidationPoint(
        state.whole("step", 0), **{name: state.measure(name) for name in measures}
    )


_COUNTS = ("steps", "steps_done", "best_step", "rows_held_out", "rows_scored")
_RENAMED = {"surprise": "nll"}  # of release 0.1
