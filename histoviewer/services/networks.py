"""The file of a model's network: where it is, and made again where it was cleared away.

A head is the network of its parent with another last layer. That layer is kept beside it, so its
file can go: whoever wants the network gets it again in a second or two.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from histoviewer.domain.arrays import Float32
from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.errors import InputError
from histoviewer.files import digest_of
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.head_files import HEAD_FILE, KeptHead
from histoviewer.ml.head_requests import GraftRequest
from histoviewer.ml.requests import MODEL_FILE, ProbeRequest
from histoviewer.project.project import Project

NEWEST_KEPT: Final = 3
EXPLANATIONS: Final = "explanations"

log = logging.getLogger(__name__)


def model_file(project: Project, model: ModelRecord) -> Path:
    """Return the path of a model's Keras file; of a head that may be cleared, see `Network`.

    Raises:
        InputError: Somebody removed it, or the model is an ensemble.
    """
    refuse_ensemble(model)
    path = _path(project, model)
    if not path.exists():
        raise InputError(
            f"The file of model {model.number} is missing: {path}.",
            "Choose another model or train again.",
        )
    return path


def refuse_ensemble(model: ModelRecord) -> None:
    """Raise `InputError` for a model without a network of its own."""
    if model.blend is not None:
        raise InputError(
            f"Model {model.number} is an ensemble and has no network of its own.",
            f"Choose one of its members: {', '.join(model.blend.members)}.",
        )


@dataclass(frozen=True, kw_only=True)
class Network:
    """A model's network while somebody uses it: see `network_in_use`.

    Args:
        project: Has the model.
        model: Any but an ensemble.
    """

    project: Project
    model: ModelRecord

    def file(self, environment: Mapping[str, str], *, lane: Lane = Lane.BATCH) -> Operation[Path]:
        """Return the path of the Keras file, made again first where it was cleared away.

        Args:
            environment: Of the compute process.
            lane: Where the jobs run beside which it is made.

        Raises:
            InputError: It is missing and cannot be made again, or the project is open for reading
                only.
        """
        project, model = self.project, self.model
        path = _path(project, model)
        if not path.exists() and _kept_head(project, model) is not None:
            if project.read_only:
                raise InputError(
                    f"The network of model {model.number} was cleared away, and the project is "
                    "open for reading only.",
                    "Open it where it can be written to: the network is made again when it is "
                    "used.",
                )
            yield Job(
                title="Putting the network of model {number} together again",
                facts={"number": model.number},
                target="histoviewer.ml.head_work:graft_head",
                request=GraftRequest(
                    head=path.with_name(HEAD_FILE), network=_parents(project, model), out=path
                ),
                lane=lane,
                environment=environment,
            )
        return model_file(project, model)

    def check(self, environment: Mapping[str, str]) -> Operation[Float32]:
        """Return the scores of the golden tiles: it computes.

        Raises:
            InputError: As `file` does; or it is damaged, or not one that Keras may read.
        """
        path = yield from self.file(environment)
        golden: Float32 = yield Job(
            title="Checking model {number}",
            facts={"number": self.model.number},
            target="histoviewer.ml.work:probe",
            request=ProbeRequest(model=path, tiles=golden_tiles(self.project.info.tile_size)),
            environment=environment,
        )
        return golden


@contextmanager
def network_in_use(project: Project, model: ModelRecord) -> Iterator[Network]:
    """Use a model's network in the block: its file stays from when it is asked for to the end.

    Raises:
        InputError: The model is an ensemble.
    """
    refuse_ensemble(model)
    with project.networks_in_use.use(model.id):
        yield Network(project=project, model=model)


def clear_networks(project: Project) -> None:
    """Remove the networks of earlier heads that can be made again; see `_wanted` for what stays.

    Labels, scores, records and what the gate found stay. A file that is in use, or cannot be
    removed now, as on Windows while it is read, goes the next time.
    """
    models = project.models()
    wanted = set(_wanted(project, models))
    for model in models:
        if model.id not in wanted and _path(project, model).exists():
            head = _kept_head(project, model)
            if head is not None and _stands_on(project, model, head):
                with project.networks_in_use.hold_off(model.id) as is_unused:
                    if is_unused:
                        _clear(project, model)


def _wanted(project: Project, models: list[ModelRecord]) -> Iterator[str]:
    """Yield the models whose networks somebody will want without asking for them by name.

    Every champion of the newest two, for who ranks now is explained, scores what is added and is
    trained further, and one step leads back; the newest heads, which are looked at and compared;
    and members of ensembles, which score whatever the ensemble scores.
    """
    champions = dict.fromkeys(record.model for record in reversed(project.champions()))
    yield from list(champions)[:2]
    heads = [model.id for model in models if model.kind is ModelKind.HEAD]
    yield from heads[-NEWEST_KEPT:]
    for model in models:
        if model.blend is not None:
            yield from model.blend.members


def _clear(project: Project, model: ModelRecord) -> None:
    path = _path(project, model)
    try:
        path.unlink()
    except OSError as error:
        log.info("the network of model %d stays for now: %s", model.number, error)
        return
    # They belong to the bytes of that file, and are few.
    shutil.rmtree(path.with_name(EXPLANATIONS), ignore_errors=True)


def _kept_head(project: Project, model: ModelRecord) -> KeptHead | None:
    """Return the last layer of a head; None of other models, and where it was not kept."""
    if model.kind is not ModelKind.HEAD or model.parent is None:
        return None
    return KeptHead.read(_path(project, model).with_name(HEAD_FILE))


def _stands_on(project: Project, model: ModelRecord, head: KeptHead) -> bool:
    """Return whether the network that a head was put into is there, and still the same."""
    network = _parents(project, model)
    return network.exists() and digest_of(network) == head.network


def _parents(project: Project, model: ModelRecord) -> Path:
    assert model.parent is not None, "a head stands on a network"
    return project.model_folder(model.parent) / MODEL_FILE


def _path(project: Project, model: ModelRecord) -> Path:
    return project.model_folder(model.id) / MODEL_FILE
