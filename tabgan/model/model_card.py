"""Where a model comes from, in a few plain values.

>>> ModelCard(150, 0, "0.1", "2.13.0", 60.0, "cpu", 1).to_dict()["protect"]
False
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from tabgan.config import NO_PROTECTION, Protection


@dataclass(frozen=True)
class ModelCard:
    """What a model was fitted on and with.

    Attributes:
        rows: Rows of the table.
        seed: Of the fit; with the same settings it repeats the fit.
        tabgan: Release that the model was fitted with.
        torch: Release of torch.
        seconds: What the fit took, all parts of it together.
        device: Where it was trained.
        threads: Threads of torch.
        protection: What of the table must never appear in a generated row.
        processes: Processes that trained together.
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

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, under the names of release 0.1."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        protection: Protection = plain.pop("protection")
        return plain | {"protect": protection.is_on, "protect_below": protection.min_rows}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read `to_dict`'s answer, or one that was written before protection could be set."""
        known = dict(values)
        is_on, min_rows = known.pop("protect"), known.pop("protect_below", Protection.min_rows)
        return cls(**known, protection=Protection(is_on, min_rows))
