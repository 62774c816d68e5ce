"""Writing verdicts for other machines and programs, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from histoviewer.errors import InputError, storage_error
from histoviewer.files import is_there, whole_file, whole_folder
from histoviewer.jobs.job import Operation
from histoviewer.services.interchange.fiftyone import write_fiftyone
from histoviewer.services.interchange.forms import Form
from histoviewer.services.interchange.history_csv import write_history
from histoviewer.services.interchange.history_json import write_json
from histoviewer.services.interchange.images import Images, find_images
from histoviewer.services.interchange.label_studio import write_label_studio
from histoviewer.services.interchange.snapshot import Snapshot
from histoviewer.services.opening import Workspace

_FILES: Final[dict[Form, Callable[[Snapshot, BinaryIO], int]]] = {
    Form.CSV: write_history,
    Form.JSON: write_json,
}
_FOLDERS: Final[dict[Form, Callable[[Snapshot, Images, Path], None]]] = {
    Form.LABEL_STUDIO: write_label_studio,
    Form.FIFTYONE: write_fiftyone,
}


@dataclass(frozen=True, kw_only=True)
class VerdictExport:
    """What was written.

    Args:
        path: The file or folder.
        form: Its form.
        rows: Verdicts in a CSV file, else tiles.
        copied: Whether the tiles were copied as PNG.
        unreadable: Ids of the tiles left out because they cannot be read.
    """

    path: Path
    form: Form
    rows: int
    copied: bool = False
    unreadable: tuple[str, ...] = ()

    @property
    def counts_verdicts(self) -> bool:
        """Return whether `rows` counts verdicts rather than tiles."""
        return self.form is Form.CSV


def export_verdicts(
    *, workspace: Workspace, out: Path, form: Form, all_tiles: bool = False
) -> Operation[VerdictExport]:
    """Write the verdicts of a project. The code before the first step runs in the session's thread.

    Args:
        workspace: The open project.
        out: The file, or the folder, to write. A file is replaced; a folder must be new or empty.
        form: In which form.
        all_tiles: Also tiles that nobody has looked at; for the forms that are folders.

    Raises:
        InputError: There is nothing to write, or something is in the way.
        StorageError: It cannot be written; what was there is left as it was.
    """
    if all_tiles and not form.is_folder:
        raise InputError(
            f"The form {form} lists verdicts, so it has nothing to say of the other tiles.",
            f"All tiles can be exported as {Form.LABEL_STUDIO} or {Form.FIFTYONE}.",
        )
    return _export(Snapshot.of(workspace), out.absolute(), form, all_tiles=all_tiles)


def _export(
    snapshot: Snapshot, out: Path, form: Form, *, all_tiles: bool
) -> Operation[VerdictExport]:
    if form.is_folder:
        return (yield from _export_folder(snapshot, out, form, all_tiles=all_tiles))
    return _export_file(snapshot, out, form)


def _export_file(snapshot: Snapshot, out: Path, form: Form) -> VerdictExport:
    try:
        with whole_file(out) as stream:
            rows = _FILES[form](snapshot, stream)
    except OSError as error:
        raise storage_error(error, f"the verdicts {out}") from error
    return VerdictExport(path=out, form=form, rows=rows)


def _export_folder(
    snapshot: Snapshot, out: Path, form: Form, *, all_tiles: bool
) -> Operation[VerdictExport]:
    _refuse_occupied(out)
    chosen = np.flatnonzero(snapshot.judged | all_tiles)
    if len(chosen) == 0:
        raise InputError(
            "There are no verdicts to export yet.", "Review some tiles first, or export all tiles."
        )
    try:
        with whole_folder(out) as part:
            images = yield from find_images(snapshot, chosen, part, out)
            _FOLDERS[form](snapshot, images, part)
    except OSError as error:
        raise storage_error(error, f"the verdicts {out}") from error
    return VerdictExport(
        path=out,
        form=form,
        rows=len(images.tiles),
        copied=images.copied,
        unreadable=images.unreadable,
    )


def _refuse_occupied(out: Path) -> None:
    occupied = is_there(out) and not (out.is_dir() and not any(out.iterdir()))
    if occupied:
        raise InputError(
            f"There is something at {out} already.", "Choose a new name for the folder."
        )
