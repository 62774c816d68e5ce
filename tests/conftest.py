"""Fixtures that every room's tests share: real data, a private home, a screen, and leak checks.

Nothing heavy is imported here: a test of pure rules must not wait for Qt or Keras.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.strictness.leaks", "tests.strictness.logs"]

CHECKOUT = Path(__file__).parents[1]

# One process has one QApplication, so the platform is chosen once, before Qt is asked for it. Tests
# marked `xvfb` start the program in a process of its own, on the screen `virtual_screen` gives.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Texts are compared in English, whatever the machine speaks.
os.environ["LANGUAGE"] = "en"
# Keras reads and creates its settings folder on import; it must not be the user's.
os.environ.setdefault("KERAS_HOME", str(CHECKOUT / "build" / "keras-home"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# A shared machine is slow at times, which is no fault of the code under test.
settings.register_profile("histoviewer", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("histoviewer")


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point every user folder (settings, logs, caches) into the test's own; not made until used."""
    home = tmp_path / "home"
    monkeypatch.setenv("HISTOVIEWER_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("HISTOVIEWER_LOG_DIR", str(home / "log"))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout."""
    override = os.environ.get("HISTOVIEWER_SHARED_DATA")
    places = [Path(override)] if override else [CHECKOUT.parent, CHECKOUT]
    for place in places:
        folder = place if override else place / "shared" / "data"
        if (folder / "unpack.py").is_file():
            return folder
    pytest.skip(
        "needs the real data: no shared/data folder beside the checkout; "
        "HISTOVIEWER_SHARED_DATA can name another place"
    )


@pytest.fixture(scope="session")
def pcam(shared_data: Path) -> Path:
    """Real PatchCamelyon tiles in the Kaggle layout. Never write to it."""
    return _unpacked(shared_data, "pcam")


@pytest.fixture(scope="session")
def idc(shared_data: Path) -> Path:
    """Real breast IDC tiles as patient / class / file. Never write to it."""
    return _unpacked(shared_data, "idc")


@pytest.fixture(scope="session")
def chest_xray(shared_data: Path) -> Path:
    """Real chest X-rays as train|test / class / file. Never write to it."""
    return _unpacked(shared_data, "chest_xray")


def _unpacked(shared_data: Path, name: str) -> Path:
    """Unpack one data set below build/, once for all runs; a broken attempt is begun again."""
    from filelock import FileLock

    cache = CHECKOUT / "build" / "test-data"
    folder, stamp = cache / name, cache / f"{name}.complete"
    archive = shared_data / f"{name}.tar"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{name}.lock"):  # several test runs may start at once
        version = f"{archive.stat().st_size}"
        if not stamp.is_file() or stamp.read_text() != version:
            shutil.rmtree(folder, ignore_errors=True)
            command = [sys.executable, str(shared_data / "unpack.py"), str(cache), name]
            subprocess.run(command, check=True, capture_output=True)
            stamp.write_text(version)
    return folder


@pytest.fixture(scope="session")
def virtual_screen() -> Iterator[Mapping[str, str]]:
    """A screen of 1600 x 1000 under Xvfb: the environment for a program that shall draw on it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs a virtual screen: Xvfb is for Linux")
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("needs a virtual screen: Xvfb is not installed (package 'xvfb')")
    number_out, number_in = os.pipe()
    command = [xvfb, "-displayfd", str(number_in), "-screen", "0", "1600x1000x24"]
    command += ["-nolisten", "tcp", "-noreset"]
    with (
        open(number_out) as numbers,  # noqa: PTH123 - a file descriptor, not a path
        subprocess.Popen(command, pass_fds=[number_in], stderr=subprocess.DEVNULL) as server,
    ):
        os.close(number_in)
        number = numbers.readline().strip()  # written when the screen is ready
        assert number, "Xvfb did not start"
        environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        yield environment
        server.terminate()


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what puts a driver's program that runs some shell onto the search path."""

    def put(shell: str) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{shell}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put
