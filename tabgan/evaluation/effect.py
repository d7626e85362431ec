"""What the interval of a gain says, in one word."""

from enum import StrEnum


class Effect(StrEnum):
    """Whether training rows help.

    >>> Effect.of(-0.01, 0.02).phrase
    'makes no measurable difference'
    """

    HELPS = "helps"
    HURTS = "hurts"
    NONE = "none"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, low: float | None, high: float | None) -> "Effect":
        """Helps or hurts where the whole interval is on one side of zero."""
        if low is None or high is None:
            return cls.UNKNOWN
        if low > 0:
            return cls.HELPS
        return cls.HURTS if high < 0 else cls.NONE

    @property
    def phrase(self) -> str:
        """What a verdict says."""
        return PHRASES[self]

    @property
    def sign(self) -> str:
        """A sign that stands beside its colour, for those who do not see that."""
        return SIGNS[self]


PHRASES = {
    Effect.HELPS: "helps",
    Effect.HURTS: "hurts",
    Effect.NONE: "makes no measurable difference",
    Effect.UNKNOWN: "cannot be said",
}
SIGNS = {Effect.HELPS: "▲", Effect.HURTS: "▼", Effect.NONE: "●", Effect.UNKNOWN: "?"}
