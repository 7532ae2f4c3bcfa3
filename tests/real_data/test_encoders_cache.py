"""Features on disk: whole after a kill, never another data set's or model's, never unpickled."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.encoders.cache import CHUNK, Rows, stored_rows
from pairbounds.real_data.encoders.encoder import ImageEncoder, TextEncoder, unit_rows
from tests.limits import largest_file
from tests.real_data import tiny


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


def test_a_full_disk_is_told_and_what_is_kept_is_whole(tmp_path):
    rows = np.random.default_rng(0).standard_normal((2 * CHUNK, 4)).astype(np.float32)
    stored_rows(tmp_path, CHUNK, lambda start: [rows[start:CHUNK]])
    with pytest.raises(OSError, match=r"cannot be written \(File too large\)"), largest_file(1000):
        stored_rows(tmp_path, 2 * CHUNK, lambda start: [rows[start:]])
    assert [path.name for path in tmp_path.iterdir()] == ["00000000.npy"]
    np.testing.assert_array_equal(stored_rows(tmp_path, 2 * CHUNK, lambda start: [rows[start:]]), rows)
