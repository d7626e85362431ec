"""Learn a table of orders, show real rows beside made ones, and see whether made rows help."""

import argparse

from orders import MIN_FREE, POSTAGE, make_orders
from sklearn.model_selection import train_test_split

from tabgan import TabGAN, evaluate


def main() -> None:
    """Fit, sample, evaluate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, help="generator steps at the most")
    parser.add_argument("--rows", type=int, default=2_000, help="orders to learn from")
    arguments = parser.parse_args()

    table = make_orders(arguments.rows)
    train, test = train_test_split(
        table, test_size=0.25, stratify=table["returned"], random_state=0
    )
    gan = TabGAN(target="returned", steps=arguments.steps, random_state=0).fit(train)
    made = gan.sample(len(train))
    dear = gan.sample(3, where={"returned": "yes", "country": "AT", "items": (">=", 100)})
    condition = "made where returned=yes, country=AT, items>=100"
    for title, rows in (("real", train), ("made", made), (condition, dear)):
        print(f"{title}:\n{rows.head(3).to_string(index=False)}\n")

    total = (made["items"] + made["shipping"]).round(2)
    print("every total exact:", bool((made["total"] == total).all()))
    print("nothing shipped too soon:", bool((made["ordered"] <= made["shipped"]).all()))
    due = made["country"].map(POSTAGE).where(made["items"] < MIN_FREE, 0.0)
    print(f"postage as in the table: {(made['shipping'] == due).mean():.1%} of the rows")
    print("new order numbers only:", not set(made["order"]) & set(train["order"]))
    print(evaluate(train, made, target="returned", test=test).verdict)


if __name__ == "__main__":
    main()
