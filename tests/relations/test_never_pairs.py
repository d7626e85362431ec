"""Pairs of categories that never meet: found, kept from chance, never generated."""

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.config import Protection
from tabgan.errors import BrokenRelationWarning, ConditionError, ManyRejectedWarning
from tabgan.relations import RelationConfig, RelationSet
from tabgan.relations.row_predicate.never_pairs import find_zeros, log_probability_of_none
from tabgan.relations.row_predicate.row_predicate import RowPredicate
from tabgan.schema import TableSchema

HOMES = {"owl": ["wood", "barn"], "seal": ["shore"], "fox": ["wood", "barn", "field", "shore"]}


def make_animals(n: int = 500, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.choice(list(HOMES), n, p=[0.3, 0.25, 0.45])
    home = [rng.choice(HOMES[each]) for each in kind]
    return pd.DataFrame({"kind": kind, "home": home, "weight": rng.lognormal(2, 0.5, n).round(2)})


def discover(frame: pd.DataFrame, **config: object) -> RelationSet:
    return RelationSet.discover(frame, TableSchema.infer(frame), RelationConfig(**config))  # type: ignore[arg-type]


def never(relations: RelationSet) -> list[str]:
    return [each.explain() for each in relations.relations if each.KIND == "predicate"]


def test_each_pair_is_named_once() -> None:
    (explained,) = never(discover(make_animals()))
    named = dict(phrase.split(" never with home in ") for phrase in explained.split("; "))
    homes = {kind: set(listed.strip("()").split(", ")) for kind, listed in named.items()}
    assert homes == {
        "kind = 'owl'": {"'shore'", "'field'"},
        "kind = 'seal'": {"'wood'", "'barn'", "'field'"},
    }


def test_what_is_found_can_be_declared_and_forgotten() -> None:
    frame = make_animals()
    (text,) = discover(frame).texts
    assert discover(frame, discover=False, declare=[text]).texts == (text,)
    assert discover(frame, forget=[text]).texts == ()
    back = RelationSet.from_dict(discover(frame).to_dict(), TableSchema.infer(frame))
    assert back.texts == (text,)


@pytest.mark.parametrize("dtype", ["category", "string", "string[pyarrow]", "object"])
def test_any_dtype_of_text(dtype: str) -> None:
    frame = make_animals()
    for name in ("kind", "home"):
        frame[name] = frame[name].astype(dtype)  # type: ignore[call-overload]
    assert len(never(discover(frame))) == 1


def test_flags_and_small_numbers_have_categories_too() -> None:
    rng = np.random.default_rng(1)
    n_beds = rng.integers(0, 4, 900)
    is_flat = rng.random(900) < 0.5
    garage = np.where(n_beds == 0, False, is_flat)
    assert never(discover(pd.DataFrame({"beds": n_beds, "garage": garage}))) == [
        "beds = 0 never with garage = 'true'"
    ]


def test_a_gap_meets_anything() -> None:
    frame = make_animals(800)
    frame.loc[frame.index % 9 == 0, "home"] = None
    relations = discover(frame)
    assert len(never(relations)) == 1
    assert not relations.find_violations(frame).any()


def test_what_other_relations_bring_about_is_not_said_again() -> None:
    frame = make_animals(1_000)
    frame["place"] = frame["home"].map({"wood": "W", "barn": "B", "field": "F", "shore": "S"})
    frame["wet"] = frame["home"] == "shore"
    relations = discover(frame)
    assert len(never(relations)) == 1
    assert {"home <-> place", "home -> wet"} <= set(relations.texts)


def test_what_follows_from_two_others_is_not_said_again() -> None:
    rng = np.random.default_rng(8)
    net = rng.choice(["none", "dsl", "fibre"], 1_500)
    columns = {
        name: np.where(net == "none", "no net", rng.choice(["yes", "no"], 1_500))
        for name in ("mail", "shop", "film")
    }
    (*explained,) = never(discover(pd.DataFrame({"net": net} | columns)))
    assert len(explained) == 3
    assert all("net = 'none' never with" in text for text in explained)


def test_one_row_is_enough_to_allow_a_pair() -> None:
    frame = make_animals()
    frame.loc[frame["kind"].eq("seal").idxmax(), "home"] = "wood"
    (explained,) = never(discover(frame))
    assert "'wood'" not in explained


def test_under_protection_rare_categories_are_not_named() -> None:
    frame = make_animals(2_000)
    schema = TableSchema.infer(frame)
    relations = RelationSet.discover(frame, schema, None, Protection(is_on=True, min_rows=5))
    assert len(never(relations)) == 1
    relations = RelationSet.discover(frame, schema, None, Protection(is_on=True, min_rows=600))
    assert not any("seal" in text for text in never(relations))


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.7])
def test_independent_and_correlated_columns_have_none(correlation: float) -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = int(rng.choice([50, 400, 3_000, 12_000]))
        common, own = rng.normal(size=(n, 1)), rng.normal(size=(n, 6))
        latent = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
        columns = {}
        for number in range(6):
            cuts = np.quantile(latent[:, number], np.sort(rng.random(number + 1)))
            columns[f"c{number}"] = np.array(list("pqrstuvw"))[np.digitize(latent[:, number], cuts)]
        assert never(discover(pd.DataFrame(columns))) == []


def test_zeros_are_asked_for_in_what_other_zeros_leave() -> None:
    counts = np.array([[40, 40, 12], [0, 60, 0], [90, 0, 0]])
    zeros = find_zeros(counts, float(np.log(1e-9)))
    assert zeros[1, 0]
    assert zeros[2, 1]
    assert not (zeros & (counts > 0)).any()


def test_probability_of_none() -> None:
    """3 of 8 drawn without any of 2: C(6, 3) / C(8, 3)."""
    assert np.exp(log_probability_of_none(3, 2, 8)) == pytest.approx(20 / 56)
    assert log_probability_of_none(7, 2, 8) == -np.inf


def test_generated_rows_have_none_of_them() -> None:
    frame = make_animals(400)
    model = TabGAN(target="kind", steps=30, random_state=0, threads=1).fit(frame)
    rows = model.sample(800, random_state=1)
    assert set(map(tuple, rows[["kind", "home"]].to_numpy())) <= {
        (kind, home) for kind, homes in HOMES.items() for home in homes
    }
    pd.testing.assert_frame_equal(model.sample(100, random_state=1), rows.head(100))
    asked = model.sample(60, where={"kind": "seal"})
    assert set(asked["home"]) == {"shore"}


def test_what_was_found_ends_no_draw_and_what_was_declared_stays_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows that break a pair found are given in the end, with a warning; declared ones never."""
    frame = make_animals()
    (text,) = discover(frame).texts
    found = discover(frame)
    declared = discover(frame, declare=[text])
    for relations in (found, declared):
        again = RelationSet.from_dict(relations.to_dict(), relations.schema)
        assert again.kept[0].is_declared == relations.kept[0].is_declared
    assert (found.kept[0].is_declared, declared.kept[0].is_declared) == (False, True)
    models = [
        TabGAN(steps=1, random_state=0, refine=False, declare=texts).fit(frame)
        for texts in ([], [text])
    ]
    monkeypatch.setattr(RowPredicate, "find_violations", lambda _, rows: np.ones(len(rows), bool))
    with (
        pytest.warns(BrokenRelationWarning, match=r"20 of 20 rows break the relation"),
        pytest.warns(ManyRejectedWarning, match="train for more steps, or forget the relation"),
    ):
        assert len(models[0].sample(20)) == 20
    with pytest.raises(ConditionError, match="0 of 20 rows were found"):
        models[1].sample(20)
