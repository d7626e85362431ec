"""Make a small table of orders, as a shop would export it.

    python examples/orders.py [-n ROWS] [-o orders.csv]

In every row the city decides the country, `ordered <= shipped`, and `total = items + shipping`.
6 % of the orders come back: shoes and clothes rather than books, late and dear ones.
"""

import argparse

import numpy as np
import pandas as pd

CITIES = {  # country, share of the orders
    "Berlin": ("DE", 0.26),
    "Hamburg": ("DE", 0.18),
    "Ulm": ("DE", 0.06),
    "Wien": ("AT", 0.16),
    "Graz": ("AT", 0.04),
    "Zürich": ("CH", 0.09),
    "Lyon": ("FR", 0.06),
    "Paris": ("FR", 0.15),
}
POSTAGE = {"DE": 4.9, "AT": 6.9, "FR": 8.9, "CH": 14.5}
MIN_FREE = 80.0  # items of that worth are sent for nothing
CATEGORIES = {  # share of the orders, price of a piece in the middle, risk of coming back
    "books": (0.34, 14.0, -1.5),
    "clothes": (0.27, 32.0, 1.2),
    "shoes": (0.14, 75.0, 1.9),
    "garden": (0.14, 24.0, -1.0),
    "electronics": (0.11, 120.0, 0.0),
}
RETURNED_SHARE = 0.06


def make_orders(n_rows: int = 2_000, seed: int = 0) -> pd.DataFrame:
    """Return `n_rows` orders, with dates as text as they stand in a CSV; a seed repeats them."""
    rng = np.random.default_rng(seed)
    city = rng.choice(list(CITIES), n_rows, p=[share for _, share in CITIES.values()])
    country = pd.Series([CITIES[name][0] for name in city])
    category = rng.choice(list(CATEGORIES), n_rows, p=[kind[0] for kind in CATEGORIES.values()])
    _, price, risk = np.array([CATEGORIES[name] for name in category]).T
    pieces = 1 + rng.poisson(np.where(category == "books", 1.2, 0.4))
    items = (pieces * price * rng.lognormal(0, 0.4, n_rows)).round(2)
    shipping = np.where(items < MIN_FREE, country.map(POSTAGE), 0.0)
    ordered = pd.Timestamp("2024-01-02") + pd.to_timedelta(rng.integers(0, 700, n_rows), unit="D")
    days = rng.poisson(np.where(country == "DE", 1.5, 4.0))
    risk = risk + 0.25 * days + 0.5 * np.log(items) + rng.logistic(0, 0.7, n_rows)
    returned = risk > np.quantile(risk, 1 - RETURNED_SHARE)
    stars = np.clip(np.round(rng.normal(np.where(returned, 2.2, 4.3), 0.8)), 1, 5)
    return pd.DataFrame(
        {
            "order": [f"A-{number:06d}" for number in rng.permutation(10 * n_rows)[:n_rows]],
            "ordered": ordered.strftime("%Y-%m-%d"),
            "shipped": (ordered + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d"),
            "city": city,
            "country": country,
            "category": category,
            "pieces": pieces,
            "items": items,
            "shipping": shipping,
            "total": (items + shipping).round(2),
            "stars": pd.Series(stars).mask(rng.random(n_rows) < 0.4),
            "returned": np.where(returned, "yes", "no"),
        }
    )


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description="Make a small table of orders.")
    parser.add_argument("-n", "--rows", type=int, default=2_000)
    parser.add_argument("-o", "--output", default="orders.csv")
    arguments = parser.parse_args()
    make_orders(arguments.rows).to_csv(arguments.output, index=False)
    print(f"{arguments.rows} orders are in '{arguments.output}'")


if __name__ == "__main__":
    main()
