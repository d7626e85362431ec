"""What a report is written to; its content is tested beside the evaluation."""

from pathlib import Path
from typing import cast

import pytest
from tabgan_cli.report_files import report_files

from tabgan.errors import SettingError
from tabgan.evaluation import Report


class Found:
    """A report as far as files are concerned."""

    def to_html(self) -> str:
        return "<p>é</p>"

    def to_dict(self) -> dict[str, str]:
        return {"verdict": "é"}


FOUND = cast("Report", Found())


@pytest.mark.parametrize("name", ["report.html", "report.HTM"])
def test_writes_page_and_figures(tmp_path: Path, name: str) -> None:
    with report_files(tmp_path / name, tmp_path / "report.json") as write:
        write(FOUND)
    assert (tmp_path / name).read_text(encoding="utf-8") == "<p>é</p>"
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == '{\n  "verdict": "é"\n}\n'
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_written_where_nothing_is_asked_for(tmp_path: Path) -> None:
    with report_files(None, None) as write:
        write(FOUND)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.html.gz", "-"])
def test_other_names_are_refused_before_the_work(tmp_path: Path, name: str) -> None:
    with (
        pytest.raises(SettingError, match=r"give -o a name that ends in \.html or \.htm; --json"),
        report_files(tmp_path / name, tmp_path / "report.json"),
    ):
        pytest.fail("the work began")
    assert not list(tmp_path.iterdir())


def test_a_path_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    for page, figures in (("none/report.html", "a.json"), ("report.html", "none/a.json")):
        with (
            pytest.raises(SettingError, match="there is no folder"),
            report_files(tmp_path / page, tmp_path / figures),
        ):
            pytest.fail("the work began")
        assert not list(tmp_path.iterdir())


def test_page_and_figures_are_two_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    figures = tmp_path / "folder" / ".." / "report.html"
    with (
        pytest.raises(
            SettingError, match=r"both name '.*report.html'; give --json .*'report.json'"
        ),
        report_files(tmp_path / "report.html", figures),
    ):
        pytest.fail("the work began")


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), report_files(page, tmp_path / "report.json"):
        raise ZeroDivisionError
    assert page.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [page]
