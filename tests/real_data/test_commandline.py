import pytest

from pairbounds import PairGraph, induced_labelling_error
from pairbounds.__main__ import app


@pytest.mark.parametrize(("labels", "error"), [("category", 0.176), ("subcategory", 0.305)])
def test_the_emoji_graph_is_saved_with_the_chosen_labels(call, tmp_path, labels, error):
    path = tmp_path / "emoji.npz"
    code, out, _ = call(app, "graph", "emoji", "--set", f"labels={labels}", "--out", path)
    assert code == 0
    assert "n_left=3246, n_right=6632" in out
    assert induced_labelling_error(PairGraph.load(path)) == pytest.approx(error, abs=5e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "labels=colour", "--out", "emoji.npz"], "choose one of category, subcategory"),
        (["--out", "nowhere/emoji.npz"], "folder nowhere does not exist"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(call, arguments, message):
    code, _, err = call(app, "graph", "emoji", *arguments)
    assert code == 2
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
