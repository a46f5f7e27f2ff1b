"""Arrays, IDX files and folders of images are read as they are, and scaled as their values say."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from study.data.dataset import Dataset
from study.data.files.labels import encode_labels
from study.data.loading import load_dataset
from study.errors import DataError
from study.records.sources import DataSource

Y = np.arange(40) % 2


def load_npz(folder: Path, **arrays: np.ndarray) -> Dataset:
    np.savez_compressed(folder / "data.npz", **arrays)
    return load_dataset(DataSource(str(folder / "data.npz")))


def ramp(shape: tuple[int, ...], high: float, kind: str) -> np.ndarray:
    return np.linspace(0, high, int(np.prod(shape))).reshape(shape).astype(kind)


@pytest.mark.parametrize(
    ("x", "scale", "kind"),
    [
        (ramp((40, 3, 4), 255, "uint8"), 255, "uint8"),
        (ramp((40, 12), 255, "uint8"), 255, "uint8"),
        (ramp((40, 3, 4), 16, "uint8"), 16, "uint8"),
        (ramp((40, 12), 1, "bool"), 1, "uint8"),
        (ramp((40, 3, 4, 3), 255, "int64"), 255, "uint8"),
        (ramp((40, 3, 4), 1, "float64"), 1, "float32"),
        (ramp((40, 3, 4), 255, "float32"), 255, "float32"),
        (ramp((40, 3, 4), 2, "float32") - 1, None, "float32"),
        (ramp((40, 12), 1, "float16"), None, "float32"),
        (ramp((40, 12), 200, "int32"), None, "float32"),
        (ramp((40, 3, 4), 4000, "uint16"), None, "float32"),
    ],
    ids=lambda one: f"{one.dtype}-{one.ndim}-{one.max():g}" if isinstance(one, np.ndarray) else None,
)
def test_the_kind_and_range_of_values_decide_their_scaling(
    tmp_path: Path, x: np.ndarray, scale: float | None, kind: str
) -> None:
    data = load_npz(tmp_path, x=x, y=Y)
    assert (data.scale, data.x.dtype, data.shape) == (scale, kind, x.shape[1:])
    assert data.x.shape == (40, 12 if x.ndim < 4 else 36)
    # The rows are all there, whatever the order in which the split left them.
    assert np.array_equal(np.sort(data.x[:, -1]), np.sort(x.reshape(40, -1)[:, -1].astype(kind)))


def test_an_own_test_set_stays_the_test_set(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, x_test = rng.random((40, 3)), rng.random((6, 3))
    inside = load_npz(tmp_path, X_train=x, y_train=Y, x_test=x_test, y_test=Y[:6])
    assert inside.training == 40 and np.array_equal(inside.x[40:], x_test.astype(np.float32))
    np.savez(tmp_path / "train.npz", x=x, y=Y)
    np.savez(tmp_path / "test.npz", x=x_test, y=Y[:6].reshape(-1, 1))
    beside = load_dataset(DataSource(str(tmp_path / "train.npz"), test=str(tmp_path / "test.npz")))
    assert beside.sha256 == inside.sha256


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (ramp((40, 3, 4), 1, "float32"), ramp((40, 3, 4), 255, "uint8")),
        (ramp((40, 3, 4), 255, "uint8"), ramp((40, 3, 4), 1, "uint8")),
        (ramp((40, 3, 4), 255, "float32"), ramp((40, 3, 4), 1, "float32")),
    ],
)
def test_fractions_and_bytes_are_not_one_data_set(tmp_path: Path, train: np.ndarray, test: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"expected values up to .* as in the training part.*same scale"):
        load_npz(tmp_path, x_train=train, y_train=Y, x_test=test, y_test=Y)


def test_transparent_pixels_are_paper(tmp_path: Path) -> None:
    for number in range(10):
        for label in ("a", "b"):
            pixels = np.zeros((4, 4, 4), np.uint8)  # black ink, and what is not drawn is black, too, and transparent
            pixels[1, :, 3] = 255
            (tmp_path / label).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / label / f"{number}.png")
    x = load_dataset(DataSource(str(tmp_path))).x.reshape(20, 4, 4, 3)
    assert (x[:, 1] == 0).all() and (x[:, [0, 2, 3]] == 255).all()


def test_arrays_that_are_not_read_are_named(tmp_path: Path) -> None:
    assert "names" in load_npz(tmp_path, x=np.ones((40, 3)), y=Y, names=np.array(["a"])).notes[0]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (np.array([3, 1, 1, 3]), ("1", "3")),
        (np.array([10**12, -5, -5, 10**12]), ("-5", "1000000000000")),
        (np.array([10.0, 2.0, 2.0, 10.0]), ("2", "10")),
        (np.array([True, False, False, True]), ("False", "True")),
        (np.array(["cat", "ant", "ant", "cat"]), ("ant", "cat")),
        (np.array([b"10", b"9", b"9", b"10"]), ("9", "10")),
        (np.array([[1], [0], [0], [1]], np.uint8), ("0", "1")),
    ],
    ids=str,
)
def test_labels_keep_their_names_and_their_order(values: np.ndarray, labels: tuple[str, ...]) -> None:
    names, (y,) = encode_labels((values, "here"))
    assert names == labels and y.dtype == np.int32 and y.tolist() == [1, 0, 0, 1]


def test_a_class_that_only_the_test_set_has_is_a_class() -> None:
    names, (y, y_test) = encode_labels((np.array([1, 2, 1, 2, 2, 1]), "here"), (np.array(["3.0", "1.0"]), "there"))
    assert names == ("1", "2", "3") and y.tolist() == [0, 1, 0, 1, 1, 0] and y_test.tolist() == [2, 0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.one_of(st.integers(-(10**20), 10**20), st.text(max_size=5)), min_size=1, max_size=6), st.data())
def test_any_labels_are_classes_or_a_clear_line(classes: list, data: st.DataObject) -> None:
    values = np.array([str(one) for one in classes] * 4, object)
    try:
        names, (y,) = encode_labels((values, "here"))
    except DataError as error:
        assert str(error).startswith("here: ")
        return
    assert y.min() == 0 and y.max() == len(names) - 1
    for one, place in zip(values, y, strict=True):
        assert names[place] == one or float(names[place]) == float(one)


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    return bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.mark.parametrize(
    "names", [("train-{}-idx3-ubyte", "t10k-{}-idx3-ubyte"), ("train-{}.idx3-ubyte.gz", "x-test-{}-idx1-ubyte")]
)
def test_the_files_of_mnist_are_read_packed_or_not(tmp_path: Path, names: tuple[str, str]) -> None:
    rng = np.random.default_rng(0)
    parts = [(rng.integers(0, 256, (n, 5, 4), np.uint8), (np.arange(n) % 3).astype(np.uint8)) for n in (30, 9)]
    for name, (x, y) in zip(names, parts, strict=True):
        for what, array in (("images", x), ("labels", y)):
            content = idx(array)
            (tmp_path / name.format(what)).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    data = load_dataset(DataSource(str(tmp_path)))
    assert (data.training, data.shape, data.scale, data.labels) == (30, (5, 4), 255, ("0", "1", "2"))
    assert np.array_equal(data.x, np.concatenate([x for x, _ in parts]).reshape(39, 20))
    one, other = (str(tmp_path / name.format("images")) for name in names)
    assert load_dataset(DataSource(one, test=other)).sha256 == data.sha256


def test_wider_numbers_in_idx_files_are_turned_round(tmp_path: Path) -> None:
    (tmp_path / "a-images-idx2-int").write_bytes(idx(np.arange(120).reshape(40, 3).astype(">i4"), 12))
    (tmp_path / "a-labels-idx1-ubyte").write_bytes(idx(Y.astype(np.uint8)))
    data = load_dataset(DataSource(str(tmp_path)))
    assert sorted(data.x[:, 0]) == list(range(0, 120, 3))


def draw(folder: Path, mode: str, values: range) -> None:
    for place in values:
        path = folder / ("cat" if place % 2 else "ant") / f"{place:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, (4, 3), place if mode == "L" else (place, 0, 255)).save(path)


def test_folders_are_the_classes_of_their_images(tmp_path: Path) -> None:
    draw(tmp_path / "train", "L", range(20))
    draw(tmp_path / "test", "L", range(100, 106))
    (tmp_path / "train" / "cat" / "notes.txt").write_text("notes")
    (tmp_path / "train" / ".DS_Store").write_text("")
    (tmp_path / "other").mkdir()
    data = load_dataset(DataSource(str(tmp_path)))
    assert (data.labels, data.shape, data.training, len(data.y)) == (("ant", "cat"), (3, 4), 20, 26)
    assert np.array_equal(data.y, data.x[:, 0] % 2)
    said = " ".join(data.notes)
    assert (
        "1 files that are no images were passed by (notes.txt)" in said and "folders that are not read: other" in said
    )
    assert ".DS_Store" in said


def test_one_image_in_colours_makes_all_of_them_coloured(tmp_path: Path) -> None:
    draw(tmp_path, "L", range(20))
    Image.new("RGB", (4, 3), (1, 2, 3)).save(tmp_path / "cat" / "99.png")
    data = load_dataset(DataSource(str(tmp_path)))
    assert data.shape == (3, 4, 3) and sorted(data.x[:, :3].tolist())[1:3] == [[1, 1, 1], [1, 2, 3]]
    assert "20 of 21 images are grey" in data.notes[0] and "colours" in data.notes[0]
