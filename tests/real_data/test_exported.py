"""Encoders that are kept load in a process that knows nothing of this package."""

import subprocess
import sys

import numpy as np
import torch

from pairbounds.real_data.training.exported import ENCODER, README, export_encoder
from pairbounds.real_data.training.networks import Backbone
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.runs import Run, Studio, _trained, run_all
from tests.real_data import tiny
from tests.real_data.colours import coloured_source

# Imports of ours, and of the libraries that made the network, fail.
ELSEWHERE = """
import sys
for name in ("real_data", "theory", "simulations", "figures", "timm", "open_clip", "torchvision"):
    sys.modules[name] = None
import numpy, torch
pictures = torch.from_numpy(numpy.load("pictures.npy"))
for folder in sys.argv[1:]:
    encoder = torch.export.load(folder + "/encoder.pt2").module()
    numpy.save(folder + "/features.npy", torch.cat([encoder(part).detach() for part in pictures.split([1, 4])]).numpy())
"""


def elsewhere(folders, pictures, tmp_path):
    """What the encoder of each folder makes of the pictures, in another process."""
    np.save(tmp_path / "pictures.npy", pictures.numpy())
    subprocess.run([sys.executable, "-I", "-c", ELSEWHERE, *map(str, folders)], cwd=tmp_path, check=True)
    return [torch.from_numpy(np.load(folder / "features.npy")) for folder in folders]


def test_every_kind_of_network_is_exported(tmp_path):
    tiny.register_clip(tmp_path)
    pictures = torch.randint(0, 256, (5, 3, 32, 32), dtype=torch.uint8)
    folders, expected = [], []
    for number, name in enumerate(("small", "resnet10t", "open_clip/tiny-clip")):
        backbone, folder = Backbone(name), tmp_path / str(number)
        folder.mkdir()
        backbone.train()(pictures)  # so that batch norm has something to remember
        export_encoder(backbone, folder, 32)
        assert "torch.export.load" in (folder / README).read_text()
        folders.append(folder)
        expected.append(backbone.eval()(pictures).detach())
    torch.testing.assert_close(elsewhere(folders, pictures, tmp_path), expected)


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
    features = torch.export.load(own / ENCODER).module()(pictures)
    np.testing.assert_allclose(features.detach().numpy(), expected, rtol=1e-5, atol=1e-6)
