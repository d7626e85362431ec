"""The report of an evaluation: its results, in a terminal, in a notebook and as a page."""

from dataclasses import dataclass
from html import escape

from rich.console import RenderableType

from tabgan.evaluation.report.results import Results, Rows
from tabgan.evaluation.report.terminal import show
from tabgan.runtime.terminal_text import Escaped

__all__ = ["Report", "Rows"]


@dataclass(frozen=True)
class Report(Results):
    """Results that show themselves; what they are is said in `Results`."""

    def to_html(self) -> str:
        """Return one page that needs nothing else: verdicts, pictures, tables, where it comes from.

        The same report gives the same text.
        """
        from tabgan.evaluation.report.html import render  # noqa: PLC0415 - brings matplotlib

        return render(self)

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that notebook and report keep their styles."""
        return (
            f'<iframe title="Report of an evaluation" srcdoc="{escape(self.to_html())}" '
            'style="width: 100%; height: 85vh; border: 0"></iframe>'
        )

    def __rich__(self) -> RenderableType:
        """Return the report for a terminal: verdicts, notes, utility, fidelity, privacy."""
        return Escaped(show(self))
