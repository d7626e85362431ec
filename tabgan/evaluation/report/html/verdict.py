"""The verdict in parts, so that a page can colour its phrase and set its facts below."""

import re
from dataclasses import dataclass

from tabgan.evaluation.report.html.wording import MINUS
from tabgan.evaluation.utility.confidence_intervals import Effect
from tabgan.evaluation.utility.utility import Utility


@dataclass(frozen=True)
class Verdict:
    """A claim around the phrase that is coloured, and the facts after it."""

    effect: Effect
    before: str
    phrase: str
    after: str
    facts: str

    @classmethod
    def of(cls, utility: Utility) -> "Verdict":
        """Take the sentence apart."""
        effect = utility.headline.effect
        claim, _, facts = utility.verdict.partition(": ")
        before, phrase, after = claim.rpartition(effect.phrase)
        return cls(effect, before, phrase, after, re.sub(r"(?<= )-(?=\d)", MINUS, facts))
