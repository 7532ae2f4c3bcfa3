"""The base wheel in an empty environment, used in a project that has its own `theory/`."""

import os
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pairbounds import PairGraph
from tests.rooms import LINKED, ROOT

BESIDE = Path(sys.executable).parent
TRAIN = """
from pairbounds import LatentWorld, train
print(train(LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3), k=4, steps=20))
"""


def done(*command, cwd):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The `bin` of a new environment with the base install and pytest."""
    folder, uv = tmp_path_factory.mktemp("wheel"), BESIDE / "uv"
    done(uv, "build", "--quiet", "--out-dir", folder, ROOT, cwd=folder)  # the wheel comes from the sdist
    (wheel,) = folder.glob("*.whl")
    done(uv, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    done(uv, "pip", "install", "--quiet", "--python", folder / "venv/bin/python", wheel, "pytest", cwd=folder)
    return folder / "venv" / "bin"


@pytest.fixture
def project(tmp_path):
    """A user's folder with packages named like ours."""
    for name in ("theory", "figures", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('a stranger')")
    PairGraph(np.eye(3) + 0.2, [0, 1, 1]).save(tmp_path / "graph.npz")
    return tmp_path


@pytest.mark.slow
def test_one_name_comes_into_site_packages(installed):
    (wheel,) = installed.parents[1].glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pairbounds"}
    for linked in LINKED:
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / linked).rglob("*.py")}
        assert {f"pairbounds/{file}" for file in files} <= set(names)


@pytest.mark.slow
def test_it_has_the_verifier_and_prints_the_command_that_runs_it_alone(installed, project):
    output = done(installed / "pairbounds", "check", "graph.npz", "--k", "2", "--proof", "proof.json", cwd=project)
    _, *printed = shlex.split(output.splitlines()[-1].partition("to check it: ")[2])
    assert printed[0] == "-I"
    assert done(sys.executable, "-S", *printed, cwd=project).startswith("PROVED probe_mse <= ")


@pytest.mark.slow
def test_the_base_install_checks_attacks_simulates_trains_and_draws(installed, project):
    command = installed / "pairbounds"
    assert "probe-error" in done(command, "check", "graph.npz", "--k", "2", cwd=project)
    explained = done(command, "ledger", "probe-error", cwd=project)
    assert "Sharpest known: 1.000 (2 x 1, k = 1)" in explained  # the table is in the wheel
    assert "bound_holds" in done(command, "study", cwd=project)
    assert "ratio" in done(command, "attack", "probe-error", "--evaluations", "50", cwd=project)
    done(command, "study", "bound_holds", "--seeds", "2", "--jobs", "1", "--out", "bound_holds.parquet", cwd=project)
    done(command, "draw", "bound_holds", "--tables", ".", "--out", "drawn", cwd=project)
    assert (project / "drawn" / "bound_holds.png").is_file()
    assert "TrainResult(left=" in done(installed / "python", "-P", "-c", TRAIN, cwd=project)
    bounds = ROOT / "examples" / "my_bound.py"
    plugin = ("-p", "pairbounds.pytest_plugin", "--bounds", bounds, "-k", "planted")
    process = subprocess.run([installed / "pytest", *plugin], cwd=project, capture_output=True, text=True, check=False)
    assert "no-factor-two is violated" in process.stdout
