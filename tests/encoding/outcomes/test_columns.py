"""Every kind of column has its events."""

import numpy as np
import pandas as pd

from tabgan.encoding.amount import AmountEncoder
from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column_encoder import EncoderConfig, PartEncoder
from tabgan.encoding.composite import CompositeEncoder
from tabgan.encoding.faker_text import FakerEncoder
from tabgan.encoding.marked import MarkedEncoder
from tabgan.encoding.outcomes.columns import _RULES, find_column_outcomes
from tabgan.encoding.registry import ENCODERS
from tabgan.encoding.whole_numbers import WholeNumberEncoder
from tabgan.schema import Column, ColumnKind


def test_every_encoder_has_a_rule() -> None:
    others = (AmountEncoder, FakerEncoder, WholeNumberEncoder)
    kinds: set[type] = {*ENCODERS.values(), *others}
    for encoder in kinds:
        has_parts = issubclass(encoder, CompositeEncoder | MarkedEncoder)
        assert has_parts or issubclass(encoder, PartEncoder)
        assert has_parts or any(issubclass(encoder, kind) for kind, _ in _RULES), encoder


def test_rare_categories_share_their_class() -> None:
    rng = np.random.default_rng(0)
    series = pd.Series([f"c{number}" for number in rng.zipf(1.2, 8_000) % 900], name="x")
    column = Column("x", ColumnKind.CATEGORICAL, "object", element="str")
    encoder = CategoricalEncoder.fit(column, series, EncoderConfig(rng))
    assert encoder.has_rare
    every = pd.Series([*encoder.categories.values, "never", None], dtype=object)
    (outcomes,) = find_column_outcomes(encoder, every)
    codes, shares = outcomes.codes[:-2, 0], np.exp(outcomes.log_factors[:-2, 0])
    assert np.allclose(np.bincount(codes, shares), 1)
    assert (outcomes.codes[-2:] == -1).all()
    assert np.isclose(np.exp(outcomes.log_prior)[:-2].sum() + 2 * np.exp(outcomes.log_prior[-1]), 1)
