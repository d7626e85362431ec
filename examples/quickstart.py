"""Learn a table that scikit-learn ships, draw rows, and see whether they help a classifier."""

import argparse

from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

from tabgan import TabGAN, evaluate


def main() -> None:
    """Fit, sample, evaluate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300, help="generator steps")
    parser.add_argument("--rows", type=int, default=1_000, help="rows to draw")
    arguments = parser.parse_args()

    table = load_wine(as_frame=True).frame
    train, test = train_test_split(table, test_size=0.3, stratify=table["target"], random_state=0)

    gan = TabGAN(target="target", steps=arguments.steps, random_state=0).fit(train)
    record = gan.model_.record
    print(f"{record.steps_done} steps, two-sample score {record.score}: {record.ended}")

    rows = gan.sample(arguments.rows)
    print(rows.head())
    print(gan.sample(3, where={"target": 2, "alcohol": (">=", 13)}))

    report = evaluate(train, rows, target="target", test=test)
    print(report.verdict)


if __name__ == "__main__":
    main()
