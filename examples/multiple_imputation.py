"""Fill gaps several times, analyse each filled table, and pool what comes out by Rubin's rules.

    python examples/multiple_imputation.py [--rows 2000] [--draws 10] [--steps STEPS]

One filled table takes what was drawn for what was measured, so its standard errors are too small.
The spread between several says how much the gaps leave open, and widens them (Rubin 1987).
"""

import argparse

import numpy as np
import pandas as pd

from tabgan import TabGAN


def make_patients(n_rows: int, seed: int = 0) -> pd.DataFrame:
    """Return patients whose blood pressure is missing the more often, the younger they are."""
    rng = np.random.default_rng(seed)
    age = rng.integers(20, 80, n_rows)
    weight = rng.normal(75, 12, n_rows).round(1)
    pressure = (90 + 0.6 * age + 0.2 * weight + rng.normal(0, 8, n_rows)).round()
    is_missing = rng.random(n_rows) < (80 - age) / 90
    return pd.DataFrame(
        {"age": age, "weight": weight, "pressure": pd.Series(pressure).mask(is_missing)}
    )


def pool(estimates: np.ndarray, variances: np.ndarray) -> tuple[float, float]:
    """Return the pooled estimate of m analyses and its standard error; (m,) each.

    The total variance is the mean one within tables plus (1 + 1/m) times that between them.
    """
    m = len(estimates)
    between = estimates.var(ddof=1)
    return float(estimates.mean()), float(np.sqrt(variances.mean() + (1 + 1 / m) * between))


def main() -> None:
    """Compare the mean pressure of the rows without a gap with the pooled one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--steps", type=int)
    arguments = parser.parse_args()
    patients = make_patients(arguments.rows)
    model = TabGAN(steps=arguments.steps, preset="fast", random_state=0).fit(patients)
    filled = model.impute(patients, n_draws=arguments.draws)
    by_draw = filled.groupby("__draw__")["pressure"]
    mean, error = pool(by_draw.mean().to_numpy(), (by_draw.var() / len(patients)).to_numpy())
    present = patients["pressure"].dropna().to_numpy()
    plain, plain_error = present.mean(), present.std(ddof=1) / np.sqrt(len(present))
    print(f"mean pressure, rows without a gap:  {plain:.1f} ± {plain_error:.2f}")
    print(f"mean pressure, pooled over draws:   {mean:.1f} ± {error:.2f}")


if __name__ == "__main__":
    main()
