"""The golden tiles: every release makes the same."""

from hashlib import sha256

from histoviewer.domain.golden import golden_tiles


def test_they_never_change() -> None:
    """Bundles carry the scores of these very bytes."""
    tiles = golden_tiles(96)

    assert tiles.shape == (8, 96, 96, 3)
    assert sha256(tiles.tobytes()).hexdigest() == (
        "e367691797103e574d4e4c04595e0ef70ab21ceb1a80162025c3c54065871fa0"
    )
