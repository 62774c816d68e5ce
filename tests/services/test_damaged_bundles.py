"""Bundles that are no good: one sentence, and the project is as it was."""

import io
import string
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InputError, StorageError
from histoviewer.services.bundles.manifest import LARGEST
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from tests.operations import perform
from tests.services.bundle_files import (
    changed,
    enter,
    facts_changed,
    make_bundle,
    state_of,
    vouched,
)

NOT_SOUND = "not a sound model bundle"
DIGESTS, LABELS = np.arange(5, dtype=np.uint64), np.ones(5, np.int8)


@pytest.fixture(scope="module")
def workspace(small_set, tmp_path_factory) -> Iterator[Workspace]:
    """A project for all tests of this file: what they check is that it does not change."""
    path = tmp_path_factory.mktemp("shared") / "small.histo"
    perform(import_dataset(dataset=small_set, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        yield opened


@pytest.fixture(scope="module")
def bundle(workspace, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    return make_bundle(folder, tile_size=workspace.project.info.tile_size)


def assert_refused(workspace: Workspace, path: Path, why: str) -> None:
    before = state_of(workspace)
    with pytest.raises(InputError, match=why):
        enter(workspace, path)
    assert state_of(workspace) == before


def test_a_sound_bundle_is_entered(bundle, workspace) -> None:
    enter(workspace, bundle)

    model = workspace.project.models()[-1]
    assert model.metrics == {"home_val_auc": 0.9}
    assert workspace.project.learned_path(model.id).exists()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"format": 2}, "by HistoViewer 0.1.0, in a newer form"),
        ({"format": 2, "program": "\ud800"}, "by another HistoViewer, in a newer form"),
        ({"format": "1"}, NOT_SOUND),
        ({"recipe": "../../evil"}, NOT_SOUND),
        ({"recipe": ""}, NOT_SOUND),
        ({"recipe": ".hidden"}, NOT_SOUND),
        ({"recipe": "a\\b"}, NOT_SOUND),
        ({"recipe": "aux.v2"}, NOT_SOUND),
        ({"recipe": "tiny\u202e"}, NOT_SOUND),
        ({"recipe": "x" * 101}, NOT_SOUND),
        ({"tile_size": 64}, "tiles of 64 pixels"),
        ({"tile_size": 0}, NOT_SOUND),
        ({"golden": [0.5] * 8}, "other scores here"),
        ({"golden": "0.5"}, NOT_SOUND),
        ({"golden": [1e300]}, NOT_SOUND),
        ({"files": {}}, NOT_SOUND),
        ({"files": ["model.keras", "recipe.toml", "learned.npz", "card.md"]}, NOT_SOUND),
        ({"created": "yesterday"}, NOT_SOUND),
        ({"created": "2026-11-21"}, NOT_SOUND),
        ({"created": "0001-01-01T00:00:00+14:00"}, NOT_SOUND),
        ({"seed": 2**70}, NOT_SOUND),
        ({"seed": 2**32}, NOT_SOUND),
        ({"seed": -1}, NOT_SOUND),
        ({"seed": True}, NOT_SOUND),
        ({"metrics": {"val_auc": float("inf")}}, NOT_SOUND),
        ({"metrics": {"val_auc": 10**400}}, NOT_SOUND),
        ({"metrics": {"\ud800": 0.5}}, NOT_SOUND),
        ({"positive": "\x1b[2J"}, NOT_SOUND),
        ({"data_fingerprint": "\ud800"}, NOT_SOUND),
        ({"unknown": 1}, NOT_SOUND),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused(bundle, workspace, tmp_path, facts, why) -> None:
    assert_refused(workspace, facts_changed(bundle, tmp_path / "bad.histomodel", **facts), why)


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", "null", '{"format": ' + "9" * 5000 + "}"])
def test_a_manifest_that_is_no_table_is_refused(bundle, workspace, tmp_path, text) -> None:
    bad = changed(bundle, tmp_path / "bad.histomodel", "bundle.json", lambda _: text.encode())

    assert_refused(workspace, bad, r"its bundle\.json is not one")


@pytest.mark.parametrize("name", ["model.keras", "recipe.toml", "learned.npz", "card.md"])
def test_a_file_that_was_changed_on_the_way_is_noticed(bundle, workspace, tmp_path, name) -> None:
    bad = changed(bundle, tmp_path / "bad.histomodel", name, lambda content: content[:-1] + b"!")

    assert_refused(workspace, bad, f"its {name} is not the one that was put in")


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_bundle_cut_short_is_refused(bundle, workspace, tmp_path, keep) -> None:
    content = bundle.read_bytes()
    bad = tmp_path / "bad.histomodel"
    bad.write_bytes(content[: int(len(content) * keep)])

    assert_refused(workspace, bad, "cut short, damaged or no bundle")


@pytest.mark.parametrize("name", ["learned.npz", "recipe.toml", "card.md", "bundle.json"])
def test_a_file_that_unpacks_to_a_multiple_is_refused(bundle, workspace, tmp_path, name) -> None:
    """A megabyte of zip can hold a gigabyte of zeros."""
    bad = changed(bundle, tmp_path / "bad.histomodel", name, lambda _: bytes(LARGEST + 1))

    assert bad.stat().st_size < 1 << 20
    assert_refused(workspace, bad, f"its {name} is too large")


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bundle_packed_in_another_way_is_refused(bundle, workspace, tmp_path, way) -> None:
    bad = changed(bundle, tmp_path / "bad.histomodel", "", bytes, way=way)

    assert_refused(workspace, bad, "packed in a way that is not read here")


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz_of(digests: bytes, labels: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("digests.npy", digests)
        archive.writestr("labels.npy", labels)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    {
        "no file": b"",
        "a plain array": npy(DIGESTS),
        "no dimension": npz(digests=np.uint64(1), labels=np.int8(1)),
        "two dimensions": npz(digests=DIGESTS[None], labels=LABELS[None]),
        "signed digests": npz(digests=DIGESTS.astype(np.int64), labels=LABELS),
        "wide labels": npz(digests=DIGESTS, labels=LABELS.astype(np.int64)),
        "labels of no class": npz(digests=DIGESTS, labels=LABELS * 7),
        "too few labels": npz(digests=DIGESTS, labels=LABELS[:2]),
        "objects": npz(digests=np.array([{}, {}], object), labels=LABELS[:2]),
        "a header that claims more": npz_of(
            npy(DIGESTS).replace(b"(5,), ", b"(2**50,)"), npy(LABELS)
        ),
        "a header that claims too much": npz_of(
            npy(DIGESTS).replace(b"(5,), }           ", b"(99999999999,), } "), npy(LABELS)
        ),
        "zeros": npz_of(bytes(LARGEST + 1), npy(LABELS)),
    }.items(),
    ids=lambda item: item[0],
)
def test_what_cannot_have_been_learned_is_refused(bundle, workspace, tmp_path, content) -> None:
    bad = vouched(bundle, tmp_path / "bad.histomodel", "learned.npz", content[1])

    assert_refused(workspace, bad, r"its learned\.npz (cannot be read|is not one)")


def test_a_registry_that_takes_no_model_keeps_no_folder(bundle, workspace, monkeypatch) -> None:
    def fail(_project: object, _record: ModelRecord) -> None:
        raise StorageError("The database is locked.")

    before = state_of(workspace)
    monkeypatch.setattr(type(workspace.project), "add_model", fail)

    with pytest.raises(StorageError):
        enter(workspace, bundle)

    assert state_of(workspace) == before


def test_a_missing_bundle_is_named(workspace, tmp_path) -> None:
    assert_refused(workspace, tmp_path / "gone.histomodel", r"gone\.histomodel cannot be read")


# --- anything at all

ANYTHING = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
NAMES = (
    "recipe", "created", "seed", "tile_size", "negative", "positive", "data_fingerprint",
    "metrics", "golden", "files", "program", "format",
)  # fmt: skip


def assert_refused_or_entered(workspace: Workspace, path: Path) -> None:
    """Either way what is registered has a folder, and nothing else has one."""
    before = state_of(workspace)
    try:
        enter(workspace, path)
    except InputError:
        assert state_of(workspace) == before
    else:
        models, _, folders = state_of(workspace)
        assert len(models) == len(before[0]) + 1
        assert folders == {model.id for model in models}


@ANYTHING
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_are_refused_or_do_not_matter(bundle, workspace, tmp_path, changes) -> None:
    content = bytearray(bundle.read_bytes())
    for place, value in changes:
        content[int(place * (len(content) - 1))] = value
    (tmp_path / "bad.histomodel").write_bytes(content)

    assert_refused_or_entered(workspace, tmp_path / "bad.histomodel")


@ANYTHING
@given(st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1, max_size=2))
@example({"seed": 2**63})
@example({"created": "9999-12-31T23:59:59-14:00"})
def test_other_values_are_refused_or_entered(bundle, workspace, tmp_path, facts) -> None:
    bad = facts_changed(bundle, tmp_path / "bad.histomodel", **facts)

    assert_refused_or_entered(workspace, bad)


@ANYTHING
@given(
    st.sampled_from(["digests.npy", "labels.npy"]),
    st.integers(0, 200),
    st.text(string.printable, max_size=12),
)
def test_other_arrays_are_refused_or_entered(
    bundle, workspace, tmp_path, name, place, text
) -> None:
    arrays = {"digests.npy": npy(DIGESTS), "labels.npy": npy(LABELS)}
    end = place + len(text)
    arrays[name] = arrays[name][:place] + text.encode() + arrays[name][end:]
    learned = npz_of(arrays["digests.npy"], arrays["labels.npy"])

    assert_refused_or_entered(
        workspace, vouched(bundle, tmp_path / "bad.histomodel", "learned.npz", learned)
    )
