"""What a fit tells while it runs, and what is kept of how it went."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypeVar

INTERRUPTED = "it was interrupted"
CHECKPOINT_SUFFIX = ".checkpoint"  # of a running fit, behind the name of its model

Item = TypeVar("Item")


@dataclass(frozen=True)
class Progress:
    """Where a fit stands.

    Attributes:
        stage: What is being done, in words.
        score: Two-sample score of the last check, if there was one.
        message: Something that went wrong, in words.
        seconds_left: Until the stage ends; None where it is to be told from `done`.
    """

    stage: str
    done: int
    total: int
    score: float | None = None
    message: str | None = None
    seconds_left: float | None = None


OnProgress = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Tell nobody."""


def tell_each(stage: str, items: Sequence[Item], on_progress: OnProgress) -> Iterator[Item]:
    """Give one item after the other, and tell how many have been dealt with.

    >>> list(tell_each("marking", "ab", lambda progress: print(progress.done, progress.total)))
    0 2
    1 2
    2 2
    ['a', 'b']
    """
    for done, item in enumerate(items):
        on_progress(Progress(stage, done, len(items)))
        yield item
    on_progress(Progress(stage, len(items), len(items)))


@dataclass
class TrainingRecord:
    """How a training went; it is kept in the model.

    Attributes:
        steps: Steps planned; the same number and seed repeat the training.
        score: Two-sample score of the weights kept, against held-out rows.
        surprise: How much held-out rows surprise the weights kept: the mean of -log p(cell) over
            hidden cells, but for a constant.
        noise_floor: The two-sample score of real rows against held-out rows: what perfect looks
            like.
        history: (step, score) of every check.
    """

    steps: int = 0
    steps_done: int = 0
    best_step: int = 0
    score: float | None = None
    surprise: float | None = None
    noise_floor: float | None = None
    rows_held_out: int = 0
    ended: str = "all steps were done"
    history: list[tuple[int, float]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    @property
    def was_interrupted(self) -> bool:
        """Whether somebody pressed Ctrl-C, and the best weights so far were kept."""
        return self.ended == INTERRUPTED

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read a record back."""
        history = [(step, score) for step, score in values["history"]]
        return cls(**{**values, "history": history})
