"""Cells as the events that the networks give probabilities to.

outcome     events of the cells of a part
numbers     of numbers: spikes, ranges that round to a number, densities by value
columns     of every kind of column
"""

from tabgan.encoding.outcomes.columns import find_outcomes
from tabgan.encoding.outcomes.outcome import Outcomes

__all__ = ["Outcomes", "find_outcomes"]
