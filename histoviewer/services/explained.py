"""Which network is explained when a model is, and what its results become."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Float32, UInt8
from histoviewer.domain.explanation import MapSettings, Method, SanityCheck, Side, Stretch
from histoviewer.domain.map_geometry import enlarge, spread_patches
from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InputError
from histoviewer.files import digest_of
from histoviewer.jobs.job import Lane, Operation
from histoviewer.ml.explain_requests import ExplainedFile, SanityResult
from histoviewer.project.project import Project
from histoviewer.services.networks import EXPLANATIONS, network_in_use
from histoviewer.services.ranking import find_model

# Chance leaves some 0.1 to 0.3 between maps of a few cells. A method that does not look at the
# weights, but draws the edges of the tile, stays near 1.
UNLIKE: Final = 0.5

_PERCENT: Final = 100.0


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A network that is explained.

    Args:
        model: Its entry in the registry.
        file: Its file.
        folder: Where its maps are kept.
    """

    model: ModelRecord
    file: ExplainedFile
    folder: Path

    @classmethod
    def find(
        cls, project: Project, model_id: str | None, environment: Mapping[str, str]
    ) -> Operation[Self]:
        """Return what is explained when a model is: of an ensemble, its first member.

        Reads the registry, and the model's file where it is new. Any thread but the UI thread.

        Args:
            project: Has the model.
            model_id: Id or number; the champion for None.
            environment: Of the compute process.

        Raises:
            InputError: There is no such model, or its file is missing.
        """
        model = find_model(project, model_id)
        if model.blend is not None:
            model = find_model(project, model.blend.members[0])
        # For finding it only: what explains and what clears networks take turns in one lane.
        with network_in_use(project, model) as network:
            path = yield from network.file(environment, lane=Lane.INTERACTIVE)
        folder = project.model_folder(model.id) / EXPLANATIONS
        file = ExplainedFile(path=path, digest=digest_of(path))
        return cls(model=model, file=file, folder=folder)


def check_settings(settings: MapSettings, stretch: Stretch) -> None:
    """Refuse what no map can be made of.

    Raises:
        InputError: A number is out of its range, or a side is asked for where there is none.
    """
    if not 0 <= stretch.low < stretch.high <= _PERCENT:
        raise InputError(
            f"The percentiles {stretch.low:g} and {stretch.high:g} are not two between 0 and 100.",
            "Give the lower one first, such as 5 and 95.",
        )
    if min(settings.samples, settings.patch, settings.stride) < 1 or settings.noise < 0:
        raise InputError(
            "Samples, patch and stride must be 1 at least, and noise 0 at least.",
            "Change what you asked for.",
        )
    if stretch.side is not Side.POSITIVE and not settings.method.has_sides:
        raise InputError(
            "A saliency map has no side: it shows how much each pixel moves the score, either way.",
            "Use Grad-CAM or occlusion to see what speaks against the positive class.",
        )


def at_tile_size(cells: Float32, settings: MapSettings, size: tuple[int, int]) -> Float32:
    """Return maps (n, H, W) float32 from what a method gave, (n, h, w).

    Args:
        cells: One value a cell of the layer, or a square that covered.
        settings: How it was worked out.
        size: Height and width of a tile.
    """
    if settings.method is Method.OCCLUSION:
        return spread_patches(cells, size, patch=settings.patch, stride=settings.stride)
    return enlarge(cells, size)


def pictures_of(weights: Float32) -> UInt8:
    """Return filters (k, h, w, c) as (k, h, w, 3) uint8 RGB; mid-grey is 0, on one scale for all.

    Args:
        weights: Of three channels, which become red, green and blue, or of another number, whose
            mean becomes grey.
    """
    if weights.shape[-1] != 3:  # noqa: PLR2004 - not RGB
        weights = np.repeat(weights.mean(axis=-1, keepdims=True), 3, axis=-1)
    largest = float(np.abs(weights).max()) or 1.0
    return np.asarray(np.rint(127.5 + 127.5 * weights / largest), np.uint8)


def judge(
    model: ModelRecord, settings: MapSettings, tiles: int, result: SanityResult
) -> SanityCheck:
    """Say what the similarities mean."""
    final = result.steps[-1].similarity
    passed = final < UNLIKE
    if passed:
        verdict = (
            f"The maps depend on what the model learned: with random weights nothing but a rank "
            f"correlation of {final:.2f} is left."
        )
    else:
        verdict = (
            f"The maps hardly depend on what the model learned: with random weights the rank "
            f"correlation is still {final:.2f}. Do not trust them."
        )
    return SanityCheck(
        model=model,
        settings=settings,
        tiles=tiles,
        steps=result.steps,
        passed=passed,
        verdict=verdict,
    )
