"""The kinds of cases: how many of each the whole attack has, and what each does.

>>> sorted(PARTS)[:2]
['checkpoints', 'frames']
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from benchmarks.attack import checkpoints, frames, kills, models, schemas, table_files
from benchmarks.attack.case import Outcome, run_case
from benchmarks.attack.room import Room


def _prepare_nothing(room: Room) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Part:
    """A kind of cases.

    Attributes:
        name: By which it is called.
        count: Of its cases in the whole attack.
        attack: Runs the case of a number.
        prepare: Makes what cases mutate, unless it is there.
        seconds: That a case may take; None: as the pool has it.
    """

    name: str
    count: int
    attack: Callable[[Room, int], None]
    prepare: Callable[[Room], None] = _prepare_nothing
    seconds: float | None = None

    def run(self, room: Room, number: int) -> Outcome:
        """Return what came of a case."""
        return run_case(self.name, number, partial(self.attack, room, number))


PARTS: Mapping[str, Part] = {
    part.name: part
    for part in (
        Part("frames", 10_000, frames.attack, seconds=60.0),
        Part("models", 10_000, models.attack, models.prepare),
        Part("checkpoints", 2_000, checkpoints.attack, checkpoints.prepare),
        Part("schemas", 2_000, schemas.attack),
        Part("tables", 1_000, table_files.attack),
        Part("kills", len(kills.CASES), kills.attack, kills.prepare, kills.WAITED),
    )
}
