import io
import pickle
import re
import zipfile

import numpy as np
import pytest

from tests.families import GRAPHS
from theory import PairGraph
from theory import graph_formats as formats


@pytest.mark.parametrize("family", GRAPHS)
def test_a_saved_graph_loads_bit_for_bit(family, tmp_path):
    graph = GRAPHS[family](np.random.default_rng(2), 15)
    graph.save(tmp_path / "graph.npz")
    back = PairGraph.load(tmp_path / "graph.npz")
    for part in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(back.joint, part), getattr(graph.joint, part))
    for side in ("left_labels", "right_labels", "left_ids", "right_ids"):
        np.testing.assert_array_equal(getattr(back, side), getattr(graph, side))


def test_string_ids_and_missing_labels_survive(tmp_path):
    graph = PairGraph(np.ones((2, 3)), left_ids=["ü", "a long name"], right_labels=[0, 1, 0])
    graph.save(tmp_path / "graph.npz")
    back = PairGraph.load(tmp_path / "graph.npz")
    assert back.left_ids.tolist() == ["ü", "a long name"]
    assert back.left_labels is None
    assert back.right_labels.tolist() == [0, 1, 0]


def test_ids_that_cannot_be_stored_without_pickle_are_refused(tmp_path):
    with pytest.raises(ValueError, match="left_ids cannot be saved"):
        PairGraph(np.ones((2, 2)), left_ids=[("a", 1), "b"]).save(tmp_path / "graph.npz")
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.npz"):
        PairGraph(np.ones((2, 2))).save(tmp_path / "graph.txt")


def _text(path):
    path.write_text("not a graph")


def _pickle(path):
    path.write_bytes(pickle.dumps({"joint": [1, 2]}))


def _foreign_archive(path):
    np.savez(path, data=np.ones(3))


def _objects_inside(path):
    np.savez(path, format=np.array("pairbounds-graph-1"), data=np.array([{}, None], dtype=object), allow_pickle=True)


def _half_a_file(path):
    PairGraph(np.ones((50, 50))).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _flipped_bits(path):
    PairGraph(np.random.default_rng(0).random((50, 50))).save(path)
    whole = bytearray(path.read_bytes())
    for place in np.random.default_rng(1).integers(60, len(whole) - 60, 200):
        whole[place] ^= 0x55
    path.write_bytes(bytes(whole))


def _another_entry(**changes):
    def spoil(path):
        PairGraph(np.ones((2, 2))).save(path)
        with np.load(path) as archive:
            arrays = dict(archive)
        np.savez(path, **(arrays | changes))

    return spoil


def _index_out_of_range(path):
    PairGraph(np.ones((2, 2))).save(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **(arrays | {"indices": np.array([0, 1, 0, 9], dtype=np.int32)}))


@pytest.mark.parametrize(
    "spoil",
    [
        _text,
        _pickle,
        _foreign_archive,
        _objects_inside,
        _half_a_file,
        _flipped_bits,
        _index_out_of_range,
        _another_entry(shape=np.array(4)),
        _another_entry(shape=np.array([2.5, 2.0])),
        _another_entry(data=np.full(4, -1.0)),
        _another_entry(data=np.full(4, 1j)),
    ],
)
def test_a_file_that_is_not_a_graph(spoil, tmp_path):
    path = tmp_path / "graph.npz"
    spoil(path)
    with pytest.raises(ValueError, match=re.escape(f"{path} is not a whole pair graph")):
        PairGraph.load(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        PairGraph.load(tmp_path / "none.npz")


def test_an_interrupted_write_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "graph.npz"
    old = PairGraph(np.eye(3))
    old.save(path)

    def interrupted(target, **_):
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        PairGraph(np.ones((4, 4))).save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["graph.npz"]
    np.testing.assert_array_equal(PairGraph.load(path).joint.toarray(), old.joint.toarray())


# Files that were made to be read at a cost.


def _with_header(path, name, shape, dtype="<f8"):
    """A graph file in which one array declares something else than it holds."""
    PairGraph(np.ones((2, 2)), [0, 1]).save(path)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": dtype, "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in (members | {f"{name}.npy": header.getvalue() + bytes(32)}).items():
            archive.writestr(member, content)


@pytest.fixture
def read(monkeypatch):
    """The sizes of the arrays that are read, in bytes."""
    sizes = []
    original = np.lib.format.read_array

    def watched(member, **options):
        array = original(member, **options)
        sizes.append(array.nbytes)
        return array

    monkeypatch.setattr(np.lib.format, "read_array", watched)
    return sizes


def test_a_stranger_in_the_archive_is_not_read(tmp_path, read):
    graph, path = PairGraph(np.random.default_rng(0).random((4, 3)), [0, 1, 0, 1]), tmp_path / "graph.npz"
    graph.save(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez_compressed(path, stranger=np.zeros(10**7), **arrays)
    del read[:]
    np.testing.assert_array_equal(PairGraph.load(path).joint.toarray(), graph.joint.toarray())
    assert max(read) < 1000


@pytest.mark.parametrize("name", ["data", "indices", "indptr", "left_labels", "left_ids", "right_ids"])
def test_arrays_that_do_not_fit_together_are_not_read(tmp_path, read, name):
    path = tmp_path / "graph.npz"
    PairGraph(np.ones((3, 2)), [0, 1, 0]).save(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    bomb = np.zeros(10**7, dtype=np.float64 if name == "data" else np.int64)
    np.savez_compressed(path, **(arrays | {name: bomb}))
    del read[:]
    with pytest.raises(ValueError, match=r"is not a whole pair graph .*has shape \(.*in a graph of 3 x 2 nodes"):
        PairGraph.load(path)
    assert max(read) < 1000


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "message"),
    [
        ("data", (2**40,), "<f8", "does not hold the float64 of shape"),
        ("data", (2**62, 4), "<f8", "does not hold"),
        ("data", (-1, -4), "<f8", "does not hold|shape is not valid|has shape"),
        ("left_ids", (2,), "<U100000000", "does not hold"),
        ("data", (4,), "|O", "does not hold the object"),
        ("left_labels", (4,), "<f8", "left_labels holds float64"),
        ("indices", (4,), "<f8", "indices holds float64"),
        ("data", (2,), "<c16", "data holds complex128"),
        ("format", (), "<U8", "is of another program"),
        ("shape", (4,), "<i8", "is of another program"),
    ],
)
def test_what_a_header_declares_is_checked_first(tmp_path, read, name, shape, dtype, message):
    _with_header(tmp_path / "graph.npz", name, shape, dtype)
    with pytest.raises(ValueError, match=f"is not a whole pair graph .*({message})") as caught:
        PairGraph.load(tmp_path / "graph.npz")
    assert "\n" not in str(caught.value)
    assert max(read, default=0) < 1000


def test_a_graph_that_no_memory_could_hold(tmp_path, monkeypatch):
    PairGraph(np.ones((30, 30))).save(tmp_path / "graph.npz")
    monkeypatch.setattr(formats.os, "sysconf", lambda name: 64)  # a page of 64 bytes, and 64 of them
    with pytest.raises(ValueError, match=r"graph\.npz is larger than there is memory for"):
        PairGraph.load(tmp_path / "graph.npz")


def test_a_graph_says_that_it_is_one(tmp_path):
    PairGraph(np.ones((2, 2))).save(tmp_path / "graph.npz")
    assert formats.is_graph(tmp_path / "graph.npz")
    np.savez(tmp_path / "other.npz", format=np.array("another-program-1"))
    (tmp_path / "text.npz").write_text("junk")
    for name in ("other.npz", "text.npz", "none.npz", "."):
        assert not formats.is_graph(tmp_path / name)
