"""Every command that writes: twice in a row, beside a stranger's files, and over its own inputs."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

import pairbounds
from pairbounds.__main__ import app
from pairbounds.infrastructure.tables import write_table
from pairbounds.plugins import require_loaded
from pairbounds.real_data.audit.tables import TABLES as AUDIT_TABLES
from pairbounds.real_data.studies.emoji_captions import TABLES as EMOJI_TABLES
from pairbounds.real_data.studies.pairings import TABLES as PAIRINGS_TABLES
from tests import quick
from tests.families import GRAPHS

# Under another name than tests of sweeps register it by, in the same process.
TINY = Path(__file__).with_name("theory") / "sweeps/tiny.py"
SWEEP = 'study = "tiny_plugin"\nseeds = 2\n[settings]\nunlucky = 3\n[[grid]]\nx = [0, 1, 3]\n'


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A folder with the files that the commands below read."""
    folder = tmp_path_factory.mktemp("inputs")
    GRAPHS["latent_captions"](np.random.default_rng(0), 18).save(folder / "graph.npz")
    (folder / "sweep.toml").write_text(SWEEP)
    (folder / "tiny.py").write_text(TINY.read_text().replace('study("tiny"', 'study("tiny_plugin"'))
    pairs = {"image": [1, 1, 2, 2, 3, 3], "caption": ["a", "b", "a", "b", "b", "c"]}
    pd.DataFrame(pairs).to_parquet(folder / "pairs.parquet")
    pd.DataFrame({"image": [1, 2, 3], "label": ["x", "x", "y"]}).to_parquet(folder / "labels.parquet")
    write_table(
        pairbounds.check_bounds(pairbounds.PairGraph.load(folder / "graph.npz"), 2), folder / "bounds.parquet", {}
    )
    return folder


@pytest.fixture
def place(inputs, tmp_path, monkeypatch):
    """The same files in a folder of this test's own, which is the working directory."""
    shutil.copytree(inputs, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    quick.audits(monkeypatch)
    yield tmp_path
    require_loaded([])


def tables(folder, names):
    return [f"{folder}/{name}.parquet{end}" for name in names for end in ("", ".json")]


# A command, the files that it writes, and how it ends.
QUICK = [
    ("check graph.npz --k 3 --out t.csv", ["t.csv", "t.csv.json"], 0),
    (
        "check graph.npz --k 2:4 --out t.tex --plot p.svg --save again.npz",
        ["t.tex", "t.tex.json", "p.svg", "again.npz"],
        0,
    ),
    ("attack probe-mse --evaluations 20 --out worst.npz", ["worst.npz"], 0),
    ("ledger --out page.md", ["page.md"], 0),
    ("graph latent_captions --out g.npz", ["g.npz"], 0),
    ("study bound_holds --seeds 1 --out bound_holds.parquet", tables(".", ["bound_holds"]), 0),
    ("sweep sweep.toml --plugin tiny.py --out swept", [*tables("swept", ["table"]), "swept/failures.json"], 1),
    ("graph emoji --out emoji.npz", ["emoji.npz"], 0),
    ("graph emoji --out emoji.parquet", tables(".", ["emoji"]), 0),
    ("demo --out shown", ["shown/bounds.png", "shown/digits.npz"], 0),
    (
        "audit pairs.parquet --labels labels.parquet --k 2 --out out",
        [*tables("out", AUDIT_TABLES), "out/summary.json", "out/audit.png", "out/audit.pdf"],
        0,
    ),
    ("report bounds.parquet --out r.html", ["r.html"], 0),
    ("batch pairs.parquet --sizes 4 --out t.csv", ["t.csv", "t.csv.json"], 0),
    ("granularity pairs.parquet --k 1 --out t.csv", ["t.csv", "t.csv.json"], 0),
    ("pairs pairs.parquet --k 1 --labels labels.parquet --out t.csv", ["t.csv", "t.csv.json"], 0),
]
# Others take long.
LONG = [
    ("study pairings --out out", tables("out", PAIRINGS_TABLES)),
    ("study emoji_captions --out out", tables("out", EMOJI_TABLES)),
    ("study resampled_training --out out", tables("out", ["resampled_training"])),
    ("study pretraining --out pretraining.csv", ["pretraining.csv", "pretraining.csv.json"]),
    (
        "draw tightness_map --tables . --out out",
        [f"out/tightness_map{end}" for end in (".pdf", ".txt", ".png")],
    ),
]


def run(call, command):
    return call(app, *command.split())


@pytest.mark.parametrize("command", typer.main.get_command(app).commands.values(), ids=lambda command: command.name)
def test_every_command_that_writes_can_be_forced_and_is_tried_here(command):
    parameters = {parameter.name for parameter in command.loaded().params}
    writes = bool(parameters & {"out", "draw"})
    assert writes == ("force" in parameters)
    assert not writes or command.name in {line.split()[0] for line, *_ in [*QUICK, *LONG]}


@pytest.mark.parametrize(("command", "written", "code"), QUICK, ids=[" ".join(c.split()[:2]) for c, *_ in QUICK])
def test_a_command_writes_what_is_named_here_and_may_be_given_twice(call, place, command, written, code):
    before = set(place.rglob("*"))
    for _ in range(2):
        found, _, err = run(call, command)
        assert found == code, err
    new = {path.relative_to(place).as_posix() for path in place.rglob("*") if path not in before and path.is_file()}
    assert {name for name in new if not name.startswith("swept/cells/")} == {str(Path(name)) for name in written}


@pytest.mark.parametrize(("command", "written"), [one[:2] for one in [*QUICK, *LONG]])
def test_a_strangers_file_stays_and_is_named_before_any_work(call, place, command, written):
    for name in written:
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"A stranger's work")
        code, out, err = run(call, command)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert f"{Path(name)} stays as it is, for " in err
        assert path.read_bytes() == b"A stranger's work"
        path.unlink()


@pytest.mark.parametrize(
    "command",
    [
        "check graph.npz --k 2 --plugin plugin.csv --out plugin.csv",
        "check graph.npz --k 2 --save graph.npz",
        "attack probe-mse --plugin graph.npz --out graph.npz",
        "sweep table.parquet --out .",
        "audit pairs.parquet --labels classes.parquet --out .",
        "graph table --set root=pairs.parquet --out pairs.parquet",
        "study pairings --set dataset=table --set root=pairings_frontier.parquet --out .",
        "study resampled_training --set dataset=table --set root=resampled_training.parquet --out .",
        "draw tightness_map --tables . --out .",
    ],
)
def test_an_input_is_never_an_output(call, place, command):
    tables_read = [name.split("=")[-1] for name in command.split() if name.endswith((".parquet", ".csv"))]
    for name in (*tables_read, "bound_holds.parquet"):
        if not (place / name).exists():
            shutil.copy(place / "pairs.parquet", place / name)
    (place / "tightness_map.png").symlink_to(place / "bound_holds.parquet")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    code, out, err = run(call, f"{command} --force")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "would be written, and is read" in err
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
