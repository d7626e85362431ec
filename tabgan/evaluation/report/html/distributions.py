"""One column of both tables as a picture: real rows filled, synthetic rows outlined."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from tabgan.evaluation.metrics.feature_matrix import Feature
from tabgan.evaluation.report.html.picture import COLOURS, legible
from tabgan.evaluation.report.html.typography import compact, percent
from tabgan.schema.column import ColumnKind

BINS = 30
CENTRE = (0.005, 0.995)  # quantiles of the real numbers; what lies beyond is drawn in the end bins
MAX_CATEGORIES = 7  # that get a bar of their own
MIN_BARS = 4  # room is left for so many, so that two bars do not fill the picture
GAP_CODE = 0  # of a missing value; 1 is an unknown category, then come those of the real table
DAY = 86_400.0  # seconds
Values = NDArray[np.float64]


def category_codes(codes: Values) -> NDArray[np.int64]:
    """Return codes from 0: a gap, an unknown category, then the categories of the real table."""
    return np.where(np.isnan(codes), GAP_CODE, codes + 2).astype(np.int64)


def paint_numbers(feature: Feature, real: Values, synthetic: Values, axes: Axes) -> None:
    """Paint histograms on shared bins, by the shares of the rows that hold a value."""
    known = [values[~np.isnan(values)] for values in (real, synthetic)]
    edges = _edges(feature, *known)
    shares = [
        np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] / max(len(values), 1)
        for values in known
    ]
    axes.stairs(shares[0], edges, fill=True, color=COLOURS["real"])
    axes.stairs(shares[1], edges, color=COLOURS["synthetic"], linewidth=1.8)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.06 * max(1e-9, *map(np.max, shares))))
    axes.set_yticks([])
    if feature.column.kind is ColumnKind.DATETIME:
        _date_ticks(axes, float(edges[0]), float(edges[-1]))
    else:
        is_whole = feature.column.kind is ColumnKind.INTEGER
        axes.locator_params(axis="x", nbins=5, integer=is_whole)
        axes.xaxis.set_major_formatter(lambda value, _: compact(value))


def paint_categories(feature: Feature, real: Values, synthetic: Values, axes: Axes) -> None:
    """Paint bars of the categories most common in the real rows, the rest summed up."""
    names, shares = _category_shares(feature, real, synthetic)
    y = np.arange(len(names))
    axes.barh(y, shares[0], height=0.68, color=COLOURS["real"])
    outline = COLOURS["synthetic"]
    axes.barh(y, shares[1], height=0.68, color="none", edgecolor=outline, linewidth=1.8)
    axes.set_yticks(y, names)
    axes.set(ylim=(max(len(names), MIN_BARS) - 0.5, -0.5), xlim=(0, 1.04 * shares.max()))
    axes.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: percent(round(value, 4)).replace(".0", ""))


def _edges(feature: Feature, real: Values, synthetic: Values) -> Values:
    """Return the edges of the bins, for whole numbers of a short range between them."""
    pool = real if len(real) else synthetic
    if not len(pool):
        return np.array([0.0, 1.0])
    low, high = np.quantile(pool, CENTRE)
    if feature.column.kind is ColumnKind.INTEGER and high - low <= BINS:
        return np.arange(np.floor(low) - 0.5, np.ceil(high) + 1)
    if high <= low:
        low, high = float(pool.min()), float(pool.max())
    width = high - low or max(abs(low), 1.0)
    return np.linspace(low, low + width, BINS + 1)


def _category_shares(feature: Feature, real: Values, synthetic: Values) -> tuple[list[str], Values]:
    """Return names of bars, and the shares of both tables, (2, bars); gaps are left out."""
    categories = [] if feature.categories is None else list(feature.categories)
    counts = np.array(
        [
            np.bincount(category_codes(values), minlength=len(categories) + 2)[1:]
            for values in (real, synthetic)
        ],
        dtype=np.float64,
    )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    order = 1 + np.argsort(-shares[0, 1:], kind="stable")
    shown, rest = order[:MAX_CATEGORIES], order[MAX_CATEGORIES:]
    names = [legible(categories[code - 1]) for code in shown]
    bars = [shares[:, shown]]
    if len(rest):
        names.append(f"{len(rest)} more")
        bars.append(shares[:, rest].sum(axis=1, keepdims=True))
    if shares[1, 0] > 0:
        names.append("not in real rows")
        bars.append(shares[:, :1])
    return names, np.hstack(bars)


def _date_ticks(axes: Axes, low: float, high: float) -> None:
    """Put ticks at both ends and in the middle, written as exactly as the days between need."""
    days = (high - low) / DAY
    part = slice(7) if days > 1_000 else slice(10) if days > 3 else slice(5, 16)
    ticks = np.array([low, (low + high) / 2, high])
    texts = [str(text)[part].replace("T", " ") for text in ticks.astype("datetime64[s]")]
    axes.set_xticks(ticks, texts)
