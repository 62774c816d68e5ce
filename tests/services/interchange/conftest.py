"""Machines that exchange verdicts: sessions over the same few tiles."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.opinions import read_opinions
from histoviewer.files import whole_file
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.interchange.history_csv import write_history
from histoviewer.services.interchange.importing import ImportOutcome, import_verdicts
from histoviewer.services.interchange.snapshot import Snapshot
from histoviewer.services.reviewing import ReviewSession
from tests.operations import perform

GIVEN = [0, 1, 0, 1, -1, 0]


def snapshot_of(session: ReviewSession, root: Path = Path("/data/slides")) -> Snapshot:
    """Return what an export of a session would write."""
    return Snapshot(
        name="slides",
        root=root,
        tiles=session.tiles,
        classes=session.classes,
        batches=tuple(session.log.batches),
        model="001-test",
        scores=session.scores,
        threshold=session.threshold,
    )


def carry(source: ReviewSession, target: ReviewSession, path: Path) -> ImportOutcome:
    """Export the history of one session and import it into another."""
    with whole_file(path) as stream:
        write_history(snapshot_of(source), stream)
    return import_verdicts(session=target, path=path)


def labels_of(session: ReviewSession) -> tuple[object, ...]:
    """Return labels, skips and flags as plain values."""
    states = session.states
    columns = (session.effective, states.decided, states.skipped, states.flagged)
    return tuple(column.tolist() for column in columns)


def opinions_of(session: ReviewSession) -> dict[str, list[int]]:
    """Return what each reader thinks, without those who think nothing."""
    found = read_opinions(session.log)
    rows = zip(found.readers, np.asarray(found.labels).tolist(), strict=True)
    return {reader: labels for reader, labels in rows if set(labels) != {-1}}


@pytest.fixture(scope="session")
def packed_path(small_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packed project of the small set. Copy it before opening it."""
    path = tmp_path_factory.mktemp("interchange") / "small.histo"
    options = ImportOptions(groups=small_set / "groups.csv")
    perform(import_dataset(dataset=small_set, path=path, options=options))
    return path


@pytest.fixture
def project_path(packed_path: Path, tmp_path: Path) -> Path:
    """A packed project of the test's own."""
    return Path(shutil.copytree(packed_path, tmp_path / "small.histo"))


@pytest.fixture
def machine(make_session) -> Callable[[str], ReviewSession]:
    """Makes a session of a reader on a machine of their own; all over the same tiles."""

    def make(reader: str) -> ReviewSession:
        session, _ = make_session(given=GIVEN, scores=[0.1, 0.9, 0.8, 0.2, 0.6, float("nan")])
        session.reader = reader
        return session

    return make
