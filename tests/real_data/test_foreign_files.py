"""Foreign and malicious files: each is one line, and none hangs, aborts or fills the memory."""

import os
import pickle
import socket
import struct
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import pairbounds
from pairbounds.__main__ import app
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.datasets.table import table
from pairbounds.real_data.encoders.open_clip import OpenClip
from pairbounds.real_data.training.networks import Backbone
from pairbounds.real_data.training.view_batches import stored_pictures
from tests.real_data import tiny
from tests.real_data.colours import coloured

# Pictures.


def png(width: int, height: int) -> bytes:
    """A PNG file that declares a size and has little data."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n"  # Pillow alone calls Ghostscript
PICTURES = {
    "where Pillow warns": (lambda path: path.write_bytes(png(10_000, 10_000)), "exceeds limit of"),
    "where Pillow refuses": (lambda path: path.write_bytes(png(100_000, 100_000)), "exceeds limit of"),
    "a program": (lambda path: path.write_bytes(EPS), "cannot identify"),
    "a FIFO": (os.mkfifo, "is a FIFO"),
    "a folder": (Path.mkdir, "is a folder"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is a FIFO, a socket or a device"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_file_that_is_no_picture_is_skipped_in_folders_and_tables(tmp_path, name):
    write, reason = PICTURES[name]
    tiny.picture(tmp_path / "class" / "good.png")
    path = tmp_path / "class" / "bad.png"
    write(path)
    rows = {"image": ["class/good.png", "class/bad.png"], "caption": "c", "label": "l"}
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    for dataset in (imagefolder(tmp_path), table(tmp_path / "t.csv")):
        assert tuple(dataset.ids) == ("class/good.png",)
        (line,) = dataset.skipped
        assert line.startswith(f"cannot read picture {path}: ")
        assert reason in line
        assert "\n" not in line


INPUTS = [
    "check fifo.npz --k 2",
    "check good.npz --k 2 --plugin fifo.py",
    "attack probe-mse --evaluations 9 --plugin fifo.py",
    "sweep fifo.toml --out out",
    "audit fifo.csv --k 1 --out out",
    "audit good.csv --labels fifo.parquet --k 1 --out out",
    "audit parts --k 1 --out out",
    "study pairings --set dataset=table --set root=fifo.csv --out out",
    "draw tightness_map --tables tables --out out",
]


@pytest.mark.parametrize("command", INPUTS)
def test_a_fifo_in_place_of_any_input_is_one_line(refused, tmp_path, monkeypatch, command):
    """A FIFO would block forever."""
    monkeypatch.chdir(tmp_path)
    for name in ("fifo.npz", "fifo.py", "fifo.toml", "fifo.parquet", "fifo.csv"):
        os.mkfifo(name)
    pairbounds.PairGraph(np.eye(3), [0, 1, 2]).save("good.npz")
    Path("good.csv").write_text("image,caption\n1,a\n")
    for path in (Path("parts/fifo.parquet"), Path("tables/bound_holds.parquet")):
        path.parent.mkdir()
        os.mkfifo(path)
    assert "is a FIFO" in refused(app, *command.split())


def test_stored_pictures_of_another_data_set_raise(tmp_path):
    dataset = coloured(tmp_path)
    path = tmp_path / f"pictures-{dataset.name}-{dataset.key}.npy"
    for content in (np.zeros((2, 3, 8, 8), dtype=np.uint8), np.zeros((56, 3, 24, 24), dtype=np.float32)):
        np.save(path, content)
        with pytest.raises(ValueError, match=r"pictures .*\.npy are .* of shape .*: delete the file"):
            stored_pictures(dataset, tmp_path)


class Struck:
    """Creates a file if it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


class Twice(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2 * x


@pytest.mark.filterwarnings("ignore:.*torch.jit.script.* is deprecated")
@pytest.mark.parametrize("suffix", ["pt", "bin", "pth"])
def test_a_checkpoint_of_anything_but_weights_raises(tmp_path, suffix):
    tiny.register_clip(tmp_path)
    path, trace = tmp_path / f"a.{suffix}", tmp_path / "trace"
    contents = {
        "holds more than weights": lambda: torch.save({"state_dict": Struck(trace)}, path),
        "holds more than weights, ": lambda: path.write_bytes(pickle.dumps(Struck(trace))),
        "a TorchScript program": lambda: torch.jit.script(Twice()).save(path),
        "has no named weights": lambda: torch.save([torch.ones(2)], path),
        "has no named weights: ": lambda: torch.save({"epoch": 3}, path),
        "is cut short": lambda: path.write_bytes(b"hello"),
        "or not written by torch": lambda: path.write_bytes(b""),
        "cannot make tiny-clip": lambda: torch.save({"layer": torch.ones(2)}, path),
        "is a FIFO": lambda: (path.unlink(), os.mkfifo(path)),
    }
    for message, write in contents.items():
        write()
        error = tiny.error_of(OpenClip, "tiny-clip", path, device="cpu")
        assert message in error
        assert str(path) in error
    assert not trace.exists()


@pytest.mark.parametrize("name", ["hf-hub:somebody/model", "local-dir:/tmp"])
def test_addresses_as_model_names_raise_without_a_connection(monkeypatch, name):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    no_model = f"has no model '{name}'"
    assert no_model in tiny.error_of(OpenClip, name, "random")
    assert no_model in tiny.error_of(Backbone, f"open_clip/{name}")
    assert f"unknown backbone '{name}'" in tiny.error_of(Backbone, name)
    assert f"'{name}' is neither a file nor weights of ViT-B-32" in tiny.error_of(OpenClip, "ViT-B-32", name)
