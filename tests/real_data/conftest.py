"""Fixtures of the tests of real data."""

from pathlib import Path

import pytest

from pairbounds.real_data.pairings.sources import Source
from tests.real_data import tiny
from tests.real_data.colours import coloured_source

TRAINING = "pairbounds.real_data.training"


@pytest.fixture
def quick_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train the probe for 10 epochs, enough for its choices and counts."""
    monkeypatch.setattr(f"{TRAINING}.evaluation.EPOCHS", 10)


@pytest.fixture
def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save an empty file for each encoder: torch.export takes a second."""
    monkeypatch.setattr(
        f"{TRAINING}.encoder_runs.export_encoder", lambda _, folder, size: (folder / "encoder.pt2").touch()
    )


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Coloured pictures of known colours and captions."""
    return coloured_source(tmp_path_factory.mktemp("colours"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures in folders of three classes."""
    return tiny.imagefolder(tmp_path_factory.mktemp("pictures"))
