"""Learn a table as they come: gaps, dates as text, blanks for numbers, spikes, keys, odd names."""

import argparse

import numpy as np
import pandas as pd

from tabgan import TabGAN, TableSchema


def make_table(rows: int, seed: int) -> pd.DataFrame:
    """Make a table of customers, about as clean as an export from a spreadsheet."""
    rng = np.random.default_rng(seed)
    joined = pd.Timestamp("2019-03-01") + pd.to_timedelta(rng.integers(0, 1_500, rows), unit="D")
    paid = np.where(rng.random(rows) < 0.6, 0.0, rng.lognormal(5, 1, rows)).round(2)
    age = pd.Series(rng.integers(18, 90, rows), dtype="Int64").mask(rng.random(rows) < 0.1)
    town = pd.Series(rng.choice(["Ulm", "Köln", "Bad Sülze"], rows, p=[0.6, 0.3, 0.1]))
    total = [f"{value:.1f}" if value else " " for value in paid]
    return pd.DataFrame(
        {
            "customer": [f"C-{number:06d}" for number in rng.permutation(10 * rows)[:rows]],
            "joined": [f"{day.day}/{day.month}/{day.year}" for day in joined],
            "age": age,
            "paid": paid,
            "total as text": total,
            "town 🏙️": town.mask(rng.random(rows) < 0.1),
            "plan": pd.Categorical(rng.choice(["basic", "plus"], rows), ["basic", "plus", "gold"]),
            "country": "DE",
            "remark": pd.Series([None] * rows, dtype="object"),
            "left": rng.random(rows) < 0.2,
        }
    )


def main() -> None:
    """Infer the schema, fit, sample with conditions, compare dtypes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=500, help="generator steps")
    parser.add_argument("--rows", type=int, default=2_000, help="rows of the messy table")
    arguments = parser.parse_args()

    table = make_table(arguments.rows, seed=0)
    for column in TableSchema.infer(table).columns:
        print(f"{column.name:15} {column.kind.value:12} {column.dtype:10} {column.format or ''}")

    gan = TabGAN(target="left", steps=arguments.steps, random_state=0).fit(table)
    rows = gan.sample(len(table))
    print(rows.head(), end="\n\n")
    print("same columns and dtypes:", rows.dtypes.equals(table.dtypes))
    print("new keys only:", not set(rows["customer"]) & set(table["customer"]))

    conditions = {"left": True, "age": [(">=", 30), ("<", 60)], "town 🏙️": None}
    print(gan.sample(5, where=conditions))


if __name__ == "__main__":
    main()
