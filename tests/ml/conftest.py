"""What the tests of this room share: a small recipe, requests, and one trained model."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.ml import backend, work
from histoviewer.ml.requests import TrainRequest
from tests.ml.helpers import TINY, finish, make_request

PutTorch = Callable[..., None]


@pytest.fixture(scope="session")
def tiny() -> Recipe:
    return read_recipe(TINY, "tiny")


@pytest.fixture
def ask(tmp_path: Path, tiny: Recipe) -> Callable[..., TrainRequest]:
    """Return a maker of training requests on small tiles, of which anything can be changed."""

    def make(**changes: Any) -> TrainRequest:
        return make_request(**{"recipe": tiny, "folder": tmp_path / "run", **changes})

    return make


@pytest.fixture
def put_torch(monkeypatch: pytest.MonkeyPatch) -> PutTorch:
    """Return what puts a torch in the place of the backend that has a GPU of some kind, or none."""

    def put(kind: str, *, name: str = "GPU", count: int = 1) -> None:
        def facts(place: int) -> SimpleNamespace:
            title = name if count == 1 else f"{name} {place}"
            return SimpleNamespace(name=title, total_memory=16 << 30)

        def cards(of: str) -> SimpleNamespace:
            return SimpleNamespace(
                is_available=lambda: kind == of,
                device_count=lambda: count if kind == of else 0,
                get_device_properties=facts,
            )

        torch = SimpleNamespace(
            backends=SimpleNamespace(mps=cards("mps")), cuda=cards("cuda"), xpu=cards("xpu")
        )
        monkeypatch.setenv("KERAS_BACKEND", "torch")
        monkeypatch.delenv("KERAS_TORCH_DEVICE", raising=False)
        monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: name)
        monkeypatch.setattr(backend, "library", lambda: torch)

    return put


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny: Recipe) -> Path:
    """Return the folder of a finished run; not to be written to."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    finish(work.train(make_request(recipe=tiny, folder=folder, epochs=20), lambda: False))
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Keras and its tuner call numpy and threads the old way: nothing to be changed here."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            for old in ("__array__ implementation", r"currentThread\(\)", r"getName\(\)"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore:{old}:DeprecationWarning"))
