"""The files that a report is written to: a page and figures, opened before the work begins."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tabgan.errors import SettingError, reason
from tabgan.evaluation import ImputationReport, Report
from tabgan.io import is_stream
from tabgan.runtime.atomic_write import atomic_write

PAGES = (".html", ".htm")
AnyReport = Report | ImputationReport


@contextmanager
def report_files(page: Path | None, figures: Path | None) -> Iterator[Callable[[AnyReport], None]]:
    """Yield a function that writes a report to both files; those of before stay if the work fails.

    Raises:
        SettingError: The page's suffix is none of PAGES, or both are one file.
        TabganError: A file cannot be written.
    """
    if page is not None and page.suffix.lower() not in PAGES and not is_stream(str(page)):
        raise SettingError(
            f"the page of a report cannot be written to '{page}': give -o a name that ends in "
            f"{' or '.join(PAGES)}; --json writes the figures."
        )
    is_one = page is not None and figures is not None and page.resolve() == figures.resolve()
    if page is not None and is_one and not is_stream(str(page)):
        raise SettingError(
            f"-o and --json both name '{page}'; give --json another name, such as "
            f"'{page.with_suffix('.json').name}'."
        )
    with ExitStack() as files:
        opened = [
            (files.enter_context(_open(path)), text_of)
            for path, text_of in ((page, _page), (figures, _figures))
            if path is not None
        ]

        def write(report: AnyReport) -> None:
            for temporary, text_of in opened:
                temporary.write_text(text_of(report), encoding="utf-8")

        yield write


@contextmanager
def _open(path: Path) -> Iterator[Path]:
    """Yield what to write to: a file beside `path`, or a pipe or device itself."""
    if not is_stream(str(path)):
        with atomic_write(path, SettingError) as temporary:
            yield temporary
        return
    try:
        yield path
    except OSError as error:
        raise SettingError(f"'{path}' cannot be written: {reason(error)}.") from error


def _page(report: AnyReport) -> str:
    return report.to_html()


def _figures(report: AnyReport) -> str:
    return json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
