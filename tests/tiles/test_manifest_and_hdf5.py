import h5py
import numpy as np
import pytest

from histoviewer.domain.tiles import ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.tiles.reading import TileReader
from tests.tiles.helpers import noise, pack_all, write_image, write_rows


@pytest.fixture
def images(tmp_path):
    for number in range(4):
        write_image(tmp_path / "img" / f"t{number}.png", noise(number))
    return tmp_path


def manifest(folder, *rows, header=("path", "label", "group", "split")):
    return write_rows(folder / "tiles.csv", [header, *rows])


def test_a_manifest_uses_all_four_columns(images):
    path = manifest(
        images,
        ("img/t0.png", "healthy", "p1", "train"),
        ("img/t1.png", "tumour", "p2", "valid"),
        ("img\\t2.png", "tumour", "p2", "test"),
    )
    catalogue = scan(path)
    assert catalogue.given.tolist() == [0, 1, 1]
    assert list(catalogue.groups) == ["p1", "p2", "p2"]
    assert catalogue.splits.tolist() == [Split.UNASSIGNED, Split.VALIDATION, Split.TEST]
    assert catalogue.locations[2] == "img/t2.png"


def test_a_manifest_of_two_columns_is_enough(images):
    rows = [("img/t0.png", 0), ("img/t1.png", 1)]
    manifest(images, *rows, header=("File_Path", "Class"))
    catalogue = scan(images)
    assert (catalogue.layout, catalogue.ids) == ("manifest", ["t0", "t1"])


def test_absolute_paths_are_taken(images, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    rows = [(images / "img" / f"t{number}.png", number) for number in (0, 1)]
    catalogue = scan(manifest(elsewhere, *rows, header=("path", "label")))
    with TileReader(catalogue.root) as reader:
        assert (reader.read(catalogue.locations[1]) == noise(1)).all()


def test_rows_without_a_file_are_listed(images):
    path = manifest(images, ("img/t0.png", 0), ("img/no.png", 1), ("img/t1.png", 1))
    catalogue = scan(path)
    assert [(p.kind, p.subject) for p in catalogue.problems] == [
        (ProblemKind.LABEL_WITHOUT_FILE, "img/no.png")
    ]
    assert len(catalogue) == 2


def test_a_path_with_two_labels_stops(images):
    path = manifest(images, ("img/t0.png", 0), ("img/t0.png", 1))
    with pytest.raises(InputError, match="two labels"):
        scan(path)


def test_a_path_twice_with_one_label_is_one_tile(images):
    path = manifest(images, ("img/t0.png", 0), ("img/t0.png", 0), ("img/t1.png", 1))
    assert scan(path).ids == ["t0", "t1"]


def test_an_unknown_split_is_named(images):
    with pytest.raises(InputError, match="a split 'holdout'"):
        scan(manifest(images, ("img/t0.png", 0, "", "holdout"), ("img/t1.png", 1, "", "")))


def same_again(catalogue):
    """Whether a scan of a catalogue's source, as `update` makes it, finds the same."""
    again = scan(catalogue.source, layout=catalogue.layout, positive=catalogue.classes.positive)
    return (again.root, again.source, again.ids) == (
        catalogue.root,
        catalogue.source,
        catalogue.ids,
    )


def test_one_of_two_manifests_is_found_again(images):
    path = manifest(images, ("img/t0.png", 0), ("img/t1.png", 1), header=("path", "label"))
    other = path.rename(images / "other.csv")
    manifest(images, ("img/t2.png", 0), ("img/t3.png", 1), header=("path", "label"))
    catalogue = scan(other)
    assert (catalogue.source, catalogue.root) == (other, images)
    assert same_again(catalogue)


def test_a_data_set_in_a_folder_of_its_own_is_found_again(tmp_path):
    for number, name in enumerate(("a", "b")):
        write_image(tmp_path / "outer" / "inner" / name / f"{number}.png", noise(number))
    catalogue = scan(tmp_path / "outer")
    assert catalogue.root == tmp_path / "outer" / "inner"
    assert same_again(catalogue)


@pytest.fixture
def pixels():
    return np.stack([noise(number) for number in range(6)])


def test_hdf5_of_one_file(tmp_path, pixels):
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file["x"], file["y"] = pixels, np.array([0, 1, 0, 1, 0, 1], np.uint8).reshape(6, 1, 1, 1)
    catalogue = scan(tmp_path / "set.h5")
    assert catalogue.layout == "hdf5"
    assert catalogue.given.tolist() == [0, 1, 0, 1, 0, 1]
    assert catalogue.ids[3] == catalogue.locations[3].replace(".h5", "")
    tiles = OriginalTiles(catalogue.root, catalogue.locations, 16).gather(np.arange(6))
    assert (tiles == pixels).all()


def test_one_hdf5_file_of_several_is_found_again(tmp_path, pixels):
    for name in ("mine", "other"):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["x"], file["y"] = pixels, np.arange(6) % 2
    catalogue = scan(tmp_path / "mine.h5")
    assert (len(catalogue), catalogue.source) == (6, tmp_path / "mine.h5")
    assert same_again(catalogue)


def test_hdf5_pairs_with_splits_and_slides(tmp_path, pixels):
    for split in ("train", "valid", "test"):
        stem = f"camelyonpatch_level_2_split_{split}"
        with h5py.File(tmp_path / f"{stem}_x.h5", "w") as file:
            file.create_dataset("x", data=pixels, chunks=(4, 16, 16, 3), compression="gzip")
        with h5py.File(tmp_path / f"{stem}_y.h5", "w") as file:
            file["y"] = np.arange(6).reshape(6, 1, 1, 1) % 2
        rows = [("", "coord_x", "wsi"), *((n, 1, f"{split}_{n // 3}") for n in range(6))]
        write_rows(tmp_path / f"{stem}_meta.csv", rows)
    catalogue = scan(tmp_path)
    assert len(catalogue) == 18
    assert set(catalogue.splits[:6]) == {Split.TEST}  # files in the order of their names
    assert set(catalogue.splits[6:12]) == {Split.UNASSIGNED}
    assert catalogue.groups[6:12] == ["train_0"] * 3 + ["train_1"] * 3
    report = pack_all(catalogue, None)
    assert set(report.heights) == {16}


def test_hdf5_without_tiles_is_said(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros((3, 4))
    with pytest.raises(InputError, match="no array 'x'"):
        scan(tmp_path)


def test_hdf5_with_too_few_labels_is_said(tmp_path, pixels):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"], file["y"] = pixels, np.zeros(5)
    with pytest.raises(InputError, match="6 tiles and 5 labels"):
        scan(tmp_path)


def test_a_truncated_hdf5_is_said(tmp_path, pixels):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = pixels
    data = (tmp_path / "a.h5").read_bytes()
    (tmp_path / "a.h5").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="cannot be read as HDF5"):
        scan(tmp_path)
