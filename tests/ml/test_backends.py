"""The same expectations under each backend that is installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# What computes with Keras. The rest of the room is numpy, is of TensorFlow alone (ONNX, out of
# memory), or asks of Keras what is the same under each backend: what a network consists of, what is
# in its file, when a run ends.
FILES = (
    "test_adapting.py",
    "test_augmentation.py",
    "test_averaging.py",
    "test_backbones.py",
    "test_building.py",
    "test_colour.py",
    "test_embedding.py",
    "test_explaining.py",
    "test_members.py",
    "test_orientations.py",
    "test_retraining.py",
    "test_scoring.py",
    "test_symmetry.py",
    "test_training.py",
)


@pytest.mark.backend
@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("name", ["torch", "jax"])
def test_the_room_passes_under_another_backend(name: str) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"the backend '{name}' is not installed: pip install histoviewer[{name}]")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *(str(HERE / file) for file in FILES)],
        cwd=HERE.parents[1],
        env={**os.environ, "KERAS_BACKEND": name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
