"""Tables of any size, with the columns of Adult and about their distributions."""

import numpy as np
import pandas as pd

N_CATEGORIES = {  # of Adult's categorical columns
    "workclass": 9,
    "education": 16,
    "marital-status": 7,
    "occupation": 15,
    "relationship": 6,
    "race": 5,
    "sex": 2,
    "native-country": 42,
    "income": 2,
}


def make_adult(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return rows with the columns of Adult and about their distributions."""
    rng = np.random.default_rng(seed)
    age = rng.integers(17, 91, rows)
    frame = {
        "age": age,
        "fnlwgt": rng.lognormal(12, 0.5, rows).round(),
        "education-num": rng.integers(1, 17, rows),
        "capital-gain": np.where(rng.random(rows) < 0.92, 0, rng.lognormal(8, 1, rows).round()),
        "capital-loss": np.where(rng.random(rows) < 0.95, 0, rng.normal(1_900, 300, rows).round()),
        "hours-per-week": np.where(rng.random(rows) < 0.5, 40, rng.integers(1, 100, rows)),
    }
    for name, count in N_CATEGORIES.items():
        shares = 1 / np.arange(1, count + 1)
        codes = (rng.choice(count, rows, p=shares / shares.sum()) + (age > 40)) % count
        frame[name] = np.array([f"{name} {code}" for code in range(count)], object)[codes]
    return pd.DataFrame(frame)


def make_copies(rows: int, copies: int, seed: int = 0) -> pd.DataFrame:
    """Return Adult's columns several times, side by side."""
    frames = (make_adult(rows, seed + 1_000 * i).add_suffix(f" {i}") for i in range(copies))
    return pd.concat(frames, axis=1)
