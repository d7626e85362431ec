"""Temporary files: what they allow from their first byte on, and that none stays after a kill."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tabgan.errors import TableError
from tabgan.runtime.atomic_write import atomic_write
from tabgan.runtime.leftovers import SCRATCH_PREFIX, remove_scratch_folders, scratch_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o644, 0o666, 0o444])
def test_a_rewritten_file_never_allows_more_than_before(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("old")
    path.chmod(kept)
    with atomic_write(path) as temporary:
        assert mode(temporary) == kept | 0o600  # its owner writes it
        temporary.write_text("new")
        assert mode(temporary) == kept | 0o600
    assert (mode(path), path.read_text()) == (kept, "new")


def test_a_new_file_follows_the_umask_or_the_file_it_belongs_to(tmp_path: Path) -> None:
    model = tmp_path / "m"
    before = os.umask(0o027)
    try:
        with atomic_write(model) as temporary:
            assert mode(temporary) == 0o640
    finally:
        os.umask(before)
    model.chmod(0o600)
    with atomic_write(tmp_path / "m.checkpoint", like=model) as temporary:
        assert mode(temporary) == 0o600
    assert mode(tmp_path / "m.checkpoint") == 0o600


def test_a_name_that_is_taken_by_a_link_or_a_pipe_is_not_followed(tmp_path: Path) -> None:
    path, other = tmp_path / "x", tmp_path / "other"
    other.write_text("mine")
    with atomic_write(path) as temporary:
        beginning = temporary.name.split(".")[1]
    os.mkfifo(tmp_path / f".{beginning}.00.tmp")
    (tmp_path / f".{beginning}.01.tmp").symlink_to(other)
    with atomic_write(path) as temporary:
        temporary.write_text("new")
    assert (other.read_text(), path.read_text()) == ("mine", "new")


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "loop"])
def test_paths_that_cannot_be_are_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(TableError, match="cannot be written"), atomic_write(tmp_path / name):
        pass


def test_scratch_folders_go_with_the_block_and_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = (
        "import os, signal; from tabgan.runtime.leftovers import scratch_folder\n"
        "with scratch_folder() as folder:\n"
        "    (folder / 'rows').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    (tmp_path / "mine").mkdir()
    with scratch_folder() as used:
        assert not left.exists()
        assert used.name.startswith(SCRATCH_PREFIX)
        assert mode(used) == 0o700
        remove_scratch_folders()
        assert used.exists()  # in use
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
