r"""Patterns as people write them: `AB-{00000-99999}`, `{ann|bo}{1-}@mail.test`, `{hex:8}-4{hex:3}`.

Forms stand with `|` between them. In a form, what is not in braces stands for itself. In braces:

- `{ash|birch}`: one of these texts
- `{0-255}`, `{01-12}`, `{1-}`: a number within bounds, with zeros in front if the first has some
- `{digit:4}`, `{hex}`: characters of an alphabet by its name; `{[89ab]}`, `{[ACGT]:20}`: by itself
- `{=luhn}`: a check digit

A backslash before any character takes its meaning from it.

>>> write_forms(parse_forms("{ash|birch}{1-1500}@{a.org|b.test}"))
'{ash|birch}{1-1500}@{a.org|b.test}'
"""

import re
from collections.abc import Iterator

from tabgan.errors import SchemaError
from tabgan.schema.text.patterns.check_digits import CHECK_RULES
from tabgan.schema.text.patterns.form import Form, join_neighbours
from tabgan.schema.text.patterns.parts import (
    ALPHABETS,
    MAX_NUMBER,
    Alternation,
    Characters,
    CheckDigits,
    Literal,
    Number,
    Part,
)
from tabgan.state_reader import MAX_SHOWN, show_value

MAX_PARTS, MAX_CHOICES = 10_000, 2_000  # of a pattern that is read
_SPECIAL = re.compile(r"([\\{}|\[\]])")
_NUMBER = re.compile(r"([0-9]{1,18})-([0-9]{1,18})?")
_CHARACTERS = re.compile(r"([\w-]+|\[(?:\\.|[^\]\\])+\])(?::([1-9][0-9]{0,2}))?", re.DOTALL)
_TOKEN = re.compile(r"(?:\\.|[^\\{}|])+|\{(?:\\.|[^\\{}])*\}|.", re.DOTALL)
_COUNT = re.compile(r":([0-9]{1,3})\}")
MAX_PARTS, MAX_CHARACTERS = 5_000, 100_000  # of all forms
_NAMES = {alphabet: name for name, alphabet in ALPHABETS.items()}


def write_forms(forms: tuple[Form, ...]) -> str:
    """Return forms as text, from which `parse_forms` makes them again."""
    return "|".join("".join(map(_write_part, _pieces(form))) for form in forms)


def _pieces(form: Form) -> Iterator[Part]:
    """Yield the parts of a form, characters cut wherever the alphabet changes."""
    for part in form.parts:
        if not isinstance(part, Characters):
            yield part
            continue
        start = 0
        for end in range(1, len(part.alphabets) + 1):
            if end == len(part.alphabets) or part.alphabets[end] != part.alphabets[start]:
                yield Characters(part.alphabets[start:end])
                start = end


def _write_part(part: Part) -> str:
    if isinstance(part, Literal):
        return _escape(part.text)
    if isinstance(part, Alternation):
        return "{" + "|".join(map(_escape, part.values)) + "}"
    if isinstance(part, Number):
        high = "" if part.high is None else str(part.high).zfill(part.width)
        return f"{{{str(part.low).zfill(part.width)}-{high}}}"
    if isinstance(part, CheckDigits):
        return f"{{={part.rule}}}"
    alphabet, count = part.alphabets[0], len(part.alphabets)
    name = _NAMES.get(alphabet, f"[{_escape(alphabet)}]")
    return f"{{{name}:{count}}}" if count > 1 or alphabet in _NAMES else f"{{{name}}}"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def parse_forms(text: str) -> tuple[Form, ...]:
    """Return the forms that a text stands for.

    Raises:
        SchemaError: It is no pattern.
    """
    n_characters = sum(map(int, _COUNT.findall(text)))
    if text.count("{") > MAX_PARTS or n_characters > MAX_CHARACTERS:
        raise SchemaError(
            f"the pattern {text[:40]!r}... has more than {MAX_PARTS:,} parts or makes more than "
            f"{MAX_CHARACTERS:,} characters; give a shorter one."
        )
    forms: list[list[Part]] = [[]]
    pieces = _TOKEN.findall(text)
    if len(pieces) > MAX_PARTS or sum("|" in piece[1:] for piece in pieces) > MAX_CHOICES:
        raise SchemaError(
            f"the pattern {show_value(text)} has more than {MAX_PARTS:,} parts or "
            f"{MAX_CHOICES:,} choices; make it simpler."
        )
    for piece in pieces:
        if piece == "|":
            forms.append([])
        elif piece.startswith("{") and len(piece) > 1:
            forms[-1] += _parse_part(piece[1:-1], text)
        elif piece in {"{", "}", "\\"}:
            raise SchemaError(
                f"the pattern {show_value(text)} has a {piece!r} by itself; write '\\{piece}' for "
                "the character, or close the braces."
            )
        else:
            forms[-1].append(Literal(_unescape(piece)))
    if not all(forms):
        raise SchemaError(
            f"the pattern {show_value(text)} has a form without any text; take out a '|'."
        )
    return tuple(Form(join_neighbours(parts)) for parts in forms)


def _parse_part(inner: str, text: str) -> list[Part]:
    values = re.findall(r"((?:\\.|[^\\|])*)(?:\||\Z)", inner, re.DOTALL)[: _count_bars(inner) + 1]
    if len(values) > 1 and not inner.startswith("["):
        return [Alternation(tuple(dict.fromkeys(map(_unescape, values))))]
    if number := _NUMBER.fullmatch(inner):
        return [_parse_number(number[1], number[2], text)]
    if inner[:1] == "=" and inner[1:] in CHECK_RULES:
        return [CheckDigits(inner[1:])]
    if (found := _CHARACTERS.fullmatch(inner)) and (found[1] in ALPHABETS or inner[0] == "["):
        own = "".join(dict.fromkeys(_unescape(found[1][1:-1])))
        return [Characters((ALPHABETS.get(found[1], own),) * int(found[2] or 1))]
    names = ", ".join(ALPHABETS)
    raise SchemaError(
        f"the pattern {show_value(text)} has {{{inner[:MAX_SHOWN]}}}, which is none of its parts: "
        f"a choice such as {{a|b}}, a number such as {{0-255}}, or characters such as {{digit:4}} "
        f"or {{[ABC]:2}}; alphabets are {names}."
    )


def _count_bars(inner: str) -> int:
    return re.sub(r"\\.", "", inner, flags=re.DOTALL).count("|")


def _parse_number(low: str, high: str | None, text: str) -> Number:
    width = len(low) if low.startswith("0") else 1
    last = MAX_NUMBER if high is None else int(high)
    if last < int(low):
        raise SchemaError(
            f"the pattern {show_value(text)} has {{{low}-{high}}}, which ends before it begins."
        )
    return Number(int(low), None if high is None else last, width)
