"""Texts that are made anew, and stand in two columns: kept, saved, read back, and the same."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, TabularModel, TrainingConfig

TINY = TrainingConfig(
    steps=2, batch_size=16, hidden_dim=8, n_layers=1, latent_dim=2, n_validations=1, refine_rounds=0
)
N = 300
RNG = np.random.default_rng(0)
MAILS = [f"u{RNG.integers(100_000)}@{RNG.choice(['web.de', 'gmx.de'])}" for _ in range(N)]
PHONES = [f"+49 151 {RNG.integers(1_000_000, 9_000_000)}" for _ in range(N)]
WORDS = [["box", "cat", "dog"], ["is", "was"], ["red", "big", "late"], list("abcdefgh")]
COMMENTS = [" ".join(RNG.choice(words) for words in WORDS) + f" {i}" for i in range(N)]
HAS_GAP = np.arange(N) % 3 == 0


def _learn(path: Path, declare: str = "", **columns: object) -> tuple[TabularModel, pd.DataFrame]:
    """Return a model that was saved and read, and rows of it."""
    table = pd.DataFrame(columns).assign(x=RNG.normal(size=N))
    declared = [declare] if declare else []
    fitted = TabGAN(config=TINY, random_state=0, declare=declared, relations=not declare).fit(table)
    fitted.save(path / "model.tabgan")
    model = TabularModel.load(path / "model.tabgan")
    return model, model.sample(400, seed=0)


@pytest.mark.parametrize("texts", [MAILS, PHONES, COMMENTS], ids=["mails", "phones", "comments"])
@pytest.mark.parametrize("declare", ["", "b = a"])
def test_a_copy_is_a_copy_in_rows_of_a_file(tmp_path: Path, texts: list[str], declare: str) -> None:
    model, made = _learn(tmp_path, declare, a=texts, b=texts)
    assert model.relations.texts == ("b = a",)
    assert made["b"].notna().all()
    pd.testing.assert_series_equal(made["a"], made["b"], check_names=False)
    assert not set(made["a"]) & set(texts)


def test_a_copy_may_have_gaps_of_its_own(tmp_path: Path) -> None:
    kept = pd.Series(MAILS).mask(HAS_GAP)
    _, made = _learn(tmp_path, a=MAILS, b=kept)
    assert 0.2 < made["b"].isna().mean() < 0.5
    given = made.dropna()
    pd.testing.assert_series_equal(given["a"], given["b"], check_names=False)


def test_the_first_of_two_that_has_a_value_is_no_copy_of_either(tmp_path: Path) -> None:
    phone = pd.Series(PHONES, dtype=object).mask(HAS_GAP)
    _, made = _learn(tmp_path, phone=phone, contact=phone.fillna(pd.Series(MAILS)))
    given = made.dropna()
    assert len(given) > 200
    assert given["phone"].str.startswith("+49 151").all()
    pd.testing.assert_series_equal(given["phone"], given["contact"], check_names=False)
