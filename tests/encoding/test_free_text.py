"""Made-up texts: never the table's, of words that several rows share, in orders that occur."""

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.config import Protection
from tabgan.encoding.column_encoder import EncoderConfig
from tabgan.encoding.encoded_column import EncodedColumn
from tabgan.encoding.free_text.free_text import MIN_MADE_TEXTS, MIN_SHARED_TEXTS, FreeTextEncoder
from tabgan.encoding.free_text.word_splitting import MAX_PLACED_WORDS
from tabgan.errors import ConditionError, SchemaError
from tabgan.io.model_file import read_model, write_model
from tabgan.schema import Column, ColumnKind, dtype_name, dtype_of
from tabgan.schema.predicates import Clause
from tabgan.state_reader import StateReader

FIRSTS = [
    a + b for a in ("An", "Bel", "Cor", "Dor", "El", "Fen") for b in ("a", "is", "mund", "ric")
]
LASTS = [
    a + b for a in ("Ash", "Birch", "Elm", "Oak", "Pine", "Yew") for b in ("ley", "ton", "field")
]
CYRILLIC = [a + b for a in ("Бог", "Люб", "Яро") for b in ("дан", "мир", "рад", "слав")]
CYRILLIC_LASTS = [a + b for a in ("Бел", "Гус", "Лос") for b in ("ев", "ин", "ский", "ых")]
MEN = FIRSTS[:6]
SUBJECTS = ["food", "room", "staff", "view", "tea", "wine"]
VERDICTS = ["great", "cold", "slow", "fine", "odd", "loud"]

Draw = Callable[[np.random.Generator], str]


def comment(rng: np.random.Generator) -> str:
    opening = rng.choice(["Overall,", "We think", "Sadly,"])
    parts = [
        f"the {rng.choice(SUBJECTS)} was {rng.choice(VERDICTS)}" for _ in range(rng.integers(1, 4))
    ]
    return f"{opening} {' and '.join(parts)}{rng.choice(['.', '!'])}"


FORMS: dict[str, Draw] = {
    "names": lambda rng: f"{rng.choice(FIRSTS)} {rng.choice(LASTS)}",
    "titles": lambda rng: f"{rng.choice(LASTS)}, {rng.choice(['Mr.', 'Dr.'])} {rng.choice(FIRSTS)}",
    "initials": lambda rng: f"{rng.choice(FIRSTS)} {rng.choice(list('ABCD'))}. {rng.choice(LASTS)}",
    "comments": comment,
    "addresses": lambda rng: (
        f"{rng.integers(1, 300)} {rng.choice(LASTS)} {rng.choice(['St', 'Rd'])}"
    ),
    "products": lambda rng: (
        f"{rng.choice(LASTS)}-{rng.integers(10)} {rng.choice(SUBJECTS)}, {rng.choice(VERDICTS)}"
    ),
    "Cyrillic": lambda rng: f"{rng.choice(CYRILLIC)} {rng.choice(CYRILLIC_LASTS)}",
    "accents": lambda rng: (
        f"{rng.choice(['Zoë', 'Noël', 'Łukasz', 'Åse'])} {rng.choice(LASTS)} {rng.choice(FIRSTS)}"
    ),
    "single words": lambda rng: "".join(rng.choice(list("abcdefgh"), 7)).title(),
    "no blanks": lambda rng: "".join(rng.choice(list("王李张刘陈杨黄赵吴周"), 3)),
    "nonsense": lambda rng: " ".join("".join(rng.choice(list("abcdefgh"), 5)) for _ in range(5)),
    "numbers in words": lambda rng: f"text {rng.integers(10_000)}",
}
PLACEHOLDERS = {"single words", "no blanks", "nonsense"}
MADE = set(FORMS) - PLACEHOLDERS
DTYPES = ("object", "string", "str", "category", "large_string[pyarrow]")


def make_column(form: str, n_rows: int, seed: int, gap_share: float = 0.0) -> pd.Series:
    rng = np.random.default_rng(seed)
    texts = pd.Series([FORMS[form](rng) for _ in range(n_rows)], dtype=object, name="x")
    return texts.mask(pd.Series(rng.random(n_rows) < gap_share))


def fit(series: pd.Series, *, protect: bool = False) -> FreeTextEncoder:
    categories = "str" if series.dtype == "category" else None
    column = Column("x", ColumnKind.TEXT, dtype_name(series.dtype), categories=categories)
    config = EncoderConfig(np.random.default_rng(0), protection=Protection(protect))
    return FreeTextEncoder.fit(column, series, config)


def cells(n_rows: int, missing: npt.NDArray[np.bool_] | None = None) -> EncodedColumn:
    codes = np.zeros(n_rows, np.int32) if missing is None else missing.astype(np.int32)
    return EncodedColumn(codes, np.zeros(n_rows, np.float32))


def decode(encoder: FreeTextEncoder, n_rows: int, seed: int = 1) -> pd.Series:
    return encoder.decode(cells(n_rows), np.arange(n_rows), np.random.default_rng(seed))


def words_of(text: str) -> list[str]:
    """The words of a text; digits are made up, so any will do."""
    return re.sub("[0-9]", "0", text).split()


def count(
    texts: set[str], find: Callable[[list[str]], list[tuple[object, ...]]]
) -> Counter[object]:
    """In how many different texts each thing that `find` finds occurs."""
    return Counter(found for text in texts for found in set(find(words_of(text))))


@given(st.sampled_from(sorted(MADE)), st.integers(40, 500), st.integers(0, 10_000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_made_texts_are_new_of_shared_words_and_orders(
    form: str, n_rows: int, seed: int, protect: bool
) -> None:
    series = make_column(form, n_rows, seed)
    encoder, real = fit(series, protect=protect), set(series)
    made = set(decode(encoder, 400))
    folded = {" ".join(text.casefold().split()) for text in real}
    assert not {text.casefold() for text in made} & folded
    if encoder.walk is None:
        assert all(re.fullmatch(r"text \d+", text) for text in made)
        return
    least = 5 if protect else MIN_SHARED_TEXTS
    shared = count(real, lambda words: [(word,) for word in words])
    pairs = count(real, lambda words: list(pairwise(words)))
    placed = count(real, lambda words: [(len(words), *each) for each in enumerate(words)])
    ends = count(real, lambda words: [(words[0], True), (words[-1], False)])
    lengths = {len(words_of(text)) for text in real}
    for text in made:
        words = words_of(text)
        assert all(shared[(word,)] >= least for word in words)
        assert ends[words[0], True] >= least <= ends[words[-1], False]
        assert len(words) in lengths
        are_placed = sum("0" not in word for word in words) <= MAX_PLACED_WORDS
        for place in range(len(words) - 1):
            is_pair = pairs[words[place], words[place + 1]] >= least
            spots = [(len(words), place, words[place]), (len(words), place + 1, words[place + 1])]
            assert is_pair or (are_placed and all(placed[spot] >= least for spot in spots))


@given(
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(DTYPES),
    st.integers(30, 200),
    st.integers(0, 10_000),
    st.floats(0, 0.9),
)
@settings(max_examples=40, deadline=None)
def test_gaps_and_dtype_stay_and_fewer_rows_are_the_first_of_more(
    form: str, dtype: str, n_rows: int, seed: int, gap_share: float
) -> None:
    series = make_column(form, n_rows, seed, gap_share).astype(dtype_of(dtype))
    encoder = fit(series)
    encoded = encoder.encode(series, np.random.default_rng(0))
    made = encoder.decode(encoded, np.arange(n_rows), np.random.default_rng(seed))
    assert (made.isna() == series.isna()).all()
    assert encoder.n_present == int(series.notna().sum())
    assert made.name == series.name
    if isinstance(made.dtype, pd.CategoricalDtype):
        assert made.cat.categories.dtype == series.cat.categories.dtype
    else:
        assert made.dtype == series.dtype
    fewer = EncodedColumn(encoded.codes[:17], encoded.scalars[:17])
    first = encoder.decode(fewer, np.arange(17), np.random.default_rng(seed))
    assert first.astype(object).dropna().tolist() == made[:17].astype(object).dropna().tolist()


@pytest.mark.parametrize("form", sorted(FORMS))
def test_where_too_few_words_repeat_there_are_placeholders(form: str) -> None:
    series = make_column(form, 120, 4)
    made = decode(fit(series), 50)
    if form in PLACEHOLDERS:
        assert made.tolist() == [f"text {number}" for number in range(1, 51)]
    else:
        assert made.nunique() > MIN_MADE_TEXTS
        assert form == "numbers in words" or not made.str.startswith("text ").any()


def test_placeholders_go_on_behind_those_of_the_table() -> None:
    encoder = fit(pd.Series(["Text  88", "text 89", "some other words"]))
    assert encoder.walk is None
    assert decode(encoder, 3).tolist() == ["text 90", "text 91", "text 92"]


def test_a_table_of_all_that_can_be_made_leaves_placeholders() -> None:
    series = pd.Series([f"{first} {last}" for first in FIRSTS for last in LASTS])
    made = decode(fit(series), 100)
    assert not set(made) & set(series)
    assert made.tolist()[:2] == ["text 1", "text 2"]


def test_texts_that_one_person_has_in_many_rows_are_shared_by_nobody() -> None:
    others = make_column("names", 300, 1)
    series = pd.concat([others, pd.Series(["Zbigniew Zelenka"] * 40)], ignore_index=True)
    made = decode(fit(series), 2_000)
    assert not made.str.contains("Zbigniew|Zelenka").any()


def test_lengths_are_those_of_the_table() -> None:
    series = make_column("comments", 600, 2)
    made = decode(fit(series), 3_000)
    ours, theirs = (
        pd.Series([len(text.split()) for text in texts]).value_counts(normalize=True)
        for texts in (made, series)
    )
    assert ours.sub(theirs, fill_value=0).abs().max() < 0.1


def test_what_follows_a_word_nearly_always_follows_it_here_too() -> None:
    def form(rng: np.random.Generator) -> str:
        title, firsts = (("Mr.", MEN), ("Mrs.", FIRSTS[6:12]))[rng.integers(2)]
        return f"{rng.choice([*LASTS, *CYRILLIC_LASTS])}, {title} {rng.choice(firsts)}"

    rng = np.random.default_rng(0)
    series = pd.Series([form(rng) for _ in range(250)]).drop_duplicates(ignore_index=True)
    made = decode(fit(series), 1_000)
    for text in made:
        _, title, first = text.split()
        assert (title == "Mr.") == (first in MEN), text


def test_classes_of_words_are_not_mixed() -> None:
    """`Last First` beside `First Patronymic`: a last name is never followed by a patronymic."""
    patronymics = [f"{name}ович" for name in CYRILLIC]

    def form(rng: np.random.Generator) -> str:
        if rng.random() < 0.5:
            return f"{rng.choice(CYRILLIC_LASTS)} {rng.choice(CYRILLIC)}"
        return f"{rng.choice(CYRILLIC)} {rng.choice(patronymics)}"

    rng = np.random.default_rng(0)
    made = decode(fit(pd.Series([form(rng) for _ in range(120)])), 1_000)
    pairs = [text.split() for text in made]
    assert not [pair for pair in pairs if pair[0] in CYRILLIC_LASTS and pair[1] in patronymics]
    assert {pair[0] in CYRILLIC_LASTS for pair in pairs} == {True, False}


def test_numbers_are_made_up() -> None:
    series = make_column("addresses", 500, 3)
    made = decode(fit(series), 1_000)
    assert made.str.fullmatch(r"[1-9]\d{0,2} [A-Z][a-z]+ (St|Rd)").all()
    assert (made.str.split().str[0].astype(int) > 300).any()


def test_texts_hardly_repeat() -> None:
    series = make_column("addresses", 500, 2)
    assert decode(fit(series), 2_000).nunique() > 1_900


def test_another_seed_makes_other_texts() -> None:
    encoder = fit(make_column("names", 300, 1))
    assert decode(encoder, 50, 1).tolist() == decode(encoder, 50, 1).tolist()
    assert decode(encoder, 50, 1).tolist() != decode(encoder, 50, 2).tolist()


@pytest.mark.parametrize("form", ["comments", "nonsense"])
def test_a_saved_encoder_makes_the_same_texts(form: str, tmp_path: Path) -> None:
    series = make_column(form, 300, 1)
    encoder = fit(series)
    write_model(tmp_path / "model", {"encoders": [encoder.to_state()]})
    (state,) = read_model(tmp_path / "model")["encoders"]
    again = FreeTextEncoder.from_state(encoder.column, StateReader(state))
    assert decode(again, 300).tolist() == decode(encoder, 300).tolist()


def test_a_file_holds_no_text_and_no_word_of_few_rows(tmp_path: Path) -> None:
    series = make_column("names", 300, 1)
    series[:2] = ["Zbigniew Ash", "Zbigniew Oak"]
    state = fit(series).to_state()
    write_model(tmp_path / "model", {"encoders": [state]})
    content = (tmp_path / "model").read_bytes()
    assert b"Zbigniew" not in content
    assert not [text for text in set(series) if text.encode() in content]
    assert json.loads(json.dumps(state["walk"]["words"])) == state["walk"]["words"]


def test_the_filter_turns_away_many_texts_that_were_never_in_the_table() -> None:
    series = make_column("names", 300, 1)
    encoder, real = fit(series), set(series)
    assert encoder.kept_out.turns_away(sorted(real)).all()
    never = [f"{first} {last}" for first in FIRSTS for last in LASTS]
    never = [text for text in never if text not in real]
    assert 0.25 < encoder.kept_out.turns_away(never).mean() < 0.75


def test_rows_met_later_are_kept_out_too() -> None:
    series = make_column("names", 140, 1)
    part, rest = series[:70], series[70:]
    encoder = fit(part)
    assert encoder.walk is not None
    assert set(decode(encoder, 2_000)) & set(rest)
    made = decode(encoder.keep_out(rest), 2_000)
    assert not set(made) & set(series)


def test_conditions_ask_for_gaps_alone() -> None:
    encoder = fit(make_column("names", 400, 1, gap_share=0.25))
    gaps = encoder.select([Clause("=", None)])
    assert gaps.classes.tolist() == [1]
    assert 0.2 < gaps.share < 0.3
    assert encoder.select([Clause("!=", None)]).classes.tolist() == [0]
    with pytest.raises(ConditionError, match=r"'x' is free text: its values are made anew"):
        encoder.select([Clause("=", "Ann Ash")])
    with pytest.raises(ConditionError, match="cannot be asked for"):
        fit(make_column("names", 400, 1)).select([Clause("=", None)])


def test_placeholders_are_numbered_anew_and_texts_are_not() -> None:
    rows, rng = np.arange(40, 50), np.random.default_rng(0)
    numbered = fit(make_column("nonsense", 300, 1))
    assert numbered.renumber(decode(numbered, 10), rows, rng)[0] == "text 41"
    walked = fit(make_column("names", 300, 1))
    texts = decode(walked, 10)
    assert walked.renumber(texts, rows, rng).tolist() == texts.tolist()


def test_a_note_says_what_is_made_up() -> None:
    assert fit(make_column("names", 300, 1)).note == "free text: made up, not learned"
    note = fit(make_column("nonsense", 300, 1)).note
    assert note == "free text: made up, not learned (text 1, ...), for too few words repeat"


def test_a_column_of_numbers_holds_no_text() -> None:
    column = Column("x", ColumnKind.TEXT, "int64")
    config = EncoderConfig(np.random.default_rng(0))
    with pytest.raises(SchemaError, match="'x' has the dtype int64, which cannot hold the text"):
        FreeTextEncoder.fit(column, pd.Series([1, 2]), config)


def test_a_column_of_gaps_and_blanks_is_no_trouble() -> None:
    encoder = fit(pd.Series([None, " ", None], dtype=object))
    assert decode(encoder, 2).tolist() == ["text 1", "text 2"]
    assert fit(pd.Series([None, None], dtype=object)).n_classes == 2
