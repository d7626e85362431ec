"""Relations as they were typed, where these are no conditions: forms of `relation_forms`.

>>> OftenEqual("bill", "last_bill")
OftenEqual(dependent='bill', source='last_bill')
"""

from dataclasses import dataclass

from tabgan.query.syntax import Condition, Node, Value
from tabgan.schema.column import Name


@dataclass(frozen=True)
class Determines(Node):
    """`city -> country`: the sources decide the dependent; `<->`: it decides them, too."""

    sources: tuple[Name, ...]
    dependent: Name
    is_mutual: bool


@dataclass(frozen=True)
class OftenEqual(Node):
    """`y often = x`."""

    dependent: Name
    source: Name


@dataclass(frozen=True)
class NearlyEqual(Node):
    """`y nearly = 2 * x`."""

    dependent: Name
    value: Value


@dataclass(frozen=True)
class PartOf(Node):
    """`month = month of pickup`, or `hour = hour of pickup in 'Europe/Berlin'`."""

    dependent: Name
    part: str
    source: Name
    zone: str | None = None


@dataclass(frozen=True)
class MissingWith(Node):
    """`b missing with a`: in the same rows; `b missing by a`: where `a` has certain values.

    `b partly missing with a`, or `by a`: the same, but elsewhere `b` may be missing as well.
    """

    dependent: Name
    source: Name
    by_values: bool
    is_partial: bool = False


@dataclass(frozen=True)
class ClaimWhere(Node):
    """`salary = 0 where employed = 'no'`; `exactly where`: and nowhere else."""

    claim: Condition
    condition: Condition
    is_exact: bool


@dataclass(frozen=True)
class CombinationsOf(Node):
    """`combinations of make, model`; no names if what follows is no list of them."""

    names: tuple[Name, ...]
