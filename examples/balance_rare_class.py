"""Balance a rare class: does a learner gain from rows made for it, inside each fold?

Needs imbalanced-learn, which the extra [imbalance] installs.
"""

import argparse

import numpy as np
import pandas as pd
from imblearn.pipeline import make_pipeline
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

from tabgan import TabGANSampler, TrainingConfig, augment


def make_table(rows: int, seed: int) -> pd.DataFrame:
    """Make payments of which one in eight is fraud: at night, of large amounts, from new shops."""
    rng = np.random.default_rng(seed)
    amount = rng.lognormal(3, 1, rows).round(2)
    hour = rng.integers(0, 24, rows)
    shop = pd.Series(rng.choice(["known", "new", "abroad"], rows, p=[0.7, 0.2, 0.1]))
    risk = np.log(amount) + 1.5 * (hour < 6) + 1.5 * (shop != "known") + rng.normal(0, 1, rows)
    fraud = np.where(risk >= np.quantile(risk, 0.875), "yes", "no")
    return pd.DataFrame(
        {
            "amount": amount,
            "hour": hour,
            "shop": shop.mask(rng.random(rows) < 0.1).astype("category"),
            "fraud": fraud,
        }
    )


def main() -> None:
    """Score a learner with and without made rows, then write what helps into a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=400, help="generator steps of each fit")
    parser.add_argument("--rows", type=int, default=600, help="rows of the table")
    arguments = parser.parse_args()

    table = make_table(arguments.rows, seed=0)
    features, fraud = table.drop(columns="fraud"), table["fraud"] == "yes"
    print(f"{fraud.sum()} of {len(table)} payments are fraud")

    learner = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    sampler = TabGANSampler(sampling_strategy=0.5, random_state=0, steps=arguments.steps)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    for name, model in (("real", learner), ("real + made", make_pipeline(sampler, learner))):
        scores = cross_val_score(model, features, fraud, cv=folds, scoring="average_precision")
        print(f"average precision, {name}: {scores.mean():.3f} ± {scores.std():.3f}")

    config = TrainingConfig(steps=arguments.steps)
    made = augment(table, target="fraud", config=config, seed=0)
    print(made.sentence)
    print(made.combine().groupby(["fraud", "__synthetic__"]).size())


if __name__ == "__main__":
    main()
