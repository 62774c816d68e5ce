"""Points as a picture: colours, opacity, signs, what is chosen."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.map_colouring import Category, ColourBy, Colouring, Kind, Sign
from histoviewer.domain.map_view import MapView
from histoviewer.domain.palettes import DARK, LIGHT, Palette, Tint, channels
from histoviewer.services.embedding_map import raster
from histoviewer.services.embedding_map.raster import render
from histoviewer.services.embedding_map.scene import MapPoints, Scene, emphasise
from histoviewer.services.embedding_map.signs import mask

_CATEGORIES = (
    Category(kind=Kind.POSITIVE, tint=Tint.POSITIVE, sign=Sign.DISC),
    Category(kind=Kind.NEGATIVE, tint=Tint.NEGATIVE, sign=Sign.MINUS),
)


def scene_of(
    places, codes=None, *, chosen=(), shown=None, absent=(), palette: Palette = LIGHT
) -> Scene:
    points = MapPoints.of(np.asarray(places, np.float32))
    count = len(points)
    codes = np.zeros(count, np.uint8) if codes is None else np.asarray(codes, np.uint8)
    missing = np.zeros(count, bool)
    missing[list(absent)] = True
    emphasis = emphasise(
        count, absent=missing, shown=shown, chosen=np.array(list(chosen), np.int64)
    )
    coloured = Colouring(by=ColourBy.LABEL, codes=codes, categories=_CATEGORIES)
    return Scene.of(points, coloured, emphasis, palette)


def view_of(width: int = 40, height: int = 40) -> MapView:
    """Return a view in which a unit is a pixel, and the origin the top left corner."""
    return MapView(x=width / 2, y=height / 2, scale=1.0, width=width, height=height, whole=1.0)


def at(picture, x: int, y: int) -> tuple[int, int, int]:
    return tuple(int(picture[y, x] >> shift) & 0xFF for shift in (16, 8, 0))


@pytest.fixture
def dense(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint points as where there are many, but without the signs on top."""
    monkeypatch.setattr(raster, "ALL_SIGNS", 0)
    monkeypatch.setattr(raster, "_one_a_stretch", lambda *_: np.zeros(0, np.int64))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_point_has_the_colour_of_its_category_in_its_place(palette: Palette) -> None:
    picture = render(scene_of([[10, 20]], palette=palette), view_of())

    assert at(picture, 10, 20) == channels(palette.tints[Tint.POSITIVE])
    assert at(picture, 35, 5) == channels(palette.ground)


def test_a_sign_tells_categories_apart_without_colour() -> None:
    picture = render(scene_of([[10, 20], [30, 20]], [0, 1]), view_of())
    ground = channels(LIGHT.ground)

    above = [at(picture, x, 17) for x in (10, 30)]
    assert above[0] != ground  # a disc is as high as wide
    assert above[1] == ground  # a bar is not


@pytest.mark.usefixtures("dense")
def test_more_points_in_a_place_are_more_opaque() -> None:
    darkness = []
    for count in (1, 3, 30):
        picture = render(scene_of([[10, 20]] * count + [[30, 30]]), view_of())
        darkness.append(255 - at(picture, 10, 20)[2])

    assert darkness == sorted(darkness)
    assert darkness[0] < darkness[-1]


@pytest.mark.usefixtures("dense")
def test_colours_in_one_place_mix_by_their_numbers() -> None:
    blues = [
        at(render(scene_of([[10, 20]] * 8, [0] * (8 - n) + [1] * n), view_of()), 10, 20)[2]
        for n in (0, 4, 8)
    ]

    assert blues[0] < blues[1] < blues[2]


@pytest.mark.usefixtures("dense")
@settings(max_examples=25)
@given(seed=st.integers(0, 30))
def test_the_order_of_the_points_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, codes = rng.uniform(0, 40, (30, 2)).astype(np.float32), rng.integers(0, 2, 30)
    turned = rng.permutation(30)

    first = render(scene_of(places, codes), view_of())
    second = render(scene_of(places[turned], codes[turned]), view_of())

    apart = first.view(np.uint8).astype(int) - second.view(np.uint8)
    assert np.abs(apart).max() <= 1


def test_what_is_chosen_steps_forward() -> None:
    places = [[10, 10], [30, 10], [10, 30], [30, 30]]
    plain = render(scene_of(places), view_of())
    chosen = render(scene_of(places, chosen=[0, 1]), view_of())

    assert at(chosen, 10, 10) == at(plain, 10, 10)
    assert at(chosen, 10, 30) > at(plain, 10, 30)  # paler, on white


@given(seed=st.integers(0, 30))
@settings(max_examples=25)
def test_the_line_around_what_is_chosen_leaves_none_out(seed: int) -> None:
    places = np.random.default_rng(seed).uniform(60, 240, (40, 2))
    scene, view = scene_of(places, chosen=range(40)), view_of(300, 300)

    line = render(scene, view) == 0xFF << 24 | int(LIGHT.mark[1:], 16)

    outside = cv2.floodFill(line.astype(np.uint8), None, (0, 0), 2)[1] == 2
    columns, rows = places.astype(int).T
    assert not outside[rows, columns].any()


def test_one_chosen_point_is_marked_and_no_other_fades() -> None:
    picture = render(scene_of([[10, 10], [30, 30]], chosen=[0]), view_of())

    assert channels(LIGHT.mark) in {at(picture, x, 10) for x in range(20)}
    assert at(picture, 30, 30) == channels(LIGHT.tints[Tint.POSITIVE])


def test_what_the_grid_leaves_out_is_faint_and_what_the_legend_does_is_gone() -> None:
    shown, absent = np.array([0]), [2]
    scene = scene_of([[10, 10], [30, 10], [10, 30]], shown=shown, absent=absent)

    picture = render(scene, view_of())

    assert at(picture, 30, 10) == channels(LIGHT.faint)
    assert at(picture, 10, 30) == channels(LIGHT.ground)


def test_signs_keep_their_places_while_the_map_is_moved(monkeypatch) -> None:
    monkeypatch.setattr(raster, "ALL_SIGNS", 0)
    rng = np.random.default_rng(4)
    scene, view = scene_of(rng.uniform(0, 400, (500, 2))), view_of(300, 300)

    before = render(scene, view)
    after = render(scene, view.panned(-7, 0))

    inner = np.s_[100:200]
    assert np.array_equal(before[inner, 107:200], after[inner, 100:193])


@settings(max_examples=25)
@given(seed=st.integers(0, 20), zoom=st.floats(0.5, 2000), right=st.floats(-300, 300))
def test_any_part_of_any_map_can_be_painted(seed: int, zoom: float, right: float) -> None:
    rng = np.random.default_rng(seed)
    scene = scene_of(rng.normal(size=(rng.integers(0, 40), 2)), chosen=())
    view = MapView.of_all(scene.points.index.bounds, width=64, height=48).zoomed(zoom)

    picture = render(scene, view.panned(right, 0), ratio=1.5)

    assert picture.shape == (48, 64)
    assert (picture >> 24 == 255).all()


def test_points_in_one_place_do_no_harm() -> None:
    scene = scene_of([[1, 1]] * 5)
    view = MapView.of_all(scene.points.index.bounds, width=20, height=20)

    assert at(render(scene, view), 10, 10) == channels(LIGHT.tints[Tint.POSITIVE])


@pytest.mark.parametrize("sign", Sign)
def test_a_sign_covers_something_and_leaves_its_corners_free(sign: Sign) -> None:
    covered = mask(sign, 19, radius=7)

    assert 15 < covered.sum() < 230
    assert covered[[0, 0, -1, -1], [0, -1, 0, -1]].max() == 0
    assert (mask(sign, 19, radius=7, grown=1.5) >= covered).all()


def test_no_two_signs_are_alike() -> None:
    masks = [mask(sign, 15, radius=6) for sign in Sign]

    for place, one in enumerate(masks):
        for other in masks[place + 1 :]:
            assert np.abs(one - other).sum() > 8


def test_a_scene_does_not_change_with_what_it_was_made_from() -> None:
    scene = scene_of([[1, 2], [3, 4]])

    assert replace(scene).present.tolist() == [True, True]
    assert not scene.sets_apart
