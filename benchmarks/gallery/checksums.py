"""Numbers that end in a checksum, made and checked: cards, books, bank accounts."""

import numpy as np

Generator = np.random.Generator


def digits(rng: Generator, n: int) -> str:
    """Return random digits."""
    return "".join(map(str, rng.integers(0, 10, n)))


def luhn_sum(value: str) -> int:
    """Return the sum of Luhn's check, which ends in 0 for a right number.

    >>> luhn_sum("79927398713")
    70
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(value))]
    return sum(digit - 9 * (digit > 9) for digit in doubled)


def write_card(rng: Generator, _: int) -> str:
    """Return sixteen digits, the last of which is Luhn's."""
    body = str(rng.choice(["4539", "4716", "4024"], p=[0.6, 0.3, 0.1])) + digits(rng, 11)
    return body + str(-luhn_sum(f"{body}0") % 10)


def isbn_sum(value: str) -> int:
    """Return the weighted sum of an ISBN-13, which ends in 0 for a right one.

    >>> isbn_sum("9783161484100")
    100
    """
    return sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(value))


def write_isbn(rng: Generator, _: int) -> str:
    """Return an ISBN-13 of one of three groups."""
    body = "978" + str(rng.choice(["0", "1", "3"], p=[0.5, 0.2, 0.3])) + digits(rng, 8)
    return body + str(-isbn_sum(f"{body}0") % 10)


def iban_remainder(value: str) -> int:
    """Return the remainder of an IBAN, which is 1 for a right one.

    >>> iban_remainder("DE89370400440532013000")
    1
    """
    return int("".join(str(int(sign, 36)) for sign in value[4:] + value[:4])) % 97


def write_iban(rng: Generator, _: int) -> str:
    """Return an account of one of four banks."""
    body = str(rng.choice(["37040044", "10000000", "50010517", "20041133"])) + digits(rng, 10)
    return f"DE{98 - iban_remainder(f'DE00{body}'):02d}{body}"
