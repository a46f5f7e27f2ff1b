"""Whatever is wrong with the user's data is one clear line with exit code 2, at bounded cost."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import cli
from study.data.files import limits
from study.data.files.tables import read_table
from study.errors import DataError

Y = np.arange(40) % 2
CSV = "age,city,label\n" + "".join(f"{i},{'Rome' if i % 3 else 'Oslo'},{'yes' if i % 2 else 'no'}\n" for i in range(40))


def check(folder: Path, *arguments: str) -> str:
    """What ``depthgauge data check`` says about broken data: one line, exit code 2."""
    with contextlib.chdir(folder):
        result = CliRunner().invoke(cli.app, ["data", "check", *arguments])
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def expect(said: str, *words: str) -> None:
    for word in words:
        assert word in said, said


def csv_without(*replacements: tuple[str, str]) -> str:
    text = CSV
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


TABLES: dict[str, tuple[str | bytes, list[str], list[str]]] = {
    "no target": (CSV, [], ["--target COLUMN", "age, city, label"]),
    "unknown target": (CSV, ["--target", "lable"], ["'lable'", "Did you mean 'label'?"]),
    "no header": (CSV.split("\n", 1)[1], ["--target", "label"], ["'label'", "first line a row of values", "0"]),
    "empty": ("", ["--target", "label"], ["empty file"]),
    "header only": ("age,label\n", ["--target", "label"], ["rows of values", "none"]),
    "target only": ("label\n" + "a\nb\n" * 9, ["--target", "label"], ["columns beside the target"]),
    "one class": (csv_without(("no", "yes")), ["--target", "label"], ["two classes", "'yes'"]),
    "a class with one row": (CSV + "50,Rome,maybe\n", ["--target", "label"], ["3 rows of each class", "'maybe'"]),
    "labels missing": (csv_without(("no", "")), ["--target", "label"], ["20 of 40 without", "label"]),
    "regression": (
        "x,label\n" + "".join(f"{i},{i / 7}\n" for i in range(40)),
        ["--target", "label"],
        ["looks like regression", "--set task=regression"],
    ),
    "as many classes as rows": (CSV, ["--target", "age"], ["40 classes in 40 rows", "regression"]),
    "thousands of classes": (
        "x,label\n" + "".join(f"{i},c{i // 2}\n" for i in range(4000)),
        ["--target", "label"],
        ["1,000 classes", "2,000 different labels"],
    ),
    "names twice": (csv_without(("age,city", "city,city")), ["--target", "label"], ["'city' more than once"]),
    "ragged": (CSV + "1,2,3,4,5\n", ["--target", "label"], ["line 42", "expected 3 cells", "found 5", "double quotes"]),
    "open quote": (CSV + '"1,Rome,no\n2,Rome,no\n', ["--target", "label"], ["never closed"]),
    "UTF-16": (CSV.encode("utf-16"), ["--target", "label"], ["found UTF-16", "iconv -f utf-16 -t utf-8 people.csv"]),
    "many columns": (",".join(f"c{i}" for i in range(20)) + "\n", [], ["c11 and 8 more"]),
    "not UTF-8": (CSV.replace("Rome", "Málaga").encode("latin1"), ["--target", "label"], ["UTF-8", "0xe1", "iconv"]),
    "binary": (b"\x89PNG\0\0\0" * 99, ["--target", "label"], ["binary file"]),
    "infinity": (csv_without(("\n7,", "\ninf,")), ["--target", "label"], ["'age'", "inf", "row"]),
    "identifier": (
        "name,x,label\n" + "".join(f"person {i:05},{i},{i % 2}\n" for i in range(400)),
        ["--target", "label"],
        ["'name' looks like an identifier", "person 00000", """--set 'data.drop=["name"]'"""],
    ),
    "dates": (
        "day,x,label\n" + "".join(f"2024-{1 + i % 12:02}-{1 + i % 28:02} 10:{i % 60},1,{i % 2}\n" for i in range(400)),
        ["--target", "label"],
        ["'day' holds dates such as '2024-01-01", "data.drop"],
    ),
    "few dates": (
        "day,x,label\n" + "".join(f"{1 + i % 9:02}.03.2024 12:00,{i},{i % 2}\n" for i in range(40)),
        ["--target", "label"],
        ["'day' holds dates such as '01.03.2024 12:00'", """--set 'data.drop=["day"]'"""],
    ),
    "decimal commas": (
        "a;b;label\n" + "".join(f"{i % 7},5;{i};{i % 2}\n" for i in range(40)),
        ["--target", "label"],
        ["'a' holds numbers with a comma such as '0,5'", "decimal point"],
    ),
    "numbers with words": (
        "x,label\n" + "".join(f"{i if i else 'unknown'},{i % 2}\n" for i in range(400)),
        ["--target", "label"],
        ["'x' holds numbers, but also words such as 'unknown'"],
    ),
    "dropped target": (CSV, ["--target", "label", "--set", 'data.drop=["label"]'], ["data.drop", "target"]),
    "unknown dropped": (CSV, ["--target", "label", "--set", 'data.drop=["citi"]'], ["data.drop", "'city'"]),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_broken_table_is_one_line(tmp_path: Path, case: str) -> None:
    content, arguments, words = TABLES[case]
    (tmp_path / "people.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    expect(check(tmp_path, "people.csv", *arguments), "people.csv", *words)


def test_a_target_with_missing_labels_counts_them_and_keeps_words_that_look_empty(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV.replace("no\n", "None\n").replace("yes\n", "NA\n"))
    with contextlib.chdir(tmp_path):
        result = CliRunner().invoke(cli.app, ["data", "check", "people.csv", "--target", "label"])
    assert result.exit_code == 0 and "None" in result.stdout and "NA" in result.stdout


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("MAX_TABLE_BYTES", 300, ["0 MB", "sample"]), ("MAX_CELLS", 60, ["60 cells", "sample"])],
)
def test_a_table_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, words: list[str]
) -> None:
    monkeypatch.setattr(limits, limit, value)
    monkeypatch.setattr("pandas.read_csv", None)
    (tmp_path / "people.csv").write_text(CSV)
    expect(check(tmp_path, "people.csv", "--target", "label"), "expected", *words)


def test_a_sparse_file_of_three_gigabytes_costs_nothing(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.write(CSV.encode())
        file.truncate(3_000_000_000)
    expect(check(tmp_path, "huge.csv", "--target", "label"), "1,000 MB", "3,000 MB")


def test_features_and_arrays_that_are_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FEATURES", 2)
    (tmp_path / "people.csv").write_text(CSV)
    expect(check(tmp_path, "people.csv", "--target", "label"), "1 to 2 values", "found 3")


NPZ: dict[str, tuple[dict[str, np.ndarray], list[str]]] = {
    "no arrays": ({}, ["x and y", "none"]),
    "other names": ({"images": np.zeros((4, 2)), "target": Y[:4]}, ["x and y", "images, target"]),
    "half a test set": ({"x_train": np.ones((40, 3)), "y_train": Y, "x_test": np.ones((4, 3))}, ["y_test"]),
    "one dimension": ({"x": np.arange(40.0), "y": Y}, ["(rows, features)", "(40,)"]),
    "a number": ({"x": np.float64(3), "y": Y}, ["(rows, features)", "()"]),
    "lengths differ": ({"x": np.ones((39, 3)), "y": Y}, ["39 items", "(40,)"]),
    "no rows": ({"x": np.ones((0, 3)), "y": Y[:0]}, ["rows", "none"]),
    "no features": ({"x": np.ones((40, 0)), "y": Y}, ["1 to 200,000 values", "found 0"]),
    "words for pixels": ({"x": np.full((40, 3), "dark"), "y": Y}, ["numbers", "<U4"]),
    "complex": ({"x": np.ones((40, 3), complex), "y": Y}, ["numbers", "complex"]),
    "objects": ({"x": np.full((40, 3), None, object), "y": Y}, ["Python objects"]),
    "NaN": ({"x": np.where(np.eye(40, 3), np.nan, 1), "y": Y}, ["finite", "nan", "item 0", "3 such"]),
    "infinity": ({"x": np.where(np.eye(40, 3), np.inf, 1), "y": Y}, ["finite", "inf"]),
    "beyond float32": ({"x": np.full((40, 3), 1e300), "y": Y}, ["ordinary size", "1e+300"]),
    "one class": ({"x": np.ones((40, 3)), "y": Y * 0}, ["two classes", "'0'"]),
    "float labels": ({"x": np.ones((40, 3)), "y": np.linspace(0, 1, 40)}, ["array y:", "regression"]),
    "NaN labels": ({"x": np.ones((40, 3)), "y": np.where(Y, np.nan, 1)}, ["20 of 40 without"]),
    "one-hot labels": ({"x": np.ones((40, 3)), "y": np.eye(2)[Y]}, ["one label a row", "argmax"]),
    "fewer rows than classes": ({"x": np.ones((3, 3)), "y": Y[:3] * 7 + np.arange(3)}, ["3 classes in 3 rows"]),
    "test of another shape": (
        {"x_train": np.ones((40, 3)), "y_train": Y, "x_test": np.ones((4, 2)), "y_test": Y[:4]},
        ["(3,)", "(2,)"],
    ),
    "test of another range": (
        {"x_train": np.ones((40, 3), np.uint8), "y_train": Y, "x_test": np.ones((4, 3)), "y_test": Y[:4]},
        ["bytes from 0 to 255", "float64"],
    ),
}


@pytest.mark.parametrize("case", NPZ)
def test_broken_arrays_are_one_line(tmp_path: Path, case: str) -> None:
    arrays, words = NPZ[case]
    np.savez(tmp_path / "data.npz", **arrays)
    expect(check(tmp_path, "data.npz"), "data.npz", *words)


def test_a_zip_bomb_is_refused_by_its_headers(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**5)})
    with zipfile.ZipFile(tmp_path / "data.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", header.getvalue() + bytes(10**7))
        archive.writestr("y.npy", header.getvalue())
    expect(check(tmp_path, "data.npz"), "1,000 MB", "1,600,000 MB")


@pytest.mark.parametrize("content", [b"", b"PK\3\4 not a zip", b"\0" * 1000])
def test_a_file_that_is_no_zip_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.npz").write_bytes(content)
    expect(check(tmp_path, "data.npz"), "data.npz", "cannot be read as .npz", "numpy.savez")


@pytest.mark.parametrize("name", ["pipe", "pipe.csv", "pipe.npz", "folder"])
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    if name == "folder":
        images(tmp_path)
        place = (tmp_path / "pictures").rename(place) / "b" / "99.png"
    os.mkfifo(place)
    expect(check(tmp_path, name, *(["--target", "x"] if name == "pipe.csv" else [])), "found a pipe", place.name)


def test_a_table_to_predict_is_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rows.csv")
    with pytest.raises(DataError, match="found a pipe"):
        read_table(tmp_path / "rows.csv")


def test_a_truncated_npz_is_one_line(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "whole.npz", x=np.random.default_rng(0).random((40, 300)), y=Y)
    whole = bytearray((tmp_path / "whole.npz").read_bytes())
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    whole[1000:3000] = bytes(2000)
    (tmp_path / "spoilt.npz").write_bytes(whole)
    for name in ("cut.npz", "spoilt.npz"):
        expect(check(tmp_path, name), name, "cannot be read", "numpy.savez")


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    return bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


IMAGES, LABELS = np.zeros((40, 2, 2), np.uint8), Y.astype(np.uint8)
IDX: dict[str, tuple[dict[str, bytes], list[str]]] = {
    "no labels": ({"train-images-idx3-ubyte": idx(IMAGES)}, ["labels", "beside"]),
    "only test": ({"t10k-images-idx3-ubyte": idx(IMAGES), "t10k-labels-idx1-ubyte": idx(LABELS)}, ["for training"]),
    "no IDX": ({"a-images-idx3-ubyte": b"hello", "a-labels-idx1-ubyte": idx(LABELS)}, ["00 00 08", "68 65 6c 6c"]),
    "empty": ({"a-images-idx3-ubyte": b"", "a-labels-idx1-ubyte": idx(LABELS)}, ["nothing"]),
    "no header": ({"a-images-idx3-ubyte": idx(IMAGES)[:9], "a-labels-idx1-ubyte": idx(LABELS)}, ["header"]),
    "too short": ({"a-images-idx3-ubyte": idx(IMAGES)[:-1], "a-labels-idx1-ubyte": idx(LABELS)}, ["160 bytes", "159"]),
    "too long": ({"a-images-idx3-ubyte": idx(IMAGES) + b"!", "a-labels-idx1-ubyte": idx(LABELS)}, ["160 bytes"]),
    "no gzip": ({"a-images-idx3-ubyte.gz": idx(IMAGES), "a-labels-idx1-ubyte": idx(LABELS)}, ["IDX"]),
    "huge": (
        {"a-images-idx3-ubyte.gz": gzip.compress(idx(IMAGES)[:4] + b"\xff" * 12), "a-labels-idx1-ubyte": idx(LABELS)},
        ["1,000 MB"],
    ),
}


@pytest.mark.parametrize("case", IDX)
def test_broken_idx_files_are_one_line(tmp_path: Path, case: str) -> None:
    files, words = IDX[case]
    (tmp_path / "data").mkdir()
    for name, content in files.items():
        (tmp_path / "data" / name).write_bytes(content)
    expect(check(tmp_path, "data"), "data", *words)


def images(folder: Path) -> None:
    for place in range(12):
        path = folder / "pictures" / "ab"[place % 2] / f"{place}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 5), place, np.uint8)).save(path)


def other_size(folder: Path) -> None:
    Image.new("L", (6, 4)).save(folder / "b" / "9.png")


def a_text(folder: Path) -> None:
    (folder / "b" / "9.png").write_text("no image")


def nothing(folder: Path) -> None:
    (folder / "b" / "9.png").write_bytes(b"")


def cut(folder: Path) -> None:
    path = folder / "b" / "9.png"
    path.write_bytes(path.read_bytes()[:45])


def cut_early(folder: Path) -> None:
    path = folder / "b" / "9.png"
    path.write_bytes(path.read_bytes()[:12])


def bomb(folder: Path) -> None:
    path = folder / "b" / "9.png"
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    whole = path.read_bytes()
    path.write_bytes(whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:])


def deep(folder: Path) -> None:
    Image.fromarray(np.zeros((4, 5), np.uint16)).save(folder / "b" / "9.png")


def empty_class(folder: Path) -> None:
    (folder / "c").mkdir()


def lonely(folder: Path) -> None:
    (folder / "c").mkdir()
    Image.new("L", (5, 4)).save(folder / "c" / "0.png")


def huge(folder: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(folder / "a" / "0.png")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (other_size, ["5 x 4 pixels", "6 x 4", "9.png"]),
        (a_text, ["9.png", "expected an image", "holds none", "Remove it"]),
        (nothing, ["9.png", "an empty file", "Copy or save it again"]),
        (cut, ["9.png", "a damaged one", "Copy or save it again"]),
        (cut_early, ["9.png", "a damaged one", "Copy or save it again"]),
        (bomb, ["9.png", "far too large", "Make it smaller"]),
        (deep, ["9.png", "8 bits"]),
        (empty_class, ["'c'", "none"]),
        (lonely, ["'c'", "3 rows of each class"]),
        (huge, ["0.png"]),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_broken_images_are_one_line(tmp_path: Path, spoil: Callable[[Path], None], words: list[str]) -> None:
    images(tmp_path)
    spoil(tmp_path / "pictures")
    expect(check(tmp_path, "pictures"), *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv", "--target", "x"], ["'nowhere.csv'", "no file and no folder"]),
        (["x" * 5000], ["no file and no folder"]),
        (["folder.csv", "--target", "x"], ["expected a file, found a folder"]),
        (["empty"], ["a folder for each class"]),
        (["notes.txt"], [".npz, .csv, .tsv, .parquet", "'.txt'"]),
        (["x.npy"], ["numpy.savez"]),
        (["gone.csv", "--target", "x"], ["gone.csv is a link that leads nowhere"]),
        (["itself.npz"], ["itself.npz is a link that leads nowhere"]),
        (["good.npz", "--target", "label"], ["only tables"]),
        (["good.npz", "--set", "data.test=gone.npz"], ["'gone.npz'"]),
        (["split.npz", "--set", "data.test=good.npz"], ["its own test set"]),
        (["good.npz", "--set", "data.test_share=1.5"], ["data.test_share", "1.5"]),
        (["good.npz", "--set", "data.test_share=0.01"], ["test_share says nothing here", "holdout"]),
        (
            ["good.npz", "--set", "data.scheme=fixed", "--set", "data.test_share=0.01"],
            ["data.test_share = 0.01"],
        ),
        (["good.npz", "--set", "data.taget=x"], ["data.taget", "'target'"]),
        (["mnist", "--target", "label"], ["comes with the program"]),
    ],
    ids=lambda one: one[0][:20],
)
def test_a_wrong_path_or_setting_is_one_line(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    for folder in ("folder.csv", "empty"):
        (tmp_path / folder).mkdir()
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "not there")
    (tmp_path / "itself.npz").symlink_to(tmp_path / "itself.npz")
    np.save(tmp_path / "x.npy", Y)
    np.savez(tmp_path / "good.npz", x=np.ones((40, 3)), y=Y)
    np.savez(tmp_path / "split.npz", x_train=np.ones((40, 3)), y_train=Y, x_test=np.ones((4, 3)), y_test=Y[:4])
    expect(check(tmp_path, *arguments), *words)
