"""Features on disk: whole after a kill, never another data set's or model's, never unpickled."""

import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.datasets.pictures import digest
from pairbounds.real_data.encoders.cache import CHUNK, Rows, stored_rows
from pairbounds.real_data.encoders.encoder import ImageEncoder, TextEncoder, images_per_second, unit_rows
from tests.limits import largest_file
from tests.real_data import tiny

LIBRARIES = ("open_clip", "timm", "transformers", "torchvision", "huggingface_hub")
KILLED = f"""
import os, signal, sys
from pathlib import Path
import numpy as np
import pairbounds.real_data.datasets, pairbounds.real_data.encoders.evaluator, pairbounds.real_data.encoders.retrieval
from pairbounds.real_data.encoders.cache import CHUNK, stored_rows

print([name for name in {LIBRARIES} if name in sys.modules], flush=True)

def rows(start):
    for row in range(start, 4 * CHUNK):
        if row == 2 * CHUNK + 7:
            os.kill(os.getpid(), signal.SIGKILL)
        yield np.full((1, 3), row + 1, dtype=np.float32)

stored_rows(Path(sys.argv[1]), 4 * CHUNK, rows)
"""


class Colours(ImageEncoder, TextEncoder):
    """Mean colours, and lengths of texts; counts the rows that it computes."""

    name = "colours"

    def __init__(self, key: str) -> None:
        self.key, self.computed = key, 0

    def image_rows(self, dataset: ImageTextDataset) -> Iterator[Rows]:
        for index in range(len(dataset)):
            self.computed += 1
            yield np.asarray(dataset.image(index), dtype=np.float32).mean((0, 1))[None]

    def text_rows(self, texts) -> Iterator[Rows]:
        self.computed += len(texts)
        yield np.array([[len(text), 1] for text in texts], dtype=np.float32)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> ImageTextDataset:
    return imagefolder(tiny.imagefolder(tmp_path_factory.mktemp("pictures")), prompts="single")


def numbered(start: int, stop: int) -> Rows:
    return np.arange(3 * start, 3 * stop, dtype=np.float32).reshape(-1, 3)


@given(
    size=st.integers(1, 3 * CHUNK),
    cuts=st.lists(st.integers(0, 3 * CHUNK), max_size=8),
    stops_at=st.integers(0, 3 * CHUNK),
)
def test_a_run_that_breaks_off_goes_on_at_its_last_whole_chunk(tmp_path_factory, size, cuts, stops_at):
    place, starts = tmp_path_factory.mktemp("features"), []

    def rows(start: int, stop: int) -> Iterator[Rows]:
        starts.append(start)
        edges = [start, *sorted(cut for cut in cuts if start < cut < stop), stop]
        for first, last in pairwise(edges):
            yield numbered(first, last)

    def breaking(start: int) -> Iterator[Rows]:
        yield from rows(start, min(stops_at, size))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        stored_rows(place, size, breaking)
    for _ in range(2):
        assert np.array_equal(stored_rows(place, size, lambda start: rows(start, size)), numbered(0, size))
    done = min(stops_at, size) // CHUNK * CHUNK
    assert starts == [0] + [done] * (done < size)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a process printed that was killed while it encoded, and where it kept its features."""
    place = tmp_path_factory.mktemp("killed")
    process = subprocess.run([sys.executable, "-c", KILLED, place], capture_output=True, text=True, check=False)
    assert process.returncode == -signal.SIGKILL
    return process.stdout, place


def test_importing_encoders_loads_no_model_library(killed):
    assert killed[0] == "[]\n"


def test_a_killed_process_loses_the_chunk_in_flight_alone(killed):
    starts = []

    def rest(start: int) -> list[Rows]:
        starts.append(start)
        return [np.repeat(np.arange(start + 1, 4 * CHUNK + 1, dtype=np.float32)[:, None], 3, axis=1)]

    rows = stored_rows(killed[1], 4 * CHUNK, rest)
    assert starts == [2 * CHUNK]
    assert np.array_equal(rows[:, 0], np.arange(1, 4 * CHUNK + 1))


def test_a_file_left_half_written_is_not_read(tmp_path):
    (tmp_path / ".00000000.0123456789abcdef.npy").write_bytes(b"\x93NUMPY")
    assert np.array_equal(stored_rows(tmp_path, 2, lambda start: [numbered(start, 2)]), numbered(0, 2))


def test_features_are_computed_once_for_each_data_set_and_encoder(dataset, tmp_path):
    first, again, other = Colours("a"), Colours("a"), Colours("b")
    features = first.encode_images(dataset, tmp_path)
    assert np.array_equal(again.encode_images(dataset, tmp_path), features)
    assert (first.computed, again.computed) == (len(dataset), 0)
    other.encode_images(dataset, tmp_path)
    again.encode_images(dataset.take(range(3)), tmp_path)
    assert (other.computed, again.computed) == (len(dataset), 3)
    order = np.arange(len(dataset))[::-1]
    assert np.allclose(again.encode_images(dataset.take(order), tmp_path), features[order], rtol=1e-12)
    first.encode_images(dataset, None)
    assert first.computed == 2 * len(dataset)


def test_texts_are_computed_once_and_keep_their_order(tmp_path):
    encoder, texts = Colours("a"), ["four", "one", "seventeen"]
    rows = encoder.encode_texts(texts, tmp_path)
    assert np.allclose(rows, unit_rows(np.array([[4.0, 1], [3, 1], [9, 1]])))
    assert np.array_equal(encoder.encode_texts(texts, tmp_path), rows)
    assert np.array_equal(encoder.encode_texts(texts[::-1], tmp_path), rows[::-1])
    assert encoder.computed == 6


def test_a_file_changed_since_is_another_data_set(dataset, tmp_path):
    path = tiny.picture(tmp_path / "new.png", seed=5)
    changed = ImageTextDataset(
        "one", ("a",), (path,), (digest(path),), (("text",),), np.array([0]), ("class",), None, "", ""
    )
    Colours("a").encode_images(changed, tmp_path)
    tiny.picture(path, seed=6)
    after = Colours("a")
    after.encode_images(
        ImageTextDataset(
            "one", ("a",), (path,), (digest(path),), (("text",),), np.array([0]), ("class",), None, "", ""
        ),
        tmp_path,
    )
    assert after.computed == 1


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_features_are_never_unpickled(tmp_path):
    struck = tmp_path / "struck"
    pickle.loads(pickle.dumps(Bomb(struck)))
    assert struck.exists()
    struck.unlink()
    np.save(tmp_path / "00000000.npy", np.array([Bomb(struck)], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"00000000\.npy cannot be read, delete the file"):
        stored_rows(tmp_path, 1, lambda start: [numbered(0, 1)])
    assert not struck.exists()


@pytest.mark.parametrize("wrong", [numbered(0, 3), numbered(0, 2).astype(np.float64), numbered(0, 2)[:, 0], b"junk"])
def test_files_of_another_origin_are_one_line(tmp_path, wrong):
    path = tmp_path / "00000000.npy"
    path.write_bytes(wrong) if isinstance(wrong, bytes) else np.save(path, wrong)
    with pytest.raises(ValueError, match=r"^features .*delete the file") as caught:
        stored_rows(tmp_path, 2, lambda start: [numbered(0, 2)])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given_rows", [1, 3])
def test_an_encoder_gives_a_row_for_each(given_rows):
    with pytest.raises(ValueError, match=f"gave {given_rows} rows for 2"):
        stored_rows(None, 2, lambda start: [numbered(0, given_rows)])
    with pytest.raises(ValueError, match="nothing to encode"):
        Colours("a").encode_texts([], None)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_rows_without_a_direction_are_refused(value):
    rows = np.ones((3, 2))
    rows[1] = value
    with pytest.raises(ValueError, match="1 rows of features are zero or not finite, the first at 1"):
        unit_rows(rows)


def test_speed_needs_a_second_batch(dataset):
    assert images_per_second(Colours("a"), dataset) > 0
    with pytest.raises(ValueError, match="1 images are one batch"):
        images_per_second(Colours("a"), dataset.take([0]))


def test_a_full_disk_is_told_and_what_is_kept_is_whole(tmp_path):
    rows = np.random.default_rng(0).standard_normal((2 * CHUNK, 4)).astype(np.float32)
    stored_rows(tmp_path, CHUNK, lambda start: [rows[start:CHUNK]])
    with pytest.raises(OSError, match=r"cannot be written \(File too large\)"), largest_file(1000):
        stored_rows(tmp_path, 2 * CHUNK, lambda start: [rows[start:]])
    assert [path.name for path in tmp_path.iterdir()] == ["00000000.npy"]
    np.testing.assert_array_equal(stored_rows(tmp_path, 2 * CHUNK, lambda start: [rows[start:]]), rows)
