"""What LightGBM writes of its trees, read into a `TreeEnsemble`.

Models of older releases hold that text; LightGBM's own parser would take a file at its word.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tabgan.errors import ModelFileError
from tabgan.refinement.tree_ensemble import Leaf, Split, TreeEnsemble
from tabgan.refinement.tree_scorer import MAX_LEAVES

DEFAULT_LEFT, MISSING_TYPE, MISSING_IS_NAN = 0b10, 0b1100, 0b1000  # bits of `decision_type`
CATEGORICAL = 0b1
MAX_TREES = 100_000
NODE_FIELDS: dict[str, Callable[[str], Any]] = {
    "split_feature": int,
    "threshold": float,
    "decision_type": int,
    "left_child": int,
    "right_child": int,
}


def read_trees(text: str) -> TreeEnsemble:
    """Return the trees of what LightGBM writes of a booster.

    Raises:
        ModelFileError: They are no trees, or of another kind than a refiner has.
    """
    try:
        return TreeEnsemble.from_trees(map(_read_tree, _iter_trees(text)))
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise ModelFileError(
            "the refiner's trees are damaged: they are not what LightGBM writes; fit again."
        ) from error


def _iter_trees(text: str) -> Iterator[dict[str, str]]:
    """Yield the fields of each tree."""
    blocks = text.partition("end of trees")[0].split("\nTree=")[1:]
    if len(blocks) > MAX_TREES:
        raise ValueError
    for block in blocks:
        lines = (line.partition("=") for line in block.splitlines())
        yield {name: value for name, _, value in lines}


def _read_tree(fields: dict[str, str]) -> Split | Leaf:
    """Return the root of a tree, whose children must come after their parents."""
    n_leaves, values = int(fields["num_leaves"]), fields["leaf_value"].split()
    if not 1 <= n_leaves <= MAX_LEAVES or len(values) != n_leaves:
        raise ValueError
    leaves = [Leaf(float(value)) for value in values]
    if n_leaves == 1:
        return leaves[0]
    columns = [[read(cell) for cell in fields[name].split()] for name, read in NODE_FIELDS.items()]
    nodes = list(zip(*columns, strict=True))
    if len(nodes) != n_leaves - 1:
        raise ValueError
    return _read_node(nodes, leaves, 0)


def _read_node(nodes: list[tuple[Any, ...]], leaves: list[Leaf], number: int) -> Split:
    feature, threshold, decision, *children = nodes[number]
    if decision & CATEGORICAL or any(number >= child for child in children if child >= 0):
        raise ValueError
    left, right = (
        leaves[~child] if child < 0 else _read_node(nodes, leaves, child) for child in children
    )
    takes_gaps = decision & MISSING_TYPE == MISSING_IS_NAN
    missing_right = not decision & DEFAULT_LEFT if takes_gaps else threshold < 0  # a gap is 0 there
    return Split(feature, threshold, missing_right, left, right)
