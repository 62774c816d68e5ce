"""What a report on a data set is worked out from: a snapshot, since readers go on."""

import hashlib
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Int8, Int32, Int64
from histoviewer.domain.data_report import LABELS
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.domain.queue import trainable
from histoviewer.domain.tiles import Split, TileTable
from histoviewer.project.project import Project
from histoviewer.services.opening import Workspace
from histoviewer.tiles.measures import Measures
from histoviewer.tiles.store import PackedTiles


@dataclass(frozen=True, kw_only=True, eq=False)
class DataBasis:
    """The tiles and their labels at one moment. Any thread may read it.

    Args:
        project: The open project.
        tiles: Its tiles.
        classes: What the classes are called.
        labels: (N,) int8 effective labels.
        packed: The packed store; None where packing has not finished.
        measures: Brightness of the packed tiles; None until they are measured.
    """

    project: Project
    tiles: TileTable
    classes: ClassNames
    labels: Int8
    packed: PackedTiles | None
    measures: Measures | None

    @classmethod
    def of(cls, workspace: Workspace) -> "DataBasis":
        """Return the basis of now. Call it in the session's thread."""
        session = workspace.session
        return cls(
            project=workspace.project,
            tiles=session.tiles,
            classes=session.classes,
            labels=session.effective.copy(),
            packed=workspace.packed,
            measures=workspace.measures,
        )

    @property
    def given_cells(self) -> Int8:
        """Return (N,) int8: the place in `LABELS` of each given label, -1 for unsound pixels."""
        return np.where(self.tiles.usable, cells_of(self.tiles.given), -1).astype(np.int8)

    @property
    def pixels_key(self) -> str:
        """Return what measured colours depend on: the tiles, which are sound, and given labels."""
        assert self.packed is not None, "without packed tiles nothing is measured"
        return _hash(self.packed.fingerprint, self.given_cells)

    @property
    def labels_key(self) -> str:
        """Return what a baseline depends on: the tiles, their sides, groups and labels of now."""
        assert self.packed is not None, "without packed tiles nothing is learned"
        tiles = self.tiles
        columns = (self.given_cells, self.labels, tiles.splits, tiles.groups)
        return _hash(self.packed.fingerprint, *columns)

    def labelled(self, split: Split) -> Int64:
        """Return the indexes of the labelled, sound tiles of a split."""
        usable = trainable(tiles=self.tiles, effective=self.labels, split=split)
        return np.flatnonzero(usable)

    @property
    def can_be_learned(self) -> bool:
        """Return whether both classes are among the training and the validation tiles."""
        sides = (self.labels[self.labelled(split)] for split in (Split.TRAIN, Split.VALIDATION))
        return all(len(np.unique(labels)) > 1 for labels in sides)


def cells_of(labels: Int8) -> Int8:
    """Return (n,) int8: the place of each label in `LABELS`."""
    return np.where(labels == UNLABELLED, LABELS.index(UNLABELLED), labels).astype(np.int8)


def _hash(fingerprint: str, *columns: Int8 | Int32) -> str:
    digest = hashlib.sha256(fingerprint.encode())
    for column in columns:
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()
