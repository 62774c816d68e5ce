"""The use cases: read what is known of a data set, and measure what is not."""

import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.domain.command_lines import command_line
from histoviewer.domain.data_report import LABELS, Baseline, DataReport, MemoryCurve
from histoviewer.domain.recipe import load_recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.data_requests import BaselineRequest
from histoviewer.services.data_report.basis import DataBasis
from histoviewer.services.data_report.colouring import colour_figures, stain_variation
from histoviewer.services.data_report.counting import (
    count_by_group,
    count_by_size,
    count_by_split,
    count_leaks,
    count_problems,
)
from histoviewer.services.data_report.keeping import (
    keep_baseline,
    keep_colours,
    read_baseline,
    read_colours,
)
from histoviewer.services.opening import Workspace
from histoviewer.tiles.colour_measuring import ColourRequest, Colours

_BASELINE_RECIPE = "brightness-logreg"


def read_data(basis: DataBasis) -> DataReport:
    """Return what is known of a data set without a job. Reads files: not for the UI thread."""
    baseline, is_current = read_baseline(basis)
    return _report(basis, read_colours(basis), baseline, baseline_is_current=is_current)


def measure_data(*, workspace: Workspace) -> Operation[DataReport]:
    """Measure the colours of all tiles and fit the baseline, where that has not been done.

    What was measured is kept in the project, unless that is open for reading only.

    Raises:
        InputError: The tiles are not packed.
    """
    return measure(DataBasis.of(workspace))


def measure(basis: DataBasis) -> Operation[DataReport]:
    """Measure as `measure_data` does, on a snapshot."""
    if basis.packed is None:
        raise InputError(
            "The tiles of the project are not packed yet.",
            f"Pack them with: {command_line('update', basis.project.path)}",
        )
    colours = read_colours(basis)
    if colours is None:
        colours = yield from _measure_colours(basis)
    baseline, is_current = read_baseline(basis)
    if not is_current and basis.can_be_learned:
        baseline, is_current = (yield from _fit_baseline(basis, colours)), True
    return _report(basis, colours, baseline, baseline_is_current=is_current)


def _measure_colours(basis: DataBasis) -> Operation[Colours]:
    colours: Colours = yield Job(
        title="Measuring the colours of {count:,} tiles",
        facts={"count": len(basis.tiles)},
        target="histoviewer.tiles.colour_measuring:measure_colours",
        request=ColourRequest(
            folder=basis.project.packed_folder,
            cells=basis.given_cells,
            cell_count=len(LABELS),
        ),
        lane=Lane.FILES,
    )
    if not basis.project.read_only:
        keep_colours(basis, colours)
    return colours


def _fit_baseline(basis: DataBasis, colours: Colours) -> Operation[Baseline]:
    baseline: Baseline = yield Job(
        title="Fitting the baseline",
        target="histoviewer.ml.data_work:baseline",
        request=BaselineRequest(
            features=_features(colours),
            labels=basis.labels,
            groups=basis.tiles.groups,
            train=basis.labelled(Split.TRAIN),
            validation=basis.labelled(Split.VALIDATION),
            sampling=load_recipe(_BASELINE_RECIPE).sampling,
        ),
        lane=Lane.FILES,
    )
    if not basis.project.read_only:
        keep_baseline(basis, baseline)
    return baseline


def _features(colours: Colours) -> dict[str, Float32]:
    """Return the numbers a tile that a logistic regression gets, by what they are called."""
    return {
        "brightness": colours.means.mean(axis=1, keepdims=True),
        "colour": np.hstack([colours.means, colours.stains]),
    }


def _report(
    basis: DataBasis,
    colours: Colours | None,
    baseline: Baseline | None,
    *,
    baseline_is_current: bool,
) -> DataReport:
    near_duplicates, leaks = count_leaks(basis)
    return DataReport(
        project=basis.project.info.name,
        tiles=len(basis.tiles),
        tile_size=basis.project.info.tile_size,
        classes=basis.classes,
        by_split=count_by_split(basis),
        by_size=count_by_size(basis),
        by_group=count_by_group(basis),
        problems=count_problems(basis),
        colours=None if colours is None else colour_figures(basis, colours),
        stains=None if colours is None else stain_variation(basis, colours),
        is_grey=None if colours is None else colours.grey,
        baseline=baseline,
        baseline_is_current=baseline_is_current,
        memory=None if colours is None else _memory(basis, colours),
        near_duplicates=near_duplicates,
        leaks=leaks,
    )


def _memory(basis: DataBasis, colours: Colours) -> MemoryCurve:
    assert basis.packed is not None, "measured colours are of packed tiles"
    tiles, taken = colours.memory.T
    return MemoryCurve(tiles=tiles, taken=taken, packed=int(np.prod(basis.packed.shape)))
