"""What was measured of a data set, as files in the project."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.assessment import Interval
from histoviewer.domain.data_report import Baseline, BaselineRow
from histoviewer.project.derived import DerivedFiles
from histoviewer.services.data_report.basis import DataBasis
from histoviewer.tiles.colour_measuring import Colours

_COLOURS = "data-colours"
_BASELINE = "data-baseline"


def keep_colours(basis: DataBasis, colours: Colours) -> None:
    """Write the colours of all tiles."""
    arrays: dict[str, NDArray[Any]] = {
        "means": colours.means,
        "stains": colours.stains,
        "levels": colours.levels,
        "memory": colours.memory,
        "grey": np.array(colours.grey),
    }
    DerivedFiles(basis.project).write(_COLOURS, arrays, key=basis.pixels_key)


def read_colours(basis: DataBasis) -> Colours | None:
    """Return the colours; None where they must be measured first."""
    if basis.packed is None:
        return None
    found = DerivedFiles(basis.project).read(_COLOURS, key=basis.pixels_key)
    if found is None:
        return None
    arrays = found.arrays
    return Colours(
        means=arrays["means"],
        stains=arrays["stains"],
        levels=arrays["levels"],
        memory=arrays["memory"],
        grey=bool(arrays["grey"]),
    )


def keep_baseline(basis: DataBasis, baseline: Baseline) -> None:
    """Write how far colour alone goes."""
    arrays = {
        "features": np.array([row.features for row in baseline.rows]),
        "auc": np.array([(row.auc.value, row.auc.low, row.auc.high) for row in baseline.rows]),
        "accuracy": np.array([row.accuracy for row in baseline.rows]),
        "tiles": np.array([baseline.train, baseline.validation, baseline.units]),
        "resampled": np.array(baseline.resampled),
    }
    DerivedFiles(basis.project).write(_BASELINE, arrays, key=basis.labels_key)


def read_baseline(basis: DataBasis) -> tuple[Baseline | None, bool]:
    """Return the baseline that there is, and whether it is of the labels of now."""
    found = None if basis.packed is None else DerivedFiles(basis.project).read(_BASELINE)
    if found is None:
        return None, False
    arrays = found.arrays
    train, validation, units = arrays["tiles"].tolist()
    rows = tuple(
        BaselineRow(
            features=features,
            auc=Interval(value=value, low=low, high=high),
            accuracy=accuracy,
        )
        for features, (value, low, high), accuracy in zip(
            arrays["features"].tolist(),
            arrays["auc"].tolist(),
            arrays["accuracy"].tolist(),
            strict=True,
        )
    )
    baseline = Baseline(
        rows=rows,
        train=train,
        validation=validation,
        resampled=str(arrays["resampled"]),
        units=units,
    )
    return baseline, found.key == basis.labels_key
