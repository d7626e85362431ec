"""Names of all that is called with brackets: `round(x, 1)`, `left(code, 2)`, `count(...)`."""

from tabgan.query import calendar_parts
from tabgan.query.functions import FUNCTIONS
from tabgan.query.text_functions import TEXT_FUNCTIONS

COUNT = "count"
FUNCTION_NAMES = frozenset({*FUNCTIONS, *TEXT_FUNCTIONS, *calendar_parts.FUNCTION_NAMES, COUNT})
