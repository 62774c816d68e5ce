"""Entering a model among those of a project: its folder and its entry stay together."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from histoviewer.project.project import Project


@contextmanager
def entering(project: Project, model_id: str) -> Iterator[None]:
    """Enter a model, whose folder is there, in the block; where that fails no folder stays either.

    A folder without an entry is in no list: nobody would ever use or remove it.
    """
    try:
        yield
    except BaseException:
        shutil.rmtree(project.model_folder(model_id), ignore_errors=True)
        raise
