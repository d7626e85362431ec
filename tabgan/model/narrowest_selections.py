"""Which selections the generator is told, and which are left to rejection.

A generator that is given values of several columns gets each of them drawn by itself, by its
frequency in the table. So where a filter has more than comparisons that all hold, or is on columns
that others decide, as few columns as will do are selected: what many rows satisfy anyway is left to
rejection, which keeps columns as they go together.
"""

from collections.abc import Mapping

from tabgan.encoding.encoded_column import PartSelections

MIN_ACCEPTED, MIN_FREE = 0.1, 0.5  # share of rows that satisfy selections left out, or all of them
MIN_ACCEPTED_SOURCES = 0.02  # of selections that computed columns ask for: sources go together


def keep_narrowest(
    selections: Mapping[int, PartSelections], least: float
) -> dict[int, PartSelections]:
    """Return the selections of several without the widest, as long as enough rows satisfy those.

    Args:
        selections: By the column's number.
        least: Share of rows that are enough.
    """
    selected, accepted = dict(selections), 1.0
    for number, selection in sorted(selections.items(), key=lambda item: -item[1].share):
        accepted *= selection.share
        if len(selections) == 1 or accepted < (least if len(selected) > 1 else MIN_FREE):
            break
        del selected[number]
    return selected
