"""Rows of the tables as points of a plane: the two principal components of the real rows."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from tabgan.evaluation.metrics.classifiers import quiet_fit
from tabgan.evaluation.metrics.metric import Comparison
from tabgan.evaluation.report.html.picture import COLOURS, Margins, Picture, Section, draw
from tabgan.evaluation.report.html.typography import percent
from tabgan.evaluation.report.results import Results

MAX_POINTS = 500  # of each table
MAX_ROWS = 2_000  # that the components are found from
MAX_DUMMIES = 20  # categories of one column told apart
MAX_DEVIATIONS = 3.0  # of a number from its mean, lest one row decide the picture
Matrix = NDArray[np.float64]


def section(results: Results) -> Section | None:
    """Return the same plane twice, with as many real as synthetic rows; test rows beside them."""
    if results.plot_data is None or len(results.plot_data.comparison.features.items) < 2:
        return None
    comparison = results.plot_data.comparison
    rng = np.random.default_rng(comparison.seed)
    tables = comparison.real_matrix, comparison.synthetic_matrix, comparison.test_matrix
    points = min(MAX_POINTS, len(tables[0]), len(tables[1]))
    plane = _plane(comparison)
    with quiet_fit(MAX_ROWS):
        plane.fit(_subsample(tables[0], MAX_ROWS, rng))
        placed = [plane.transform(_subsample(table, points, rng)) for table in tables if len(table)]
    explained = percent(float(plane[-1].explained_variance_ratio_.sum()))
    window = _window(placed)
    kinds = (("Real rows", "real"), ("Synthetic rows", "synthetic"), ("Real test rows", "real"))
    return Section(
        "Each point is a row, placed by the two principal components of the real rows (numbers "
        f"scaled, levels as dummies; they hold {explained} of the variance). Clouds should have "
        "the same shape: a hole is something never made, an island something made up. The test "
        "rows show how far real rows differ among themselves.",
        tuple(
            _picture(title, colour, rows, window)
            for (title, colour), rows in zip(kinds, placed, strict=False)
        ),
    )


def _plane(comparison: Comparison) -> BaseEstimator:
    """Return scaled numbers and dummies, then two components; the same for the same seed."""
    categorical = comparison.features.categorical
    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        FunctionTransformer(np.clip, kw_args={"a_min": -MAX_DEVIATIONS, "a_max": MAX_DEVIATIONS}),
    )
    dummies = OneHotEncoder(
        handle_unknown="ignore", max_categories=MAX_DUMMIES, sparse_output=False
    )
    inputs = make_column_transformer(
        (numbers, np.flatnonzero(~categorical)), (dummies, np.flatnonzero(categorical))
    )
    components = PCA(2, svd_solver="randomized", random_state=comparison.seed)
    return make_pipeline(inputs, components)


def _subsample(table: Matrix, rows: int, rng: np.random.Generator) -> Matrix:
    return table[rng.permutation(len(table))[:rows]]


def _window(placed: list[Matrix]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return limits of both axes, the same in every picture."""
    rows = np.vstack(placed)
    low, high = rows.min(axis=0), rows.max(axis=0)
    room = 0.04 * np.maximum(high - low, 1e-9)
    (left, bottom), (right, top) = low - room, high + room
    return (left, right), (bottom, top)


def _picture(
    title: str,
    colour: str,
    rows: Matrix,
    window: tuple[tuple[float, float], tuple[float, float]],
) -> Picture:
    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    svg = draw(
        f"map-{title.lower().replace(' ', '-')}",
        f"{title}: {len(rows)} points around ({centre[0]:.2f}, {centre[1]:.2f}), "
        f"with spreads of {spread[0]:.2f} and {spread[1]:.2f}.",
        partial(_paint, rows, COLOURS[colour], window),
        height=300,
        margins=Margins(bottom=8),
    )
    return Picture(svg, title, f"{len(rows)} rows.")


def _paint(
    rows: Matrix,
    colour: str,
    window: tuple[tuple[float, float], tuple[float, float]],
    axes: Axes,
) -> None:
    axes.plot(*rows.T, "o", color=colour, markersize=4, alpha=0.7, markeredgewidth=0)
    axes.set(xlim=window[0], ylim=window[1], xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(COLOURS["rule"])
