"""Hash sampled tables, so that two commits can be compared: the same seed gives the same rows.

    python -m benchmarks.reproducibility [TABLE.csv ...] [--steps N]

Three tables are fitted on one thread: one that scikit-learn ships, one made of every kind of column
and relation, and each CSV that is named. Rows are sampled with and without refinement, and with
conditions. Only what `import tabgan` gives is used, so the script runs on older commits, too.
"""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_wine

from tabgan import TabGAN

ROWS = 1_500  # of the made table: enough for a refiner
SAMPLED = 500


def main() -> None:
    """Fit, sample, and print a hash a sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", type=Path)
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()
    for name, table, target, settings, conditions in iter_tables(arguments.tables):
        gan = TabGAN(
            target, steps=arguments.steps, threads=1, device="cpu", random_state=0, **settings
        )
        gan.fit(table)
        print(f"{name} relations {hash_text(relation_texts(gan))}", flush=True)
        print(f"{name} raw {sample(gan, refine=False)}", flush=True)
        print(f"{name} refined {sample(gan)}", flush=True)
        for label, where in conditions.items():
            print(f"{name} {label} {sample(gan, where=where)}", flush=True)


def iter_tables(
    paths: list[Path],
) -> Iterator[tuple[str, pd.DataFrame, str | None, dict[str, Any], dict[str, Any]]]:
    """Yield each table's name, rows, target, settings of the fit and conditions to sample with."""
    wine = load_wine(as_frame=True).frame
    yield "wine", wine, "target", {}, {"target": {"target": 1}, "range": {"hue": [(">=", 1.0)]}}
    everything = make_everything(ROWS)
    declare = [
        "due often = tip",
        "combinations of make, doors",
        "age >= 18 or plan = 'basic'",
        "fare = net + rest",
    ]
    conditions = {
        "category": {"city": "Ulm"},
        "restored": {"total": (">=", 60.0), "plan": "plus"},
        "datetime": {"ordered": (">=", "2021-01-01")},
        "missing": {"age": None},
        "combination": {"make": "vw"},
    }
    yield "everything", everything, "left", {"declare": declare}, conditions
    yield "protected", everything, "left", {"protect": True, "objective": "minimax"}, {}
    yield "wasserstein", wine, "target", {"objective": "wasserstein", "relations": False}, {}
    for path in paths:
        table = pd.read_csv(path, low_memory=False)
        target = str(table.columns[-1])
        yield path.stem, table, target, {}, {"target": {target: table[target].iloc[0]}}


def make_everything(n_rows: int) -> pd.DataFrame:
    """Return a table with every kind of column, and a relation of every kind."""
    rng = np.random.default_rng(0)
    ordered = pd.Timestamp("2019-03-01") + pd.to_timedelta(rng.integers(0, 1_500, n_rows), "D")
    net, tip = rng.lognormal(3, 0.6, n_rows).round(2), rng.lognormal(1, 1, n_rows).round(2)
    city = rng.choice(["Ulm", "Köln", "Rom", "Lyon"], n_rows, p=[0.5, 0.3, 0.15, 0.05])
    country = pd.Series(city).map({"Ulm": "DE", "Köln": "DE", "Rom": "IT", "Lyon": "FR"})
    age = pd.Series(rng.integers(18, 90, n_rows), dtype="Int64").mask(rng.random(n_rows) < 0.1)
    quit_ = pd.Series(rng.integers(1990, 2020, n_rows)).mask(rng.random(n_rows) < 0.3)
    make = rng.choice(["vw", "seat", "fiat"], n_rows)
    plan = pd.Categorical(rng.choice(["basic", "plus"], n_rows), ["basic", "plus", "gold"])
    return pd.DataFrame(
        {
            "customer": [f"C-{number:06d}" for number in rng.permutation(10 * n_rows)[:n_rows]],
            "ordered": [f"{day.day}/{day.month}/{day.year}" for day in ordered],
            "shipped": ordered + pd.to_timedelta(rng.integers(0, 30, n_rows), "D"),
            "billed": ordered + pd.to_timedelta(rng.integers(31, 60, n_rows), "D"),
            "month": ordered.month,
            "age": age,
            "net": net,
            "tip": tip,
            "due": np.where(rng.random(n_rows) < 0.6, tip, rng.lognormal(1, 1, n_rows).round(2)),
            "total": (net + tip).round(2),
            "fare": (net + rng.choice([0.5, 1.0, 2.5], n_rows)).round(2),
            "cents": (100 * net).round().astype(int),
            "paid as text": [f"{value:.1f}" if value > 3 else " " for value in tip],
            "city": city,
            "country": country,
            "zip": pd.Series(rng.integers(1_000, 1_040, n_rows)).mask(rng.random(n_rows) < 0.1),
            "make": make,
            "doors": np.where(make == "fiat", 3, rng.choice([3, 5], n_rows)),
            "plan": plan,
            "quit": quit_,
            "why": pd.Series(rng.choice(["cost", "health"], n_rows)).mask(quit_.isna()),
            "length": pd.to_timedelta(rng.integers(1, 90, n_rows), "min"),
            "spike": np.where(rng.random(n_rows) < 0.7, 0, rng.lognormal(7, 1, n_rows)).round(2),
            "remark": pd.Series([None] * n_rows, dtype="object"),
            "origin": "EU",
            "left": rng.random(n_rows) < 0.2,
        }
    )


def relation_texts(gan: TabGAN) -> str:
    """Return the relations that a fitted model keeps, a line each."""
    return "\n".join(relation.text for relation in gan.model_.relations.relations)


def sample(gan: TabGAN, **settings: Any) -> str:
    """Return the hash of a sample as CSV, its dtypes included."""
    frame = gan.sample(SAMPLED, random_state=1, **settings)
    return hash_text(frame.dtypes.to_string() + frame.to_csv(index=False))


def hash_text(text: str) -> str:
    """Return the start of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    main()
