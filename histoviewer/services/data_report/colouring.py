"""From measured colours to figures by class and by group."""

import numpy as np

from histoviewer.domain.arrays import Float64, Int32, Int64
from histoviewer.domain.data_report import (
    LABELS,
    Channel,
    ColourFigures,
    Spread,
    StainRow,
    StainVariation,
)
from histoviewer.domain.distributions import Distribution
from histoviewer.services.data_report.basis import DataBasis, cells_of
from histoviewer.tiles.colour_measuring import Colours, add_levels, level_counts

_BINS = 64
_WHITE = 255.0
_BATCH = 512  # tiles with a corrected label, read at a time


def colour_figures(basis: DataBasis, colours: Colours) -> ColourFigures:
    """Return brightness and colours by effective label. Reads tiles with a corrected label."""
    levels, brightness = _by_effective_label(basis, colours), colours.means.mean(axis=1) / _WHITE
    usable = basis.tiles.usable
    members = {label: usable & (basis.labels == label) for label in LABELS}
    there = [place for place, label in enumerate(LABELS) if members[label].any()]
    return ColourFigures(
        brightness={
            LABELS[place]: Distribution.of_values(
                brightness[members[LABELS[place]]], bins=_BINS, low=0.0, high=1.0
            )
            for place in there
        },
        channels={
            channel: {LABELS[place]: Distribution.of_levels(levels[place, row]) for place in there}
            for row, channel in enumerate(Channel)
        },
    )


def _by_effective_label(basis: DataBasis, colours: Colours) -> Int64:
    """Return (labels, 3, 256) pixels by effective label.

    They were counted by given label; the few tiles that readers relabelled since change over, so
    that a verdict costs a look at one tile and not at all of them.
    """
    levels, given = colours.levels.copy(), basis.given_cells
    effective = cells_of(basis.labels)
    moved = np.flatnonzero((given >= 0) & (given != effective))
    assert basis.packed is not None, "measured colours are of packed tiles"
    for start in range(0, len(moved), _BATCH):
        some = moved[start : start + _BATCH]
        counts = level_counts(basis.packed.gather(some))
        add_levels(levels, effective[some], counts)
        add_levels(levels, given[some], -counts)
    return levels


def stain_variation(basis: DataBasis, colours: Colours) -> StainVariation | None:
    """Return how staining differs between groups; None for grey tiles, or without known groups."""
    tiles = basis.tiles
    chosen = tiles.usable & (tiles.groups >= 0)
    if colours.grey or not chosen.any():
        return None
    index, groups, amounts = tiles.group_index, tiles.groups[chosen], colours.stains[chosen]
    means, deviations = _by_group(groups, amounts.astype(np.float64), len(index))
    sizes = np.bincount(groups, minlength=len(index))
    rows = [
        StainRow(
            group=index.names[number],
            n=int(sizes[number]),
            haematoxylin=Spread(
                mean=float(means[number, 0]), deviation=float(deviations[number, 0])
            ),
            eosin=Spread(mean=float(means[number, 1]), deviation=float(deviations[number, 1])),
        )
        for number in index.ordered.tolist()
        if sizes[number]
    ]
    haematoxylin, eosin = _between(groups, amounts.astype(np.float64), means)
    return StainVariation(rows=rows, haematoxylin_between=haematoxylin, eosin_between=eosin)


def _by_group(groups: Int32, amounts: Float64, count: int) -> tuple[Float64, Float64]:
    """Return mean and deviation of both stains by group number, (count, 2) each."""
    sizes = np.maximum(np.bincount(groups, minlength=count), 1)
    means, variances = np.zeros((count, 2)), np.zeros((count, 2))
    for stain, values in enumerate(amounts.T):
        means[:, stain] = np.bincount(groups, values, minlength=count) / sizes
        apart = (values - means[groups, stain]) ** 2
        variances[:, stain] = np.bincount(groups, apart, minlength=count) / sizes
    return means, np.sqrt(variances)


def _between(groups: Int32, amounts: Float64, means: Float64) -> tuple[float, float]:
    """Return eta squared of both stains: the variance of group means over that of the tiles."""
    whole, between = amounts.var(axis=0), means[groups].var(axis=0)
    shares = np.divide(between, whole, out=np.zeros_like(whole), where=whole > 0)
    return float(shares[0]), float(shares[1])
