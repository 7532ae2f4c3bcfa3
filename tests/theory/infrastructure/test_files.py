"""Files are complete or unchanged, and foreign files are not overwritten."""

import os
import signal
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from matplotlib.figure import Figure

from pairbounds import PairGraph
from pairbounds.__main__ import app
from pairbounds.infrastructure.files import (
    Output,
    content_key,
    disagrees,
    locked_folder,
    marked_output,
    read_sidecar,
    record_output,
    replacing,
    require_safe_outputs,
    sidecar,
    table_outputs,
)
from pairbounds.infrastructure.pictures import picture_output, save_picture
from pairbounds.infrastructure.tables import read_table, write_table
from pairbounds.theory.graph.formats import graph_output
from tests.limits import largest_file
from tests.theory.light import light

FRAME = pd.DataFrame({"x": [1, 2]})
LONGER = pd.DataFrame({"x": range(999)})


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("write", [LONGER.to_csv, LONGER.to_parquet])
def test_a_full_disk_is_one_line_and_changes_nothing(tmp_path, write):
    (tmp_path / "file").write_text("old")
    message = r"file cannot be written \(File too large\), and is unchanged: free some space"
    with pytest.raises(OSError, match=message), largest_file(600), replacing(tmp_path / "file") as temporary:
        write(temporary)
    assert contents(tmp_path) == {"file": b"old"}


def test_an_error_changes_neither_table_nor_sidecar(tmp_path):
    write_table(FRAME, tmp_path / "table.csv", {"seed": 0})
    before = contents(tmp_path)
    with pytest.raises(TypeError):
        write_table(LONGER, tmp_path / "table.csv", {"seed": object()})
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["a" * 251 + ".npz", "without"])
def test_the_next_write_overwrites_the_temporary_file_of_a_killed_one(tmp_path, name):
    code = (
        "from pairbounds.infrastructure.files import replacing\n"
        "with replacing(sys.argv[1]) as path:\n    path.write_text('half'); print(path, flush=True); input()"
    )
    with subprocess.Popen(light(code, tmp_path / name), stdin=-1, stdout=-1, text=True) as killed:
        left = Path(killed.stdout.readline().rstrip())
        killed.kill()
    assert contents(tmp_path) == {left.name: b"half", f"{left.name}.lock": b""}
    with replacing(tmp_path / name) as temporary:
        temporary.write_text("complete")
    assert contents(tmp_path) == {name: b"complete"}


def test_two_writers_of_one_file_do_not_mix(tmp_path):
    """Each writes one letter 300 times, slowly; the second waits for the first."""
    code = (
        "from pairbounds.infrastructure.files import replacing\n"
        "for _ in range(20):\n"
        "    with replacing(sys.argv[1]) as path, path.open('w') as file:\n"
        "        for _ in range(300): file.write(sys.argv[2]); file.flush()"
    )
    writers = [subprocess.Popen(light(code, tmp_path / "file", letter)) for letter in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert contents(tmp_path)["file"] in (b"a" * 300, b"b" * 300)
    assert len(contents(tmp_path)) == 1


@pytest.mark.parametrize("replaced", [0, 1, 2])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_table_of_a_killed_writer_is_recognised_and_may_be_replaced(tmp_path, monkeypatch, replaced, is_there):
    """Before the sidecar is replaced, between sidecar and table, and after both."""
    path, replace, done = tmp_path / "table.csv", Path.replace, []
    if is_there:
        write_table(FRAME, path, {"seed": 0})

    def killed(self, target):
        if len(done) == replaced:
            raise KeyboardInterrupt
        done.append(target)
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        if replaced == 2:
            write_table(LONGER, path, {"seed": 1})
        else:
            with pytest.raises(KeyboardInterrupt):
                write_table(LONGER, path, {"seed": 1})
    if path.exists():
        assert disagrees(path) == (replaced == 1)
    require_safe_outputs(table_outputs(path))
    write_table(LONGER, path, {"seed": 1})
    assert not disagrees(path)
    assert len(read_table(path)) == len(LONGER)
    assert read_sidecar(path)["content_key"] == content_key(path)
    assert set(contents(tmp_path)) == {"table.csv", "table.csv.json"}


def test_a_table_that_disagrees_with_its_sidecar_is_not_drawn(tmp_path, refused):
    for content in (FRAME, LONGER):
        write_table(content, tmp_path / f"{len(content)}.parquet", {})
    table = tmp_path / "bound_holds.parquet"
    (tmp_path / "2.parquet").rename(table)
    (tmp_path / "999.parquet.json").rename(sidecar(table))
    assert "disagrees with its sidecar" in refused(app, "draw", "bound_holds", "--tables", tmp_path, "--out", tmp_path)


KINDS = {
    "graph.npz": (PairGraph(np.ones((2, 2))).save, lambda path: [graph_output(path)]),
    "table.parquet": (lambda path: write_table(FRAME, path, {}), table_outputs),
    "picture.png": (lambda path: save_picture(Figure(), path), lambda path: [picture_output(path)]),
    "page.md": (lambda path: path.write_text("# Ours: more"), lambda path: [marked_output(path, "# Ours")]),
    "list.json": (lambda path: path.write_text('[{"a": 1, "b": 2}]'), lambda path: [record_output(path, ["a"])]),
}


@pytest.mark.parametrize("name", KINDS)
def test_files_of_pairbounds_are_replaced_and_other_files_need_force(tmp_path, name):
    path, (write, outputs_of) = tmp_path / name, KINDS[name]
    outputs = outputs_of(path)
    require_safe_outputs(outputs)
    write(path)
    require_safe_outputs(outputs)
    sidecar(path).unlink(missing_ok=True)
    for content in (b"", b"not ours", b"\x00" * 10_000, b"[" * 10_000, b"{}"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"{name} was not written by pairbounds: .*--force"):
            require_safe_outputs(outputs)
        require_safe_outputs(outputs, force=True)


def test_an_output_that_is_an_input_raises(tmp_path):
    (tmp_path / "parts").mkdir()
    path = tmp_path / "parts/in.csv"
    write_table(FRAME, path, {})
    (tmp_path / "here").symlink_to(tmp_path)
    (tmp_path / "link.csv").symlink_to(path)
    for name in ("parts/in.csv", "link.csv", "here/parts/in.csv", f"../{tmp_path.name}/parts/in.csv"):
        for read_path in (path, path.parent):
            with pytest.raises(ValueError, match="is an input"):
                require_safe_outputs(table_outputs(tmp_path / name), [None, read_path], force=True)
    with pytest.raises(ValueError, match="in an input folder"):
        require_safe_outputs(table_outputs(tmp_path / "parts/deep/out.csv"), [path.parent], force=True)
    require_safe_outputs(table_outputs(tmp_path / "parts/other.csv"), [path])
    require_safe_outputs(table_outputs(tmp_path / "partsb.csv"), [path.parent])
    with pytest.raises(ValueError, match="is named for two outputs"):
        require_safe_outputs([*table_outputs(tmp_path / "new.csv"), Output(tmp_path / "new.csv.json", lambda _: True)])


def test_an_output_that_is_no_regular_file_raises(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "fifo.csv")
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere")
    for path in (*tmp_path.iterdir(), Path("/dev/null")):
        with pytest.raises(ValueError, match="is not a regular file"):
            require_safe_outputs([marked_output(path, "x")], force=True)


# A command, and a file that it writes.
COMMANDS = {
    "check graph.npz --k 2 --out t.csv": "t.csv",
    "check graph.npz --k 2:4 --plot p.svg": "p.svg",
    "check graph.npz --k 2 --save g.npz": "g.npz",
    "attack probe-mse --evaluations 20 --out worst.npz": "worst.npz",
    "graph emoji --out emoji.parquet": "emoji.parquet.json",
    "study bound_holds --seeds 1 --out bound_holds.parquet": "bound_holds.parquet",
    "sweep sweep.toml --out swept": "swept/table.parquet",
    "demo --out shown": "shown/bounds.png",
    "audit pairs.parquet --k 2 --out out": "out/summary.json",
    "batch pairs.parquet --sizes 4 --out t.csv": "t.csv",
    "pairs pairs.parquet --k 1 --out t.csv": "t.csv.json",
    "choose a.npy b.npy --labels pairs.parquet --random --out t.csv": "t.csv",
    "diagnose a.npy b.npy --out t.csv": "t.csv",
    "draw tightness_map --tables . --out out": "out/tightness_map.txt",
    "figures captions_help --tables . --out out": "out/captions_help.txt",
}


def test_every_command_that_writes_has_the_option_force_and_a_case_here():
    for name, command in typer.main.get_command(app).commands.items():
        parameters = {parameter.name for parameter in command.loaded().params}
        assert ("out" in parameters) == ("force" in parameters)
        assert ("out" in parameters) == any(line.split()[0] == name for line in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_rejects_a_foreign_output_file_before_its_work(refused, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    PairGraph(np.ones((5, 5))).save("graph.npz")
    FRAME.to_parquet("pairs.parquet")
    Path("sweep.toml").write_text('study = "bound_holds"\nseeds = 1\n')
    path = Path(COMMANDS[command])
    path.parent.mkdir(exist_ok=True)
    path.write_text("the work of others")
    assert f"{path} was not written by pairbounds" in refused(app, *command.split())
    assert path.read_text() == "the work of others"


@pytest.mark.parametrize(
    "command",
    [
        "check pairs.parquet --k 2 --plugin plugin.csv --out plugin.csv",
        "check graph.npz --k 2 --save graph.npz",
        "attack probe-mse --plugin graph.npz --out graph.npz",
        "sweep table.parquet --out .",
        "audit pairs.parquet --labels classes.parquet --out .",
        "audit pairs.parquet --k 2 --out out --rows pairs.parquet",
        "audit pairs.parquet --k 2 --out out --clean pairs.parquet",
        "graph table --set root=pairs.parquet --out pairs.parquet",
        "study pairings --set dataset=table --set root=pairings_frontier.parquet --out .",
        "draw tightness_map --tables . --out .",
    ],
)
def test_a_command_rejects_an_output_that_is_an_input(refused, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    names = {name.split("=")[-1] for name in command.split() if name.endswith((".parquet", ".csv", ".npz"))}
    for name in names | {"bound_holds.parquet"}:
        Path(name).write_text("an input")
    Path("tightness_map.png").symlink_to("bound_holds.parquet")
    assert "is an input" in refused(app, *command.split(), "--force")
    assert {path.read_text() for path in tmp_path.iterdir()} == {"an input"}


@pytest.fixture
def holder(tmp_path):
    """Another process that has locked the folder."""
    code = (
        "from pathlib import Path; from pairbounds.infrastructure.files import locked_folder\n"
        "with locked_folder(Path(sys.argv[1])):\n    print('locked', flush=True); input()"
    )
    with subprocess.Popen(light(code, tmp_path), stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_a_folder_is_locked_until_its_process_ends(tmp_path, holder, end):
    second = locked_folder(tmp_path)
    with pytest.raises(RuntimeError, match=f"another process is writing {tmp_path}: wait for it"), second:
        pass
    with locked_folder(tmp_path, "another thing"):
        pass
    holder.communicate("\n") if end is None else holder.send_signal(end)
    holder.wait()
    with locked_folder(tmp_path):
        pass
    assert contents(tmp_path) == {}


def test_a_folder_that_cannot_be_created_is_one_error_line(tmp_path):
    (tmp_path / "file").write_text("")
    folder = locked_folder(tmp_path / "file" / "folder")
    with pytest.raises(OSError, match=r"cannot write into .*folder: ."), folder:
        pass


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_in_one_line_with_files_unchanged(call, tmp_path, number, code):
    """Also a signal that comes twice; the handlers are those from before."""
    (tmp_path / "file").write_text("old")

    def work() -> None:
        with locked_folder(tmp_path), replacing(tmp_path / "file") as temporary:
            temporary.write_text("half")
            try:
                signal.raise_signal(number)
            finally:
                signal.raise_signal(number)

    stopped, before = typer.Typer(), signal.getsignal(number)
    stopped.command()(work)
    line = f"stopped by {number.name}: each file is complete or unchanged. Run the command again to continue\n"
    assert call(stopped) == (code, "", line)
    assert contents(tmp_path) == {"file": b"old"}
    assert signal.getsignal(number) is before
    ignoring = typer.Typer()
    ignoring.command()(lambda: signal.raise_signal(number))
    signal.signal(number, signal.SIG_IGN)  # as under nohup
    assert call(ignoring)[0] == 0
    signal.signal(number, before)
