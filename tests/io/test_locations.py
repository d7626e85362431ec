"""Tables that are no files of this machine: standard input, pipes, servers of HTTP and S3."""

import io
import os
import shutil
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tabgan.errors import MissingExtraError, TableError
from tabgan.io import ReadOptions, find_source, read_table, write_table
from tabgan.io.locations import scheme_of

FRAME = pd.DataFrame({"city": ["Köln", "Ulm"], "n": [1, 2]})
CSV = FRAME.to_csv(index=False).encode()


def take_chunks(stream: io.BufferedIOBase) -> bytes:
    """Read what is sent in chunks, each behind its size, to the lines at the end."""
    chunks = []
    while size := int(stream.readline().partition(b";")[0], 16):
        chunks.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():
        pass
    return b"".join(chunks)


class Objects(BaseHTTPRequestHandler):
    """Files of a server, by path: read by HTTP, read and written as S3 does it."""

    store: ClassVar[dict[str, bytes]] = {}
    parts: ClassVar[dict[str, dict[int, bytes]]] = {}
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        data = self.store.get(urlsplit(self.path).path)
        if data is None:
            self.answer(404)
        else:
            self.answer(200, Content_Length=str(len(data)), ETag='"x"')

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/secret.csv":
            self.answer(403)
        elif path not in self.store:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif (span := self.headers.get("Range")) is not None:
            first, _, last = span.removeprefix("bytes=").partition("-")
            data = self.store[path]
            part = data[int(first) : int(last) + 1 if last else None]
            place = f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}"
            self.answer(206, part, Content_Range=place)
        else:
            self.answer(200, self.store[path])

    def do_PUT(self) -> None:
        url = urlsplit(self.path)
        body = self.read_body()
        query = parse_qs(url.query)
        if "partNumber" in query:
            self.parts.setdefault(url.path, {})[int(query["partNumber"][0])] = body
        else:
            self.store[url.path] = body
        self.answer(200, ETag='"x"')

    def do_POST(self) -> None:
        path, kind = urlsplit(self.path).path, "CompleteMultipartUpload"
        self.read_body()
        if "uploads" in self.path:
            kind = "InitiateMultipartUpload"
        else:
            parts = self.parts.pop(path)
            self.store[path] = b"".join(parts[number] for number in sorted(parts))
        body = f"<{kind}Result><UploadId>1</UploadId><ETag>x</ETag></{kind}Result>"
        self.answer(200, body.encode(), Content_Type="application/xml")

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = take_chunks(self.rfile)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_wrapped = "aws-chunked" in (self.headers.get("Content-Encoding") or "")
        return take_chunks(io.BytesIO(body)) if is_wrapped else body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serve(certificate: ssl.SSLContext | None = None) -> Iterator[int]:
    """Yield the port of a server of this machine."""
    Objects.store.clear()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Objects)
    http.daemon_threads = True
    if certificate is not None:
        http.socket = certificate.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield http.server_port
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[str]:
    with serve() as port:
        yield f"127.0.0.1:{port}"


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{server}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",  # of nobody
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    return server


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def pipe_in(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_is_read_as_often_as_it_takes(
    name: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe_in(CSV, monkeypatch)
    source = find_source(name)
    (copy,) = temporary.iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700  # the folder that it lies in
    for _ in range(2):
        assert [len(batch) for batch in source.iter_batches(1)] == [1, 1]
    pd.testing.assert_frame_equal(source.read(), FRAME)
    assert source.estimate_rows() == 3
    fingerprint = source.fingerprint()
    pipe_in(CSV, monkeypatch)
    assert find_source(name).fingerprint() == fingerprint
    del source
    assert list(temporary.iterdir()) == []


def test_standard_input_in_any_format(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suffix in (".parquet", ".jsonl", ".csv.gz", ".csv.zst", ".tsv"):
        write_table([FRAME], tmp_path / f"t{suffix}")
        pipe_in((tmp_path / f"t{suffix}").read_bytes(), monkeypatch)
        pd.testing.assert_frame_equal(read_table("-"), FRAME)
    pipe_in(b"", monkeypatch)
    with pytest.raises(TableError, match="the file 'standard input' is empty"):
        read_table("-")
    pipe_in(b"a,b\n1,2,3\n1,2,3\n", monkeypatch)
    with pytest.raises(TableError, match="'standard input' has rows with more values"):
        read_table("-")
    pipe_in(CSV, monkeypatch)
    with pytest.raises(TableError, match="'standard input' is text, and --format says parquet"):
        read_table("-", ReadOptions(format="parquet"))


def test_a_pipe_is_read_and_written(tmp_path: Path, temporary: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    thread = threading.Thread(target=lambda: pipe.write_bytes(CSV))
    thread.start()
    pd.testing.assert_frame_equal(read_table(pipe), FRAME)
    thread.join()
    thread = threading.Thread(target=write_table, args=([FRAME], pipe), kwargs={"format": "csv"})
    thread.start()
    assert pipe.read_bytes() == CSV
    thread.join()


@pytest.mark.parametrize("format_", ["csv", "tsv", "jsonl", "parquet", "feather"])
def test_standard_output_in_any_format(
    format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    write_table([FRAME], "-", format=format_)
    (tmp_path / "t").write_bytes(out.getvalue())
    pd.testing.assert_frame_equal(read_table(tmp_path / "t"), FRAME)


def test_http_is_read_and_not_written(server: str, temporary: Path) -> None:
    pytest.importorskip("aiohttp")
    Objects.store["/folder/t.csv"] = CSV
    address = f"http://{server}/folder/t.csv"
    source = find_source(f"{address}?raw=true")
    pd.testing.assert_frame_equal(source.read(), FRAME)
    assert source.name == f"{address}?raw=true"
    del source
    assert read_table(f"HTTP://{server}/folder/t.csv").equals(read_table(address))
    with pytest.raises(
        TableError, match=r"http://.*/no.csv' cannot be read: there is no such file"
    ):
        read_table(f"http://{server}/no.csv")
    with pytest.raises(TableError, match="the server answers 403"):
        read_table(f"http://{server}/secret.csv")
    with pytest.raises(TableError, match=r"nothing can be written to 'http://"):
        write_table([FRAME], address)
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing here makes a certificate")
def test_https_is_read_from_a_server_that_is_trusted(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key)]
    making = ["openssl", *words.split(), *names, "-out", str(certificate)]
    subprocess.run(making, check=True, capture_output=True)  # noqa: S603
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    read = "import sys; from tabgan.io import read_table; print(read_table(sys.argv[1]).shape)"
    with serve(context) as port:
        Objects.store["/t.csv"] = CSV
        address = f"https://localhost:{port}/t.csv"
        for trusted, code in (({"SSL_CERT_FILE": str(certificate)}, 0), ({}, 1)):
            command = [sys.executable, "-c", read, address]
            done = subprocess.run(  # noqa: S603
                command, env=os.environ | trusted, capture_output=True, text=True, check=False
            )
            assert done.returncode == code, done.stderr
            assert done.stdout == ("(2, 2)\n" if code == 0 else "")
    assert "TableError" in done.stderr
    assert "certificate verify failed" in done.stderr


def test_s3_is_read_and_written(s3: str, temporary: Path) -> None:
    Objects.store["/bucket/folder/t.csv"] = CSV
    pd.testing.assert_frame_equal(read_table("s3://bucket/folder/t.csv"), FRAME)
    for name in ("new.csv", "new.parquet", "new.jsonl.gz"):
        write_table([FRAME], f"s3://bucket/{name}")
        pd.testing.assert_frame_equal(read_table(f"s3://bucket/{name}"), FRAME)
    assert Objects.store["/bucket/new.csv"] == CSV
    assert pq.read_table(io.BytesIO(Objects.store["/bucket/new.parquet"])).num_rows == 2
    with pytest.raises(TableError, match=r"'s3://bucket/no.csv' cannot be read: there is no such"):
        read_table("s3://bucket/no.csv")
    assert list(temporary.iterdir()) == []


def test_schemes_that_are_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"begins with ftp://, which is not read; allowed are s3:"):
        read_table("ftp://host/t.csv")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(
        MissingExtraError, match=r"'https://host/t.csv' needs fsspec and aiohttp, w"
    ):
        read_table("https://host/t.csv")
    with pytest.raises(MissingExtraError, match=r"'gs://bucket/t.csv' needs fsspec and gcsfs"):
        read_table("gs://bucket/t.csv")
    (tmp_path / "a b.csv").write_bytes(CSV)
    address = (tmp_path / "a b.csv").as_uri()
    assert "%20" in address
    pd.testing.assert_frame_equal(read_table(address), FRAME)


def test_what_is_no_scheme() -> None:
    assert [scheme_of(name) for name in ("C:/t.csv", "a:b", "x/s3://t", "S3://b/t")] == [
        "",
        "",
        "",
        "s3",
    ]
