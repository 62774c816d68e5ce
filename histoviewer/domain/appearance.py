"""What tiles look like, in few numbers each: what duplicates and outliers are found by."""

from dataclasses import dataclass

from histoviewer.domain.arrays import Bool, Float32, UInt8


@dataclass(frozen=True, kw_only=True, eq=False)
class Appearance:
    """How each packed tile looks.

    Args:
        hashes: (N, 32) uint8 perceptual hashes, see `perceptual_hash`.
        structured: (N,) bool: tiles with enough on them to be told from all others.
        covered: (N,) float32 share of pixels that are not of the tile's mean grey, 0-1.
        sharpness: (N,) float32 energy of the finest details, as a multiple of that of the next
            coarser ones; some 0.25 for a blurred tile, about 1 for a sharp one.
        ink: (N,) float32 share of pixels of black, blue or green ink, 0-1.
        dense: (N,) float32 share of pixels more saturated than bright, as where tissue lies double,
            0-1.
    """

    hashes: UInt8
    structured: Bool
    covered: Float32
    sharpness: Float32
    ink: Float32
    dense: Float32

    def __len__(self) -> int:
        """Return the number of tiles."""
        return len(self.hashes)
