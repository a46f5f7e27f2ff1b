"""Training, ``predict`` and the written ``build_model.py`` read a file alike, however odd it is."""

from __future__ import annotations

import contextlib
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.errors import DataError
from study.final import build_script
from study.final.drawing import read_drawing
from study.final.items import read_items
from study.final.model_input import ModelInput
from study.records.sources import DataSource
from study.records.trials import Configuration
from tests.data.odd_inputs import ENDINGS, LABEL, TABLES, Odd

READ = [odd for odd in (*TABLES, *ENDINGS) if not odd.refused and odd.arguments[1:] == LABEL[1:]]


def written(folder: Path, dataset: Dataset) -> tuple[ModelInput, dict]:
    """What a pick would write beside its model, read again, and its script."""
    ModelInput.of(dataset, np.arange(dataset.training)).write(folder)
    takes = ModelInput.read(folder)
    (folder / build_script.NAME).write_text(build_script.source(Configuration.stack((4,), epochs=1), takes, "odd"))
    return takes, runpy.run_path(str(folder / "build_model.py"))


@pytest.mark.parametrize("odd", READ, ids=lambda odd: f"{odd.kind}: {odd.name}")
def test_an_odd_table_is_the_same_to_training_prediction_and_the_code(tmp_path: Path, odd: Odd) -> None:
    odd.make(tmp_path)
    name = odd.arguments[0]
    with contextlib.chdir(tmp_path):
        dataset = load_dataset(DataSource(name, target="label", test=name))
        takes, script = written(tmp_path, dataset)
        expected = takes.items(dataset.x[: dataset.training])
        assert np.array_equal(read_items(Path(name), takes).x, expected)
        (x, y), _ = script["read"](name, "label")
    assert np.array_equal(x, expected)
    assert np.array_equal(y, dataset.y[: dataset.training])


@pytest.mark.parametrize("far", [np.arange(60.0), 1.7e9 + np.arange(60.0), 17 * 10**17 + np.arange(60)], ids=str)
def test_arrays_are_the_same_to_training_prediction_and_the_code(tmp_path: Path, far: np.ndarray) -> None:
    x, y = np.stack([far, far[::-1]], 1), np.arange(60) % 2
    np.savez(tmp_path / "x.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    np.savez(tmp_path / "medical.npz", train_data=x, train_labels=y, val_data=x, val_labels=y)
    dataset = load_dataset(DataSource(str(tmp_path / "x.npz")))
    takes, script = written(tmp_path, dataset)
    expected = takes.items(dataset.x[:60])
    assert np.array_equal(read_items(tmp_path / "x.npz", takes).x, expected)
    for name in ("x.npz", "medical.npz"):
        (seen, labels), (test, _) = script["read"](str(tmp_path / name), "label")
        assert np.array_equal(seen.astype(np.float32), expected) and np.array_equal(test, seen)
        assert np.array_equal(labels, y)


def ring(size: int, centre: tuple[float, float], radius: float) -> np.ndarray:
    """Light ink (size, size) on a dark background: a ring."""
    down, across = np.mgrid[:size, :size] + 0.5
    distance = np.hypot(down - centre[0], across - centre[1])
    return np.where(np.abs(distance - radius) < radius / 3, 255, 0).astype(np.uint8)


@pytest.fixture
def rings(tmp_path: Path) -> ModelInput:
    """The input of a model of rings of about one size, about in the middle."""
    rng = np.random.default_rng(0)
    x = np.stack([ring(16, (8 + rng.normal() / 3, 8 + rng.normal() / 3), 5 + rng.normal() / 5) for _ in range(60)])
    np.savez(tmp_path / "rings.npz", x=x, y=np.arange(60) % 2)
    dataset = load_dataset(DataSource(str(tmp_path / "rings.npz")))
    ModelInput.of(dataset, np.arange(dataset.training)).write(tmp_path)
    return ModelInput.read(tmp_path)


def notes(path: Path, takes: ModelInput, image: np.ndarray, *, centre: bool = False) -> str:
    Image.fromarray(image).save(path)
    return "; ".join(read_items(path, takes, centre=centre).notes)


def test_a_drawing_like_those_of_training_gives_nothing_to_say(rings: ModelInput, tmp_path: Path) -> None:
    assert notes(tmp_path / "a.png", rings, ring(16, (8, 8), 5)) == ""


def test_a_drawing_in_a_corner_is_said_and_centred_where_asked(rings: ModelInput, tmp_path: Path) -> None:
    path, corner = tmp_path / "a.png", ring(160, (140, 25), 14)
    said = notes(path, rings, corner)
    assert "1 image has ink elsewhere than the training images" in said and "--centre moves it" in said
    assert "1 image has less ink than any training image" in said
    said = notes(path, rings, corner, centre=True)
    assert "was centred" in said and "elsewhere" not in said and "ink than" not in said
    moved, plain = read_drawing(path, rings, centre=True).x, ring(16, (8, 8), 5)
    assert np.corrcoef(moved.ravel(), plain.ravel())[0, 1] > 0.9


def test_a_picture_full_of_ink_is_said(rings: ModelInput, tmp_path: Path) -> None:
    full = np.full((16, 16), 255, np.uint8)
    full[[0, -1]], full[:, [0, -1]] = 0, 0
    assert "more ink than any training image" in notes(tmp_path / "a.png", rings, full)


def test_arrays_of_drawings_are_looked_at_too_and_an_inverted_one_is_said(rings: ModelInput, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.stack([255 - ring(16, (8, 8), 5), ring(16, (8, 8), 5)]))
    (note,) = read_items(tmp_path / "x.npz", rings).notes
    assert note.startswith("1 image has a light background, but training images have a dark one")
    with pytest.raises(DataError, match="--centre moves what is drawn in an image"):
        read_items(tmp_path / "x.npz", rings, centre=True)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_stands_as_its_file_says(rings: ModelInput, tmp_path: Path, orientation: int) -> None:
    upright = ring(16, (8, 8), 5)
    upright[:8, :8] = 0  # so that no turn and no mirror image is the same
    upright[8:, 12:] = 0
    # What lies in the file, so that turning it gives the upright picture: EXIF 2.32, tag Orientation.
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.T,
        6: np.rot90(upright), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a.png", exif=exif)
    one = read_drawing(tmp_path / "a.png", rings)
    assert np.array_equal(one.x, upright)
    assert one.done == (("turned as the file says (EXIF)",) if orientation > 1 else ())


def test_a_preprocessing_of_an_earlier_version_is_read(rings: ModelInput, tmp_path: Path) -> None:
    import json

    file = tmp_path / "preprocessing.json"
    values = json.loads(file.read_text())
    for key in ("offset", "unit", "drawn"):
        del values[key]
    file.write_text(json.dumps(values))
    takes = ModelInput.read(tmp_path)
    assert takes.origin is None and takes.drawn is None
    with pytest.raises(DataError, match="--centre needs a model"):
        notes(tmp_path / "a.png", takes, ring(16, (8, 8), 5), centre=True)
