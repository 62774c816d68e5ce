"""Several devices share each batch."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.recipe import read_recipe
from histoviewer.ml import distributing
from histoviewer.ml.batches import halved, index_batches, multiple, plan_batches
from tests.ml.helpers import TINY

HERE = Path(__file__).parent

# Prints on how many devices the weights of a training lie, its batch, its AUC and some scores.
PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from histoviewer.domain.recipe import read_recipe
from histoviewer.ml import distributing, training, work
from histoviewer.ml.predicting import load_model, score_tiles
from histoviewer.ml.requests import ScoreRequest
from tests.ml.helpers import TINY, finish, make_request

fit, seen = training.train_epochs, {}

def watched(trainee, run, plan, request, *, until):
    fit(trainee, run, plan, request, until=until)
    weights = trainee.student.trainable_variables
    seen["devices"] = sorted({len(weight.value.sharding.device_set) for weight in weights})
    seen["batch"] = plan.batch

training.train_epochs = watched
folder = Path(sys.argv[1])
request = make_request(recipe=read_recipe(TINY, "tiny"), folder=folder / "run", epochs=3)
result, _ = finish(work.train(request, lambda: False))
model, out = request.folder / "model.keras", folder / "scores.npy"
asked = ScoreRequest(model=model, tiles=request.tiles, out=out, fingerprint="x", tta=False)
finish(work.score(asked, lambda: False))
alone = score_tiles(load_model(model), request.tiles, np.arange(51))
seen["auc"] = result.metrics["val_auc"]
seen["differ"] = float(np.abs(np.load(out)[:51] - alone).max())
seen["left"] = distributing.parts()
print(json.dumps(seen))
"""


@given(count=st.integers(0, 1000), parts=st.integers(1, 16))
def test_a_batch_is_a_multiple_of_the_devices(count: int, parts: int) -> None:
    found = multiple(count, parts)

    assert found % parts == 0
    assert found == parts or count - parts < found <= count


@given(parts=st.integers(1, 40), halvings=st.integers(0, 8))
def test_every_batch_of_a_plan_can_be_divided(parts: int, halvings: int) -> None:
    labels = (np.arange(30) % 2).astype(np.int8)
    none = np.empty(0, np.int64)
    recipe = read_recipe(TINY, "tiny")
    plan = plan_batches(recipe, train=np.arange(30), extra=none, labels=labels, parts=parts)
    for _ in range(halvings):
        plan = halved(plan)

    assert plan.batch % parts == 0
    assert len(next(index_batches(plan, seed=0))) == plan.batch


def test_one_device_divides_nothing() -> None:
    with distributing.distributed():
        assert distributing.parts() == distributing.device_count() == 1


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("devices", "batch"), [(2, 16), (3, 15)])
def test_jax_divides_each_batch_among_its_devices(devices: int, batch: int, tmp_path: Path) -> None:
    if importlib.util.find_spec("jax") is None:
        pytest.skip("the backend 'jax' is not installed: pip install histoviewer[jax]")
    flags = f"--xla_force_host_platform_device_count={devices}"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=HERE.parents[1],
        env={**os.environ, "KERAS_BACKEND": "jax", "XLA_FLAGS": flags},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])

    assert (seen["devices"], seen["batch"], seen["left"]) == ([devices], batch, 1)
    assert seen["auc"] > 0.9
    assert seen["differ"] < 1e-5
