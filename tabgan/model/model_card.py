"""Where a model comes from, in a few plain values.

>>> ModelCard(150, 0, "0.1", "2.13.0", 60.0, "cpu", 1, protect=False).rows
150
"""

from dataclasses import dataclass

from tabgan.config import PROTECTED_ROWS


@dataclass(frozen=True)
class ModelCard:
    """What a model was fitted on and with.

    Attributes:
        rows: Rows of the table.
        seed: Of the fit; with the same settings it repeats the fit.
        tabgan, torch: Releases that the model was fitted with.
    """

    rows: int
    seed: int
    tabgan: str
    torch: str
    seconds: float
    device: str
    threads: int
    protect: bool
    protect_below: int = PROTECTED_ROWS  # of models written before it could be set
    processes: int = 1
