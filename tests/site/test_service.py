"""The example of a service, over real HTTP."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from tests.conftest import ROOT

pytest.importorskip("fastapi", reason="the example's packages are absent")
START_TRIES = 600


def multipart(fields):
    """A form as browsers send it: names to texts, or to bytes of a file."""
    mark = secrets.token_hex(16)
    parts = []
    for name, value in fields.items():
        is_file = isinstance(value, bytes)
        about = f'; filename="{name}.png"\r\nContent-Type: application/octet-stream' if is_file else ""
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'
        parts += [head.encode(), value if is_file else str(value).encode(), b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Send a request to a service that runs: status and answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("service")
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"]
    surroundings = {**os.environ, "SERVICE_GALLERY": str(folder / "test.gallery"), "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(command, cwd=ROOT / "examples" / "service", env=surroundings)

    def request(method, path, **fields):
        data, kind = multipart(fields) if fields else (None, "text/plain")
        made = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", data=data, method=method, headers={"Content-Type": kind}
        )
        try:
            with urllib.request.urlopen(made) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    for _ in range(START_TRIES):  # kernels are compiled before it listens
        try:
            request("GET", "/health")
            break
        except urllib.error.URLError:
            assert process.poll() is None, "the service ended"
            time.sleep(0.5)
    yield request
    process.terminate()
    assert process.wait() in (0, -15)


@pytest.fixture(scope="module")
def prints(samples_folder):
    return {name: (samples_folder / f"{name}.png").read_bytes() for name in ("9_1", "9_2", "1_1", "1_2")}


def test_a_print_is_enrolled_found_and_removed(ask, prints):
    status, answer = ask("PUT", "/prints/nine", image=prints["9_1"])
    assert (status, answer["key"]) == (201, "nine")
    assert ask("PUT", "/prints/one", image=prints["1_1"], ppi=500)[0] == 201
    assert ask("GET", "/health")[1]["prints"] == 2
    status, found = ask("POST", "/identify", image=prints["9_2"])
    assert (status, found["outcome"], found["candidates"][0]["key"]) == (200, "hit", "nine")
    assert found["receipt"]["searched"] == 2
    assert ask("DELETE", "/prints/nine")[0] == 204
    assert ask("POST", "/identify", image=prints["9_2"])[1]["outcome"] == "no hit"


def test_two_prints_are_compared(ask, prints):
    assert ask("POST", "/verify", first=prints["9_1"], second=prints["9_2"])[1]["is_match"] is True
    assert ask("POST", "/verify", first=prints["9_1"], second=prints["1_2"], max_fmr=1e-4)[1]["is_match"] is False


def test_what_cannot_be_done_says_why(ask, prints):
    assert ask("PUT", "/prints/twice", image=prints["9_1"])[0] == 201
    status, answer = ask("PUT", "/prints/twice", image=prints["9_1"])
    assert (status, answer["error"]) == (409, "DuplicateKey")
    assert ask("DELETE", "/prints/nobody")[0] == 404
    status, answer = ask("POST", "/identify", image=b"no image")
    assert (status, answer["error"]) == (415, "UnreadableImage")
    status, answer = ask("POST", "/identify", image=bytes(9_000_000))
    assert status == 415
    assert "file_bytes" in answer["detail"]
    assert ask("POST", "/verify", first=prints["9_1"], second=prints["9_2"], max_fmr=3)[0] == 400
    assert ask("POST", "/identify")[0] == 422
