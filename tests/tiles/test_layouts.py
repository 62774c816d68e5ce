import os
import sys

import numpy as np
import pytest

from histoviewer.domain.tiles import Problem, ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.tiles.layouts import LAYOUTS, scan
from histoviewer.tiles.layouts.assembling import Rows, assemble
from tests.tiles.helpers import kaggle_set, noise, pack_all, write_image, write_rows


def kinds(catalogue):
    return {(problem.kind, problem.subject) for problem in catalogue.problems}


def class_folders(root, *folders):
    for number, folder in enumerate(folders):
        write_image(root / folder / f"tile{number}.png", noise(number))
    return root


def test_kaggle_tiles_have_labels_and_the_test_split(tmp_path):
    catalogue = scan(kaggle_set(tmp_path, train=4, test=2))
    assert catalogue.layout == "kaggle"
    assert sorted(catalogue.given.tolist()) == [-1, -1, 0, 0, 1, 1]
    assert catalogue.splits.tolist() == [Split.UNASSIGNED] * 4 + [Split.TEST] * 2


def test_sample_submission_keeps_its_order(tmp_path):
    kaggle_set(tmp_path)
    write_rows(tmp_path / "sample_submission.csv", [("id", "label"), ("b", 0), ("a.tif", 0)])
    assert scan(tmp_path).sample_ids == ("b", "a")


def test_ids_twice_in_the_sample_submission_are_taken_once_and_listed(tmp_path):
    catalogue = scan(kaggle_set(tmp_path))
    name = catalogue.ids[-1]  # a test tile: it must not pass for a duplicate itself
    rows = [("id", "label"), (name, 0), ("a", 0), (f"{name}.tif", 0)]
    write_rows(tmp_path / "sample_submission.csv", rows)
    again = scan(tmp_path)
    assert list(again.sample_ids) == [name, "a"]
    detail = f"lists '{name}' more than once"
    assert again.problems == (Problem(ProblemKind.DUPLICATE, "sample_submission.csv", detail),)


def test_any_single_label_csv_will_do(tmp_path):
    kaggle_set(tmp_path)
    (tmp_path / "train_labels.csv").rename(tmp_path / "my labels.csv")
    assert (scan(tmp_path).given >= 0).sum() == 6


def test_two_label_files_are_named(tmp_path):
    kaggle_set(tmp_path)
    text = (tmp_path / "train_labels.csv").read_text()
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(text)
    (tmp_path / "train_labels.csv").unlink()
    with pytest.raises(InputError, match=r"a\.csv, b\.csv"):
        scan(tmp_path)


def test_a_missing_label_file_is_said(tmp_path):
    kaggle_set(tmp_path)
    (tmp_path / "train_labels.csv").unlink()
    with pytest.raises(InputError, match="no CSV file with the columns id and label"):
        scan(tmp_path)


def test_a_missing_label_column_is_said_with_those_there(tmp_path):
    kaggle_set(tmp_path)
    write_rows(tmp_path / "train_labels.csv", [("id", "colour"), ("a", "red")])
    with pytest.raises(InputError, match="no 'label' column, only: id, colour"):
        scan(tmp_path)


def test_groups_csv_beside_the_labels_is_read(tmp_path):
    catalogue = scan(kaggle_set(tmp_path))
    write_rows(tmp_path / "groups.csv", [("id", "group"), (catalogue.ids[0], "slide 7")])
    assert scan(tmp_path).groups[0] == "slide 7"


def test_labels_without_file_and_files_without_label_are_listed(tmp_path):
    kaggle_set(tmp_path)
    write_image(tmp_path / "train" / "stray.tif", noise(99))
    with (tmp_path / "train_labels.csv").open("a") as file:
        file.write("ghost,1\n")
    catalogue = scan(tmp_path)
    assert kinds(catalogue) == {
        (ProblemKind.LABEL_WITHOUT_FILE, "ghost"),
        (ProblemKind.FILE_WITHOUT_LABEL, "stray"),
    }
    assert catalogue.given[catalogue.ids.index("stray")] == -1


def test_an_id_with_two_labels_stops(tmp_path):
    kaggle_set(tmp_path)
    write_rows(tmp_path / "train_labels.csv", [("id", "label"), ("a", 0), ("b", 1), ("a.tif", 1)])
    with pytest.raises(InputError, match="gives a two labels: '0' and '1'"):
        scan(tmp_path)


@pytest.mark.parametrize("values", [("0",), ("0", "1", "2")])
def test_labels_that_are_not_two_valued_stop(tmp_path, values):
    kaggle_set(tmp_path)
    rows = [(f"t{number}", value) for number, value in enumerate(values)]
    write_rows(tmp_path / "train_labels.csv", [("id", "label"), *rows])
    write_image(tmp_path / "train" / "t0.tif", noise(1))
    with pytest.raises(InputError, match="Two classes are needed"):
        scan(tmp_path)


def test_a_tile_in_train_and_test_keeps_its_id_in_the_test(tmp_path):
    catalogue = scan(kaggle_set(tmp_path))
    name = catalogue.ids[0]
    write_image(tmp_path / "test" / f"{name}.tif", noise(0))
    again = scan(tmp_path)
    assert again.splits[again.ids.index(name)] == Split.TEST
    assert f"train/{name}" in again.ids


def test_hidden_files_and_archive_junk_are_passed_over(tmp_path):
    kaggle_set(tmp_path)
    (tmp_path / "train" / "._x.tif").write_bytes(b"junk")
    (tmp_path / "train" / "Thumbs.db").write_bytes(b"junk")
    class_folders(tmp_path, "__MACOSX/train")
    assert len(scan(tmp_path)) == 8


def test_class_folders_without_a_split_level(tmp_path):
    catalogue = scan(class_folders(tmp_path, "benign", "malignant"))
    assert (catalogue.layout, catalogue.classes.positive) == ("folders", "malignant")
    assert catalogue.given.tolist() == [0, 1]


def test_class_folders_with_a_split_level(tmp_path):
    folders = [f"{split}/{name}" for split in ("test", "train", "val") for name in ("no", "yes")]
    catalogue = scan(class_folders(tmp_path, *folders))
    assert catalogue.splits.tolist() == [2, 2, -1, -1, 1, 1]
    assert catalogue.given.tolist() == [0, 1] * 3


def test_a_test_folder_without_classes_is_unlabelled(tmp_path):
    catalogue = scan(class_folders(tmp_path, "train/a", "train/b", "test"))
    assert catalogue.given[catalogue.splits == Split.TEST].tolist() == [-1]
    assert not catalogue.problems


def test_three_class_folders_are_named(tmp_path):
    with pytest.raises(InputError, match="3 were found: a, b, c"):
        scan(class_folders(tmp_path, "a", "b", "c"))


def test_the_positive_class_can_be_set(tmp_path):
    class_folders(tmp_path, "benign", "malignant")
    assert scan(tmp_path, positive="BENIGN").given.tolist() == [1, 0]


def test_an_unknown_positive_class_stops(tmp_path):
    with pytest.raises(InputError, match="no class 'cat', only a and b"):
        scan(class_folders(tmp_path, "a", "b"), positive="cat")


def test_equal_names_of_different_tiles_are_told_apart_by_folder(tmp_path):
    write_image(tmp_path / "a" / "1.png", noise(1))
    write_image(tmp_path / "b" / "1.png", noise(2))
    write_image(tmp_path / "b" / "2.png", noise(3))
    assert scan(tmp_path).ids == ["a/1", "b/1", "2"]


def test_the_same_tile_in_both_classes_stops(tmp_path):
    for folder in ("a", "b"):
        write_image(tmp_path / folder / "1.png", noise(1))
    with pytest.raises(InputError, match=r"1 is there twice, as 'a' and as 'b'"):
        scan(tmp_path)


def test_equal_stems_in_one_folder_keep_their_suffix(tmp_path):
    class_folders(tmp_path, "a", "b")
    for suffix in ("png", "bmp"):
        write_image(tmp_path / "a" / f"x.{suffix}", noise(5))
    assert {"a/x.png", "a/x.bmp"} < set(scan(tmp_path).ids)


def test_files_whose_names_are_no_text_are_listed_and_left_out(tmp_path):
    rows = Rows()
    for folder in ("a", "b"):
        rows.add_folder(
            folder, ["bad\udcff.png", f"{folder}1.png"], label=folder, split=Split.TRAIN
        )
    loose = Problem(ProblemKind.FILE_WITHOUT_LABEL, "bad\udcff", "bad\udcff.png")
    catalogue = assemble(tmp_path, "folders", rows, positive=None, problems=[loose])
    assert (catalogue.ids, catalogue.locations) == (["a1", "b1"], ["a/a1.png", "b/b1.png"])
    assert (catalogue.given.tolist(), len(catalogue.splits), len(catalogue.groups)) == (
        [0, 1],
        2,
        2,
    )
    assert list(catalogue.problems) == [
        Problem(ProblemKind.UNREADABLE, rf"{folder}/bad\udcff.png", "the name is not text")
        for folder in ("a", "b")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take text only")
def test_one_file_whose_name_is_no_text_stops_nothing(tmp_path):
    kaggle_set(tmp_path / "set")
    write_image(tmp_path / "set" / "train" / os.fsdecode(b"caf\xe9.tif"), noise(9))
    catalogue = scan(tmp_path / "set")
    assert kinds(catalogue) == {(ProblemKind.UNREADABLE, r"train/caf\udce9.tif")}
    assert len(pack_all(catalogue, tmp_path / "store").flags) == 8


def test_patient_trees_give_groups(tmp_path):
    catalogue = scan(class_folders(tmp_path, "8863/0", "8863/1", "9021/0"))
    assert catalogue.layout == "groups"
    assert list(catalogue.groups) == ["8863", "8863", "9021"]


def test_an_archive_folder_around_the_set_is_stepped_into(tmp_path):
    class_folders(tmp_path, "set/set/a", "set/set/b")
    assert scan(tmp_path).root == tmp_path / "set" / "set"


def test_a_layout_can_be_forced(tmp_path):
    class_folders(tmp_path, "train/x", "train/y", "other/x")
    assert set(scan(tmp_path, layout="groups").groups) == {"train", "other"}


def test_an_unknown_layout_lists_those_there(tmp_path):
    with pytest.raises(InputError, match=", ".join(LAYOUTS)):
        scan(tmp_path, layout="cats")


def test_an_empty_folder_is_no_data_set(tmp_path):
    with pytest.raises(InputError, match="No tiles were found"):
        scan(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="There is no"):
        scan(tmp_path / "nowhere")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_refuses_an_empty_folder_with_a_sentence(tmp_path, layout):
    with pytest.raises(InputError) as caught:
        scan(tmp_path, layout=layout)
    assert caught.value.hint


def test_splits_are_int8(tmp_path):
    catalogue = scan(kaggle_set(tmp_path))
    assert catalogue.splits.dtype == catalogue.given.dtype == np.int8


def test_a_project_beside_the_tiles_is_no_part_of_them(tmp_path):
    kaggle_set(tmp_path / "set", train=3)
    write_image(tmp_path / "set.histo" / "logs" / "x.png", noise(1))
    assert scan(tmp_path).root == tmp_path / "set"


def test_several_data_sets_in_a_folder_are_no_patients(tmp_path):
    for name in ("first", "second"):
        kaggle_set(tmp_path / name, train=3)
    with pytest.raises(InputError, match="No tiles were found"):
        scan(tmp_path)
