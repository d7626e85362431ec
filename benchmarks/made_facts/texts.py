"""Parts, joins and forms of text."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.made_facts.made_fact import Columns, MadeFact, Rng, equal, noise

KIND = "text"
Frame = pd.DataFrame
FIRST = ("Ann", "Bo", "Cyrus", "Dee", "Eve", "Frank", "Gita", "Hal", "Ines", "Jo")
LAST = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Yew")


def make_columns(rng: Rng, n: int) -> Columns:
    """Return what the facts of this room follow from."""
    numbers = rng.integers(100, 1_000, n)
    country = rng.choice(np.array(["DE", "FR", "IT", "ES", "PL"], object), n)
    shop = rng.choice(np.array(["A", "B", "C"], object), n)
    return {
        "first": rng.choice(np.array(FIRST, object), n),
        "last": rng.choice(np.array(LAST, object), n),
        "country": country,
        "number": numbers,
        "plate": [f"{c}-{s}-{i}" for c, s, i in zip(country, shop, numbers, strict=True)],
    } | noise(rng, n)


def written(name: str, sources: str, compute: Callable[[Frame], Any]) -> MadeFact:
    """Return a fact of texts."""
    names = tuple(sources.split())

    def make(rng: Rng, n: int) -> Columns:
        every = make_columns(rng, n)
        return {key: every[key] for key in (*names, "region", "noise", "visits")}

    return MadeFact(KIND, name, make, "z", compute, equal("z", compute), names)


FACTS: tuple[MadeFact, ...] = (
    written("full name", "first last", lambda d: d["first"] + " " + d["last"]),
    written("last name first", "first last", lambda d: d["last"] + ", " + d["first"]),
    written("initials", "first last", lambda d: d["first"].str[0] + d["last"].str[0]),
    written("upper case", "last", lambda d: d["last"].str.upper()),
    written(
        "mail address",
        "first last",
        lambda d: d["first"].str.lower() + "." + d["last"].str.lower() + "@example.org",
    ),
    written("length", "last", lambda d: d["last"].str.len()),
    written(
        "country and number", "country number", lambda d: d.country + "-" + d.number.astype(str)
    ),
    written("prefix of a plate", "plate", lambda d: d.plate.str[:2]),
    written("middle of a plate", "plate", lambda d: d.plate.str.split("-").str[1]),
    written("number in a plate", "plate", lambda d: d.plate.str.split("-").str[2].astype("int64")),
)
