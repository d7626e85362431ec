"""What an interval says of a gain, in one word that a page can colour."""

import re
from dataclasses import dataclass
from enum import StrEnum

from tabgan.evaluation.page.wording import MINUS
from tabgan.evaluation.utility import Utility, UtilityScore


class Effect(StrEnum):
    """Whether training rows help; the value is also a class of the style sheet."""

    HELPS = "helps"
    HURTS = "hurts"
    NONE = "none"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, score: UtilityScore) -> "Effect":
        """Helps or hurts where the whole interval is on one side of zero."""
        if score.low is None or score.high is None:
            return cls.UNKNOWN
        if score.low > 0:
            return cls.HELPS
        return cls.HURTS if score.high < 0 else cls.NONE

    @property
    def sign(self) -> str:
        """A sign beside the colour, for those who do not see it."""
        return {Effect.HELPS: "▲", Effect.HURTS: "▼", Effect.NONE: "●", Effect.UNKNOWN: "?"}[self]


PHRASES = {  # what the verdict says of each
    Effect.HELPS: "helps",
    Effect.HURTS: "hurts",
    Effect.NONE: "makes no measurable difference",
    Effect.UNKNOWN: "cannot be said",
}


@dataclass(frozen=True)
class Verdict:
    """The verdict in parts: a claim around the phrase that is coloured, and the facts after it."""

    effect: Effect
    before: str
    phrase: str
    after: str
    facts: str

    @classmethod
    def of(cls, utility: Utility) -> "Verdict":
        """Take the sentence apart."""
        effect = Effect.of(utility.headline)
        claim, _, facts = utility.verdict.partition(": ")
        before, phrase, after = claim.partition(PHRASES[effect])
        return cls(effect, before, phrase, after, re.sub(r"(?<= )-(?=\d)", MINUS, facts))
