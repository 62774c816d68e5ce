import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.errors import InputError
from histoviewer.tiles.tables import (
    clean_id,
    clean_label,
    read_groups,
    read_id_list,
    read_labels,
    read_table,
)

IDS = st.text("abcdef0123456789_-", min_size=1, max_size=12)
LABELS = st.sampled_from(["0", "1"])


@st.composite
def dialects(draw):
    """How somebody's program writes the same table."""
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        "end": draw(st.sampled_from(["\n", "\r\n"])),
        "index": draw(st.sampled_from(["none", "unnamed", "absent"])),
        "suffix": draw(st.sampled_from(["", ".tif", ".png"])),
        "label": draw(st.sampled_from(["{}", "{}.0", "{}.000"])),
        "swapped": draw(st.booleans()),
        "quote": draw(st.sampled_from(["", '"'])),
    }


def write(path, labels, dialect):
    quote = dialect["quote"]
    rows = [["id", "label"]]
    for name, label in labels.items():
        rows.append([name + dialect["suffix"], dialect["label"].format(label)])
    if dialect["swapped"]:
        rows = [row[::-1] for row in rows]
    lines = [[quote + cell + quote for cell in row] for row in rows]
    if dialect["index"] != "none":
        lines = [lines[0], *([str(n), *row] for n, row in enumerate(lines[1:]))]
        if dialect["index"] == "unnamed":
            lines[0] = ["", *lines[0]]
    text = "".join(dialect["delimiter"].join(line) + dialect["end"] for line in lines)
    path.write_bytes(text.encode(dialect["encoding"]))


@given(labels=st.dictionaries(IDS, LABELS, min_size=1, max_size=8), dialect=dialects())
def test_labels_come_back_however_they_were_written(tmp_path_factory, labels, dialect):
    path = tmp_path_factory.mktemp("csv") / "labels.csv"
    write(path, labels, dialect)
    assert read_labels(path) == labels


def test_column_names_may_be_in_any_case_and_order(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("extra,Label,Image_ID\nx,1,a\nx,0,b\n")
    assert read_labels(path) == {"a": "1", "b": "0"}


def test_empty_cells_are_no_label(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,label\na,1\nb,\nc,NaN\n")
    assert read_labels(path) == {"a": "1", "b": "", "c": ""}


def test_blank_lines_and_short_rows_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,label,note\n\na,1,ok\nb,0\n,,\n")
    assert read_labels(path) == {"a": "1", "b": "0"}


def test_text_of_windows_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("id;group\na;Müller\n".encode("cp1252"))
    assert read_groups(path) == {"a": "Müller"}


@pytest.mark.parametrize(("text", "ids"), [("id\na\nb\n", ["a", "b"]), ("a.tif\nB\n", ["a", "B"])])
def test_an_id_list_needs_no_header(tmp_path, text, ids):
    path = tmp_path / "ids.csv"
    path.write_text(text)
    assert read_id_list(path) == ids


def test_a_table_without_ids_is_refused_with_its_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("colour,size\nred,3\n")
    with pytest.raises(InputError, match="no 'id' column, only: colour, size"):
        read_id_list(path)


def test_an_id_in_two_groups_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,group\na,1\na,2\n")
    with pytest.raises(InputError, match="two groups"):
        read_groups(path)


def test_an_image_is_no_table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x89PNG\0\0\0")
    with pytest.raises(InputError, match="not a CSV file"):
        read_table(path)


def test_an_empty_file_has_no_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    with pytest.raises(InputError, match="only: nothing"):
        read_labels(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "no.csv")


@pytest.mark.parametrize(
    ("cell", "label"), [("1.0", "1"), ("1,0", "1"), (" 0 ", "0"), ("0.5", "0.5"), ("inf", "inf")]
)
def test_labels_lose_only_empty_decimals(cell, label):
    assert clean_label(cell) == label


def test_ids_keep_dots_that_are_no_suffix():
    assert clean_id(" s1\\tile.3.x10.TIF ") == "s1/tile.3.x10"
