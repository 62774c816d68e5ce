"""What the window reads from an open project besides its tiles: models and recipes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InUseError, StorageError, UserError

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.recipe import Recipe
    from histoviewer.project.project import Project
    from histoviewer.services.opening import Workspace
    from histoviewer.services.ranking import Ranking
    from histoviewer.ui.saving import Saver


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """The models of a project and what ranks its grid now.

    Args:
        models: All models in the order of their numbers.
        ranking: The champion and its scores.
    """

    models: Sequence[ModelRecord]
    ranking: "Ranking"


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A project that was opened in the background.

    Args:
        workspace: The open project.
        standing: Its models.
        recipes: The recipes that can be trained.
        has_sample: Whether the data set came with a sample submission.
        read_only_because: Why nothing can be written to it; None where it can.
    """

    workspace: "Workspace"
    standing: Standing
    recipes: Sequence["Recipe"]
    has_sample: bool
    read_only_because: UserError | None = None


def is_project(path: Path) -> bool:
    """Return whether a folder is a project rather than a data set."""
    from histoviewer.project.folder import ProjectFolder

    return ProjectFolder(path).exists()


def open_project(path: Path, *, reader: str, saver: "Saver") -> Opened:
    """Open a project. Any thread but the UI thread: reads files, imports SQLAlchemy and OpenCV.

    A project that is open elsewhere, or that the disk lets nobody write to, is opened for reading
    only: a reader may look at it, and is told why.

    Raises:
        UserError: It is not a project, is newer than this program, or cannot even be read.
    """
    try:
        return _open_to_write(path, reader=reader, saver=saver)
    except (InUseError, StorageError) as reason:
        return _open_to_read(path, reader=reader, reason=reason)


def _open_to_write(path: Path, *, reader: str, saver: "Saver") -> Opened:
    from histoviewer.services.opening import open_workspace

    try:
        workspace = open_workspace(path, reader=reader, record_with=saver.record_with)
        return _read_rest(workspace)
    except BaseException:
        if writer := saver.detach():  # it is started before all is read
            writer.close()
        raise


def _open_to_read(path: Path, *, reader: str, reason: UserError) -> Opened:
    from histoviewer.services.opening import open_workspace

    try:
        workspace = open_workspace(path, reader=reader, read_only=True)
    except StorageError:
        raise reason from None  # the same again: what kept it from being written to says more
    return _read_rest(workspace, read_only_because=reason)


def _read_rest(workspace: "Workspace", *, read_only_because: UserError | None = None) -> Opened:
    """Return what is read of an open project besides its tiles; close it where that fails."""
    from histoviewer.domain.recipe import load_recipes

    try:
        workspace.session.tiles.prepare()  # kept there: nobody in the window must wait for it
        return Opened(
            workspace=workspace,
            standing=Standing(models=workspace.project.models(), ranking=workspace.session.ranking),
            recipes=load_recipes(),
            has_sample=bool(workspace.project.sample_ids()),
            read_only_because=read_only_because,
        )
    except BaseException:
        workspace.close()
        raise


def read_standing(project: "Project") -> Standing:
    """Return the models of a project and its ranking. Any thread but the UI thread."""
    from histoviewer.services.ranking import read_ranking

    return Standing(models=project.models(), ranking=read_ranking(project))


def ranks_alike(one: "Ranking", other: "Ranking") -> bool:
    """Return whether two rankings are the same model with the same scores."""
    ids = [None if ranking.model is None else ranking.model.id for ranking in (one, other)]
    return ids[0] == ids[1] and np.array_equal(one.scores, other.scores, equal_nan=True)
