"""Encoders that are kept load in a process that knows nothing of this package."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from real_data.training.exported import ENCODER, README, export_encoder
from real_data.training.networks import Backbone
from real_data.training.recipe import Recipe
from real_data.training.runs import Run, Studio, _trained, run_all
from tests.real_data import tiny
from tests.real_data.colours import coloured_source

# Imports of ours, and of the libraries that made the network, fail.
ELSEWHERE = """
import sys
for name in ("real_data", "theory", "simulations", "figures", "timm", "open_clip", "torchvision"):
    sys.modules[name] = None
import numpy, torch
encoder = torch.export.load(sys.argv[1] + "/encoder.pt2").module()
pictures = torch.from_numpy(numpy.load(sys.argv[2]))
numpy.save(sys.argv[3], torch.cat([encoder(part).detach() for part in pictures.split([1, 4])]).numpy())
"""


def elsewhere(folder, pictures, tmp_path):
    np.save(tmp_path / "pictures.npy", pictures.numpy())
    command = [sys.executable, "-I", "-c", ELSEWHERE, folder, tmp_path / "pictures.npy", tmp_path / "features.npy"]
    subprocess.run(list(map(str, command)), cwd=tmp_path, check=True)
    return torch.from_numpy(np.load(tmp_path / "features.npy"))


@pytest.mark.parametrize("name", ["small", "resnet10t", "open_clip/tiny-clip"])
def test_every_kind_of_network_is_exported(name, tmp_path):
    tiny.register_clip(tmp_path)
    backbone = Backbone(name)
    pictures = torch.randint(0, 256, (5, 3, 32, 32), dtype=torch.uint8)
    backbone.train()(pictures)  # so that batch norm has something to remember
    export_encoder(backbone, tmp_path, 32)
    torch.testing.assert_close(elsewhere(tmp_path, pictures, tmp_path), backbone.eval()(pictures).detach())
    assert "torch.export.load" in (tmp_path / README).read_text()


def test_of_one_kind_of_network_each_file_has_its_own_weights(tmp_path):
    before, pictures = torch.random.get_rng_state(), torch.randint(0, 256, (5, 3, 32, 32), dtype=torch.uint8)
    networks = [Backbone("small").eval() for _ in range(2)]
    torch.random.set_rng_state(before)
    for number, backbone in enumerate(networks):
        (tmp_path / str(number)).mkdir()
        export_encoder(backbone, tmp_path / str(number), 32)
    assert torch.equal(before, torch.random.get_rng_state())
    for number, backbone in enumerate(networks):
        found = torch.export.load(tmp_path / str(number) / ENCODER).module()(pictures)
        torch.testing.assert_close(found, backbone(pictures))
    assert not torch.allclose(*(backbone(pictures) for backbone in networks))


def test_a_run_keeps_its_encoder(tmp_path):
    source = coloured_source(tmp_path)
    studio = Studio(source, tmp_path / "cache", views=2, device="cpu")
    runs = [Run(kind, Recipe(epochs=1, batch=16, warmup=0), 0) for kind in ("untrained", "simclr")]
    run_all(runs, studio, tmp_path / "runs")
    assert not (tmp_path / "runs" / runs[0].key / ENCODER).exists()
    own = tmp_path / "runs" / runs[1].key
    pictures = torch.from_numpy(np.array(studio.pictures()[:5]))
    expected = _trained(runs[1], studio, own, alone=True).features(pictures.numpy())
    np.testing.assert_allclose(elsewhere(own, pictures, tmp_path).numpy(), expected, rtol=1e-5, atol=1e-6)
