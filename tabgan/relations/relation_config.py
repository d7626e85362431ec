"""Which relations a fit keeps.

>>> RelationConfig(declare=["start <= end"]).discover
True
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tabgan.errors import SettingError


@dataclass(frozen=True)
class RelationConfig:
    """Which relations a fit keeps.

    Attributes:
        discover: Whether relations are looked for in the table.
        declare: Relations that the user states, as text.
        forget: Relations that are found and not wanted, as text.
    """

    discover: bool = True
    declare: Sequence[str] = ()
    forget: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("declare", "forget"):
            texts = getattr(self, name)
            if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
                raise SettingError(f"{name}={texts!r} is no list of texts; give one in brackets.")

    def to_dict(self) -> dict[str, Any]:
        """Return it under the names that checkpoints have for it."""
        return {"search": self.discover, "declare": self.declare, "forget": self.forget}
