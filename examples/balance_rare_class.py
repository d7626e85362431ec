"""Balance a rare class: does a learner gain from rows made for it, inside each fold?

Needs imbalanced-learn, which the extra [imbalance] installs.
"""

import argparse

from imblearn.pipeline import make_pipeline
from orders import make_orders
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

from tabgan import TabGANSampler, TrainingConfig, augment


def main() -> None:
    """Score a learner with and without made rows, then write what helps into a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=400, help="generator steps of each fit")
    parser.add_argument("--rows", type=int, default=1_000, help="orders to learn from")
    arguments = parser.parse_args()

    table = make_orders(arguments.rows).drop(columns=["order", "ordered", "shipped"])
    table = table.astype(dict.fromkeys(["city", "country", "category"], "category"))
    features, returned = table.drop(columns="returned"), table["returned"] == "yes"
    print(f"{returned.sum()} of {len(table)} orders came back")

    learner = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    sampler = TabGANSampler(sampling_strategy=0.5, random_state=0, steps=arguments.steps)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    for name, model in (("real", learner), ("real + made", make_pipeline(sampler, learner))):
        scores = cross_val_score(model, features, returned, cv=folds, scoring="average_precision")
        print(f"average precision, {name}: {scores.mean():.3f} ± {scores.std():.3f}")

    config = TrainingConfig(steps=arguments.steps)
    made = augment(table, target="returned", config=config, seed=0)
    print(made.sentence)
    print(made.combine().groupby(["returned", "__synthetic__"]).size())


if __name__ == "__main__":
    main()
