"""How haematoxylin and eosin colour a slide: the Beer-Lambert law for two stains.

Light falls off exponentially with the amount of stain, so optical densities of stains add up. The
densities of both stains in red, green and blue are those measured by Ruifrok and Johnston,
'Quantification of histochemical staining by color deconvolution', 2001.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, UInt8

# Optical density of one unit of stain in red, green, blue; unit length.
HAEMATOXYLIN: Final = (0.650, 0.704, 0.286)
EOSIN: Final = (0.072, 0.990, 0.105)


@dataclass(frozen=True, kw_only=True, eq=False)
class SlideLook:
    """What makes one slide look unlike another: its laboratory, scanner and tissue.

    Args:
        vectors: (2, 3) float32 optical density of haematoxylin and eosin in R, G, B.
        strengths: How strong the two stains are; 1 is usual.
        light: Brightness of the empty slide, 0-1.
        grain: Standard deviation of the camera's noise, grey levels.
        stroma_scale: Size of the waves in the stroma, pixels.
        nuclei: Mean number of ordinary nuclei in 1,000 square pixels.
    """

    vectors: Float32
    strengths: tuple[float, float]
    light: float
    grain: float
    stroma_scale: int
    nuclei: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "SlideLook":
        """Return the look of a slide drawn at random."""
        vectors = np.array([HAEMATOXYLIN, EOSIN]) + rng.normal(0, 0.035, (2, 3))
        vectors = np.clip(vectors, 0.02, None)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return cls(
            vectors=vectors.astype(np.float32),
            strengths=(float(rng.uniform(0.8, 1.25)), float(rng.uniform(0.7, 1.3))),
            light=float(rng.uniform(0.92, 0.99)),
            grain=float(rng.uniform(1.5, 4.0)),
            stroma_scale=int(rng.integers(6, 17)),
            nuclei=float(rng.uniform(3.0, 5.5)),
        )


def mix(haematoxylin: Float32, eosin: Float32, look: SlideLook) -> Float32:
    """Return the light that passes through stained tissue.

    Args:
        haematoxylin: (H, W) amount of stain, 0 or more.
        eosin: (H, W) as haematoxylin.
        look: Of the slide.

    Returns:
        (H, W, 3) float32 RGB, 0-255.
    """
    densities = look.vectors * np.array(look.strengths, np.float32)[:, None]
    absorbed = haematoxylin[..., None] * densities[0]
    absorbed += eosin[..., None] * densities[1]
    light: Float32 = np.float32(255 * look.light) * np.exp(-absorbed)
    return light


def to_pixels(light: Float32, grain: Float32) -> UInt8:
    """Return (H, W, 3) uint8 RGB of light plus camera noise, both in grey levels."""
    pixels: UInt8 = np.clip(light + grain, 0, 255).astype(np.uint8)
    return pixels
