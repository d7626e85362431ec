"""One file a model: safetensors, with everything that is no array as JSON in its header. No pickle.

Nested values are split into arrays, which are stored as tensors under the path that leads to them
("encoders/3/knots"), and the rest, in which "@" names the tensor that belongs there.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from tabgan.errors import ModelFileError, reason
from tabgan.runtime.atomic_write import atomic_write
from tabgan.state_reader import MAX_SHOWN, REFUSALS

FORMAT_VERSION = 2
HEADER = "tabgan"
MAX_HEADER = 2**25  # characters
MAX_DEPTH = 64  # of values within values
CHECKPOINT_KIND = "checkpoint"  # of the file of a running fit; a model has none


def write_model(path: Path, content: Mapping[str, Any], like: Path | None = None) -> None:
    """Write nested plain values and NumPy arrays as one model file, whole or not at all.

    Its permissions are those of the file that it replaces, or of the file `like`.

    Raises:
        ModelFileError: The file cannot be written, or the disk is full.
    """
    tensors: dict[str, np.ndarray[Any, Any]] = {}
    plain = _extract_arrays(dict(content), "", tensors)
    header = {"format_version": FORMAT_VERSION, "checksum": _checksum(tensors), **plain}
    header["header_checksum"] = _checksum_header(json.loads(json.dumps(header)))
    text = json.dumps(header)
    if len(text) > MAX_HEADER:
        raise ModelFileError(
            f"{path} would hold {len(text) >> 20:,} MiB of levels, relations and the like, more "
            f"than the {MAX_HEADER >> 20} MiB that are read; leave columns out, or merge levels."
        )
    with atomic_write(path, ModelFileError, like) as temporary:
        temporary.write_bytes(save(tensors, metadata={HEADER: text}))


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file of this content would be read as, without writing one.

    Raises:
        TypeError, ValueError: It holds what no file can.
    """
    tensors: dict[str, np.ndarray[Any, Any]] = {}
    plain = json.loads(json.dumps(_extract_arrays(dict(content), "", tensors)))
    return {name: _insert_arrays(value, tensors) for name, value in plain.items()}


def read_model(path: Path) -> dict[str, Any]:
    """Read what `write_model` wrote.

    Raises:
        ModelFileError: There is no such file, it is no tabgan model, is damaged, or was written in
            a format that this release does not read.
    """
    header = read_header(path)
    _check_depth(path, header)
    header_checksum = header.pop("header_checksum", None)  # older files have none
    if header_checksum is not None and header_checksum != _checksum_header(header):
        raise ModelFileError(f"{path} is damaged: its header is not the one written; fit again.")
    try:
        with safe_open(path, framework="np") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, *REFUSALS) as error:  # NumPy lacks some dtypes
        raise ModelFileError(f"{path} is damaged ({reason(error)}); fit again.") from error
    if header.get("checksum") != _checksum(tensors):
        raise ModelFileError(f"{path} is damaged: its numbers are not those written; fit again.")
    try:
        content = {name: _insert_arrays(value, tensors) for name, value in header.items()}
    except (KeyError, TypeError) as error:
        raise ModelFileError(f"{path} is damaged: it lacks arrays; fit again.") from error
    if tensors:
        name = min(tensors)[:MAX_SHOWN]
        raise ModelFileError(f"{path} is damaged: no field has its array {name!r}; fit again.")
    return content


def read_header(path: Path) -> dict[str, Any]:
    """Read the plain values of a model file, without its arrays.

    Raises:
        ModelFileError: As for `read_model`.
    """
    if not path.exists():
        raise ModelFileError(f"there is no model file {path}; `tabgan fit TABLE` writes one.")
    if not path.is_file():
        raise ModelFileError(_explain_other_file(path))
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
        text = metadata[HEADER]
        header = json.loads(text) if len(text) <= MAX_HEADER else None
    except (SafetensorError, OSError, KeyError, ValueError, RecursionError) as error:
        raise ModelFileError(_explain_other_file(path)) from error
    if not isinstance(header, dict):
        raise ModelFileError(f"{path} is damaged: its header is none of a model; fit again.")
    version = header.get("format_version")
    if version != FORMAT_VERSION:
        age = "a newer" if isinstance(version, int) and version > FORMAT_VERSION else "another"
        raise ModelFileError(
            f"{path} has format version {version!r} of {age} release of tabgan; "
            f"this one reads version {FORMAT_VERSION}."
        )
    return dict(header)


def is_model_file(path: Path) -> bool:
    """Return whether a file looks like a tabgan model, whole or not; a pipe is left unread."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError:
        return False
    if len(start) < 9:
        return False
    (length,) = struct.unpack("<Q", start[:8])
    return length < 2**32 and start[8:9] == b"{" and f'"{HEADER}"'.encode() in start


def _check_depth(path: Path, header: object) -> None:
    """Refuse values that are nested deeper than those of any model.

    Raises:
        ModelFileError: They are.
    """
    level = [header]
    for _ in range(MAX_DEPTH):
        containers = (value for value in level if isinstance(value, dict | list))
        level = [
            inner
            for value in containers
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    if level:
        raise ModelFileError(f"{path} is damaged: its header has no end of levels; fit again.")


def _checksum(tensors: Mapping[str, np.ndarray[Any, Any]]) -> str:
    """Return the SHA-256 of all arrays, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + np.ascontiguousarray(tensors[name]).tobytes())
    return digest.hexdigest()


def _checksum_header(header: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is no array."""
    return hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()


def _explain_other_file(path: Path) -> str:
    """Return a sentence that says what stands where a model should."""
    if path.is_dir():
        return f"{path} is a folder, not a model; give a file that `tabgan fit` wrote."
    if is_model_file(path):
        return f"{path} is a tabgan model that was cut short or damaged; fit again."
    return f"{path} is no tabgan model; give a file that `tabgan fit` wrote."


def _extract_arrays(value: Any, path: str, tensors: dict[str, np.ndarray[Any, Any]]) -> Any:
    """Move the arrays inside `value` to `tensors`, leaving their names."""
    if isinstance(value, np.ndarray):
        tensors[path] = np.ascontiguousarray(value)
        return {"@": path}
    if isinstance(value, Mapping):
        return {
            key: _extract_arrays(v, f"{path}/{key}".strip("/"), tensors) for key, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_extract_arrays(v, f"{path}/{i}".strip("/"), tensors) for i, v in enumerate(value)]
    return value


def _insert_arrays(value: Any, tensors: dict[str, np.ndarray[Any, Any]]) -> Any:
    """Move the arrays of `tensors` into the values: undo `_extract_arrays`.

    Each has one place, so that no file makes more of an array than it holds.
    """
    if isinstance(value, dict):
        if value.keys() == {"@"}:
            return tensors.pop(value["@"])
        return {key: _insert_arrays(v, tensors) for key, v in value.items()}
    if isinstance(value, list):
        return [_insert_arrays(v, tensors) for v in value]
    return value
