"""Features on disk: complete after a kill, keyed by data set and model, never unpickled."""

import pickle
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.encoders.cache import CHUNK, Rows, stored_rows
from pairbounds.real_data.encoders.encoder import ImageEncoder, TextEncoder, unit_rows
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
def dataset(pictures):
    return imagefolder(pictures)


def numbered(start: int, stop: int) -> Rows:
    return np.arange(3 * start, 3 * stop, dtype=np.float32).reshape(-1, 3)


@given(
    size=st.integers(1, 3 * CHUNK),
    cuts=st.lists(st.integers(0, 3 * CHUNK), max_size=8),
    stops_at=st.integers(0, 3 * CHUNK),
)
def test_an_interrupted_run_resumes_at_its_last_complete_chunk(tmp_path_factory, size, cuts, stops_at):
    folder, starts = tmp_path_factory.mktemp("features"), []

    def rows(start: int, stop: int) -> Iterator[Rows]:
        starts.append(start)
        edges = [start, *sorted(cut for cut in cuts if start < cut < stop), stop]
        for first, end in pairwise(edges):
            yield numbered(first, end)

    def breaking(start: int) -> Iterator[Rows]:
        yield from rows(start, min(stops_at, size))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        stored_rows(folder, size, breaking)
    for _ in range(2):
        assert np.array_equal(stored_rows(folder, size, lambda start: rows(start, size)), numbered(0, size))
    done = min(stops_at, size) // CHUNK * CHUNK
    assert starts == [0] + [done] * (done < size)


def test_features_are_computed_once_for_each_data_set_and_encoder(dataset, tmp_path):
    first, again, other = Colours("a"), Colours("a"), Colours("b")
    features = first.encode_images(dataset, tmp_path)
    assert np.array_equal(again.encode_images(dataset, tmp_path), features)
    other.encode_images(dataset, tmp_path)
    assert (first.computed, again.computed, other.computed) == (len(dataset), 0, len(dataset))
    order = np.arange(len(dataset))[::-1]
    assert np.allclose(again.encode_images(dataset.take(order), tmp_path), features[order], rtol=1e-12)
    texts = ["four", "one", "seventeen"]
    rows = other.encode_texts(texts, tmp_path)
    assert np.allclose(rows, unit_rows(np.array([[4.0, 1], [3, 1], [9, 1]])))
    assert np.array_equal(other.encode_texts(texts, tmp_path), rows)
    assert other.computed == len(dataset) + len(texts)


def test_wrong_features_are_one_line(tmp_path):
    for fail, message in (
        (lambda: stored_rows(None, 2, lambda start: [numbered(0, 1)]), "returned 1 rows for 2"),
        (lambda: stored_rows(None, 2, lambda start: [numbered(0, 3)]), "returned 3 rows for 2"),
        (lambda: Colours("a").encode_texts([], None), "nothing to encode"),
        (lambda: unit_rows(np.array([[1, 2], [0, 0], [np.nan, 1]])), "not finite, first row 1"),
    ):
        assert message in tiny.error_of(fail)


def written(write: Callable[[BytesIO], object]) -> bytes:
    content = BytesIO()
    write(content)
    return content.getvalue()


LONGER = {"descr": "<f4", "fortran_order": False, "shape": (2**62, 3)}
FOREIGN = [b"", b"junk", pickle.dumps([1])] + [
    written(write)
    for write in (
        lambda file: np.save(file, numbered(0, 3)),
        lambda file: np.save(file, numbered(0, 2).astype(np.float64)),
        lambda file: np.lib.format.write_array_header_1_0(file, LONGER),
    )
]


@pytest.mark.parametrize("content", FOREIGN)
def test_stored_features_of_another_format_raise(tmp_path, content):
    (tmp_path / "00000000.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"features .*00000000\.npy .*delete the file"):
        stored_rows(tmp_path, 2, lambda start: pytest.fail("computed"))
