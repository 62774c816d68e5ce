"""Nothing heavy on the way to the window: TensorFlow alone would cost four seconds."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "tensorflow",
    "keras",
    "sklearn",
    "pandas",
    "torch",
    "jax",
    "cleanlab",
    "faiss",
    "umap",
    "numba",
)
SCRIPT = """
import importlib, json, sys
for name in sys.argv[1].split(","):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def imported_by(*modules: str) -> set[str]:
    """Names of all modules loaded in a fresh interpreter after importing some."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, ",".join(modules)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ended.stdout))


def all_of(package: str) -> list[str]:
    """A package and every module in it, but for what Alembic runs by itself."""
    script = (
        "import pkgutil, sys, importlib; package = importlib.import_module(sys.argv[1]);"
        "print(package.__name__);"
        "[print(m.name) for m in pkgutil.walk_packages(package.__path__, package.__name__ + '.')]"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, package], capture_output=True, text=True, check=True
    )
    return [name for name in ended.stdout.split() if ".migrations." not in name]


@pytest.mark.parametrize("room", ["ui", "services", "cli", "tiles", "project", "jobs", "domain"])
def test_no_module_of_a_room_imports_anything_heavy(room: str) -> None:
    loaded = imported_by(*all_of(f"histoviewer.{room}"))

    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("room", ["services", "tiles", "project", "jobs", "domain"])
def test_no_room_below_the_window_imports_qt(room: str) -> None:
    assert "PySide6" not in imported_by(*all_of(f"histoviewer.{room}"))


def test_the_compute_process_starts_with_the_standard_library_alone() -> None:
    loaded = imported_by("histoviewer.jobs.child")

    assert loaded.isdisjoint({*HEAVY, "numpy", "PySide6", "cv2", "sqlalchemy"})


def test_a_verb_that_needs_no_window_does_not_import_qt() -> None:
    assert "PySide6" not in imported_by("histoviewer.cli")
