"""Boosted trees as plain arrays, of which nothing that is in a file can lead astray.

A node is kept as what it says when a value lies beyond its threshold: that the row is in none of
the leaves of its left side, so in the next one at the earliest. A row is in the first leaf that no
node has ruled out. There are no children to follow, so no circle to run in.

>>> ensemble = TreeEnsemble.from_trees([Split(0, 1.5, False, Leaf(-1.0), Leaf(2.0))])
>>> ensemble.log_odds(np.array([[1.0], [2.0], [np.nan]]))
array([-1.,  2., -1.])
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tabgan.errors import ModelFileError
from tabgan.refinement.threshold_ranks import MAX_THRESHOLDS, Thresholds
from tabgan.refinement.tree_scorer import MAX_LEAVES, Nodes
from tabgan.schema.arrays import Floats
from tabgan.state_reader import StateReader

MAX_FEATURES = 1_000_000  # that a node may name
MAX_VALUE = 1e9  # of a leaf: the sum of all is a number
KINDS = {
    "features": np.int32,
    "thresholds": np.float64,
    "missing_right": np.bool_,
    "first": np.uint8,
    "end": np.uint8,
    "node_starts": np.int64,
    "values": np.float64,
    "leaf_starts": np.int64,
}

Features = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Leaf:
    """Where a tree ends, and the log-odds that it adds."""

    value: float


@dataclass(frozen=True)
class Split:
    """A node of a tree.

    Attributes:
        feature: That is compared.
        threshold: Rows with more go right.
        missing_right: Whether rows with a gap go right.
        left, right: What follows.
    """

    feature: int
    threshold: float
    missing_right: bool
    left: "Split | Leaf"
    right: "Split | Leaf"


@dataclass(frozen=True)
class TreeEnsemble:
    """Boosted trees, whose values add up to log-odds.

    Attributes:
        features: That each node compares; shape (n_nodes,).
        thresholds: Of nodes: values beyond them rule leaves out; (n_nodes,).
        missing_right: Whether a gap rules them out, too; (n_nodes,).
        first, end: Leaves of a node's tree that it rules out, from `first` to before `end`;
            (n_nodes,).
        node_starts: Where the nodes of each tree begin, and their number; (n_trees + 1,).
        values: Of all leaves, those of a tree from left to right; (n_leaves,).
        leaf_starts: Where the leaves of each tree begin, and their number; (n_trees + 1,).
    """

    features: npt.NDArray[np.int32]
    thresholds: Floats
    missing_right: npt.NDArray[np.bool_]
    first: npt.NDArray[np.uint8]
    end: npt.NDArray[np.uint8]
    node_starts: npt.NDArray[np.int64]
    values: Floats
    leaf_starts: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        _check(self)

    @property
    def n_features(self) -> int:
        """The fewest features that rows must have."""
        return int(self.features.max(initial=-1)) + 1

    @cached_property
    def _thresholds(self) -> Thresholds:
        nodes = (self.features == feature for feature in range(self.n_features))
        return Thresholds([np.unique(self.thresholds[of_feature]) for of_feature in nodes])

    @cached_property
    def _nodes(self) -> Nodes:
        limits = np.zeros(len(self.features), self._thresholds.dtype)
        for feature, known in enumerate(self._thresholds.of_feature):
            of_feature = self.features == feature
            limits[of_feature] = np.searchsorted(known, self.thresholds[of_feature])
        trees = np.repeat(np.arange(len(self.node_starts) - 1), np.diff(self.node_starts))
        # what lies below a node starts further right, or ends further left
        order = np.lexsort((-self.end.astype(np.int64), self.first, trees))
        return Nodes(
            self.features[order],
            limits[order],
            self.missing_right[order].astype(np.int64),
            self.first[order].astype(limits.dtype),
            self.end[order].astype(limits.dtype),
            self.node_starts,
            self.values,
            self.leaf_starts,
        )

    def log_odds(self, features: Features) -> Floats:
        """Return the sum of the trees' values; (n_rows, n_features) -> (n_rows,).

        Raises:
            ModelFileError: The trees compare features that the rows lack.
        """
        if self.n_features > features.shape[1]:
            raise ModelFileError(
                f"the refiner's trees compare {self.n_features} features, and rows have "
                f"{features.shape[1]}; fit again."
            )
        return self._nodes.score(self._thresholds.rank(features))

    def to_state(self) -> dict[str, Any]:
        """Return it as arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_state(cls, state: StateReader) -> Self:
        """Rebuild it from what `to_state` returned.

        Raises:
            ModelFileError: The arrays are no trees.
        """
        return cls(**{name: state.values.get(name) for name in KINDS})  # type: ignore[arg-type]

    @classmethod
    def from_trees(cls, trees: Iterable[Split | Leaf]) -> Self:
        """Return the ensemble of trees, each given by its root."""
        nodes: list[tuple[int, float, bool, int, int]] = []
        values: list[float] = []
        node_starts, leaf_starts = [0], [0]
        for tree in trees:
            _append(tree, nodes, values, leaf_starts[-1])
            node_starts.append(len(nodes))
            leaf_starts.append(len(values))
        of_nodes = list(zip(*nodes, strict=True)) or [(), (), (), (), ()]
        columns = (*of_nodes, node_starts, values, leaf_starts)
        kinds = KINDS.items()
        arrays = zip(kinds, columns, strict=True)
        return cls(**{name: np.asarray(column, kind) for (name, kind), column in arrays})


def _append(
    node: Split | Leaf,
    nodes: list[tuple[int, float, bool, int, int]],
    values: list[float],
    first_leaf: int,
) -> None:
    """Append what is below a node to the lists, leaves from left to right."""
    if isinstance(node, Leaf):
        values.append(node.value)
        return
    first = len(values) - first_leaf
    _append(node.left, nodes, values, first_leaf)
    end = len(values) - first_leaf
    nodes.append((node.feature, node.threshold, node.missing_right, first, end))
    _append(node.right, nodes, values, first_leaf)


def _check(trees: TreeEnsemble) -> None:
    """Refuse arrays that are no trees.

    Raises:
        ModelFileError: Their types, their lengths, or what they point to.
    """
    for field in fields(trees):
        array, kind = getattr(trees, field.name), KINDS[field.name]
        is_of_kind = isinstance(array, np.ndarray) and array.dtype == kind and array.ndim == 1
        _require(is_of_kind, f"{field.name} is no row of {kind.__name__}")
    n_nodes, n_leaves = len(trees.features), np.diff(trees.leaf_starts)
    of_nodes = (trees.thresholds, trees.missing_right, trees.first, trees.end)
    _require(all(len(array) == n_nodes for array in of_nodes), "nodes lack what belongs to them")
    _require(_are_starts(trees.node_starts, n_nodes), "nodes are not dealt to trees")
    _require(_are_starts(trees.leaf_starts, len(trees.values)), "leaves are not dealt to trees")
    _require(len(trees.node_starts) == len(trees.leaf_starts), "trees lack nodes or leaves")
    _require(bool(((n_leaves >= 1) & (n_leaves <= MAX_LEAVES)).all()), "trees have no such leaves")
    last = np.repeat(n_leaves - 1, np.diff(trees.node_starts))  # it is ruled out by none
    is_within = (trees.first < trees.end) & (trees.end <= last)
    _require(bool(is_within.all()), "nodes rule out leaves that are not there")
    is_known = (trees.features >= 0) & (trees.features < MAX_FEATURES)
    _require(bool(is_known.all()), "nodes compare features that are not there")
    are_numbers = (np.abs(trees.values) <= MAX_VALUE).all() and not np.isnan(trees.thresholds).any()
    _require(bool(are_numbers), "thresholds or values are no numbers")
    most = np.bincount(trees.features).max(initial=0)
    _require(most <= MAX_THRESHOLDS, "a feature has too many thresholds")


def _are_starts(starts: npt.NDArray[np.int64], length: int) -> bool:
    """Return whether positions rise from 0 to a length."""
    return bool(
        len(starts) and starts[0] == 0 and starts[-1] == length and (np.diff(starts) >= 0).all()
    )


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise ModelFileError(f"the refiner's trees are damaged: {fault}; fit again.")
