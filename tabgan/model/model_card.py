"""What a model was fitted on and with, in a few plain values.

>>> ModelCard(150, 0, "0.1", "2.13.0", 60.0, "cpu", 1).to_dict()["protect"]
False
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from tabgan.config import NO_PROTECTION, Protection
from tabgan.state_reader import StateReader


@dataclass(frozen=True)
class ModelCard:
    """What a model was fitted on and with.

    Attributes:
        rows: Of the table, those left out not counted.
        seed: Of the fit; with the same settings it repeats the fit.
        tabgan: Release of tabgan.
        torch: Release of torch.
        seconds: That the fit took, parts before a resumed checkpoint included.
        device: That it was trained on.
        threads: Of torch.
        protection: What of the table must never appear in a generated row.
        processes: Number of those that trained together.
        delimiter: Between the values of the text file that was learned; a comma, if it was none.
        decimal: Mark of decimals in it.
        rows_checked: Rows drawn at the end of the fit to count those that break a relation.
        draws_in_one_pass: Whether rows are drawn in one pass unless it is said: the held-out score
            of such rows was better, by more than its noise.
        stages: Seconds that each stage of the fit took, in order, by what it is called while it
            runs; none in files of older releases.
        broken: How many of them broke each relation, by its text; none that none broke. A sample
            draws such rows again.
    """

    rows: int
    seed: int
    tabgan: str
    torch: str
    seconds: float
    device: str
    threads: int
    protection: Protection = NO_PROTECTION
    processes: int = 1
    delimiter: str = ","
    decimal: str = "."
    rows_checked: int = 0
    draws_in_one_pass: bool = False
    broken: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, under the names of release 0.1."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        protection: Protection = plain.pop("protection")
        return plain | {"protect": protection.is_on, "protect_below": protection.min_rows}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what `to_dict` returned, in this release or before protection could be set.

        Raises:
            ModelFileError: It holds what it cannot.
        """
        state = StateReader(values, "card")
        min_rows = state.whole("protect_below", 2) if state.has("protect_below") else None
        in_one_pass = state.flag("draws_in_one_pass") if state.has("draws_in_one_pass") else False
        texts: dict[str, Any] = {
            name: state.text(name) for name in ("delimiter", "decimal") if state.has(name)
        }
        broken, stages = (
            state.state(name) if state.has(name) else StateReader({}, f"card/{name}")
            for name in ("broken", "stages")
        )
        for name, text in texts.items():
            state.check(len(text) == 1, name, "is no single character")
        return cls(
            rows=state.whole("rows", 0),
            seed=state.whole("seed", 0),
            tabgan=state.text("tabgan"),
            torch=state.text("torch"),
            seconds=state.number("seconds", 0),
            device=state.text("device"),
            threads=state.whole("threads", 1),
            protection=Protection(state.flag("protect"), min_rows or Protection.min_rows),
            processes=state.whole("processes", 1) if state.has("processes") else 1,
            rows_checked=state.whole("rows_checked", 0) if state.has("rows_checked") else 0,
            draws_in_one_pass=in_one_pass,
            broken={text: broken.whole(text, 0) for text in broken.values},
            stages={stage: stages.number(stage, 0) for stage in stages.values},
            **texts,
        )
