"""What may stand before and behind a number as its unit: currencies, percent, words.

>>> is_currency("US$"), is_unit(" kmpl"), is_unit("-VHVEG")
(True, True, False)
"""

import re
import unicodedata
from collections.abc import Collection

from tabgan.schema.text.numbers.numeral import BLANKS

MAX_UNIT_LENGTH = 24  # characters; longer texts behind numbers are sentences
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN
    BWP BYN BZD CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DEM DJF DKK DOP DZD EGP ERN ETB ETH EUR
    FJD FKP FRF GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK ITL JMD
    JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RMB RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY
    TTD TWD TZS UAH UGX USD USDT UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
_NAMES = """
    zł kr kr. Kr Kr. Kč Ft Fr Fr. SFr SFr. Rs Rs. Rp Rp. RM lei Lei Tk TL S/ S/. Bs Bs. Ksh KSh
    \u0440\u0443\u0431 \u0440\u0443\u0431. \u043b\u0432 \u043b\u0432.
"""
_NO_UNITS = """
    st nd rd th am pm a.m. p.m. jan feb mar apr may jun jul aug sep sept oct nov dec january
    february march april june july august september october november december
"""
CURRENCIES = frozenset((_CODES + _NAMES).split())
NO_UNITS = frozenset(_NO_UNITS.split())  # ordinals, halves of the day, months: no measures
_SIGNS = "%‰°\"'\u2032\u2033"
_POWER = re.compile(r"[a-zA-Z]{1,3}[23]")  # m2, cm3
_RATE = re.compile(rf"/[{BLANKS}]*[^\W\d_][^\W\d_{BLANKS}.]{{0,11}}\.?|/-|/=")  # Rs. 500/-
_MAGNITUDES = frozenset("KMBTG")  # thousands, millions, billions


def is_currency(text: str) -> bool:
    """Return whether a text without blanks around is a currency's sign, code or short name."""
    if text in CURRENCIES:
        return True
    head, sign = text[:-1].rstrip(BLANKS), text[-1:]
    is_sign = bool(sign) and unicodedata.category(sign) == "Sc"
    return is_sign and re.fullmatch(r"(?:[A-Z]{1,3}\.?)?", head) is not None


def is_rate(behind: str) -> bool:
    """Return whether a text behind an amount of money says per what: an hour, a night, a piece.

    >>> is_rate("/hr"), is_rate(" / kg"), is_rate("/-"), is_rate("/2")
    (True, True, True, False)
    """
    return _RATE.fullmatch(behind.strip(BLANKS)) is not None


def is_amount(unit: str) -> bool:
    """Return whether a unit is a currency, perhaps with a magnitude, or percent: no keys have it.

    >>> is_amount("$ M"), is_amount("km")
    (True, False)
    """
    return unit.startswith(("%", "‰")) or any(is_currency(part) for part in [unit, *unit.split()])


def is_unit(behind: str) -> bool:
    """Return whether a text behind numbers, blanks around it included, may be their unit.

    It begins with a letter, a sign such as % or °, or a currency; codes go on with a dash, a slash,
    a colon or more digits instead.
    """
    text = behind.strip(BLANKS)
    if not text:
        return True
    if len(text) > MAX_UNIT_LENGTH or set(text) & set(";|#@_\n\t\\"):
        return False
    if behind[0] not in BLANKS and any(map(str.isdigit, text)) and not _POWER.fullmatch(text):
        return False
    first = text[0]
    begins = first.isalpha() or first in _SIGNS or unicodedata.category(first) in {"Sc", "So"}
    return begins and not {text.lower(), text.lower().strip(".,")} & NO_UNITS


def are_codes(units: Collection[str]) -> bool:
    """Return whether what stands behind numbers, different in different rows, makes codes of them.

    Codes have one capital letter at once behind the number, such as the seats 12A and 14F, or have
    digits in what varies. `€1.2M` beside `€350K` are numbers.
    """
    texts = {unit for unit in units if unit}
    if len(units) < 2:
        return False
    if any(character.isdigit() for text in texts for character in text):
        return True
    letters = {text for text in texts if len(text) == 1 and text.isupper()}
    return bool(letters - _MAGNITUDES)
