"""The command `demo`: two bounds and the measured error for pairs of handwritten digits."""

from pathlib import Path
from typing import Annotated

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import typer

from pairbounds.figures.plots import plot_bounds
from pairbounds.figures.style import style
from pairbounds.infrastructure.arrays import rounded
from pairbounds.infrastructure.commandline import Force, echo
from pairbounds.infrastructure.files import require_safe_outputs
from pairbounds.infrastructure.pictures import picture_output, save_picture
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.graph.formats import graph_output
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.multihop_consistency import HOPS

NEIGHBOURS = 10  # of each image
WIDTH = 20  # of the embedding in the paragraph
WIDTHS = (2, 5, 10, 15, WIDTH, 30, 40, 60, 80)
SHOWN = ("probe-error", "multihop-error")  # theorems 4 and 15 on the 0-1 error of the probe


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the picture and the graph.")] = Path("demo"),
    force: Force = False,
) -> None:
    """Evaluate two bounds on pairs of handwritten digits, explain them with a picture, and suggest next commands.

    Takes a few seconds and downloads nothing.
    """
    mpl.use("Agg")  # never open a window
    picture, graph_file = out / "bounds.png", out / "digits.npz"
    require_safe_outputs([picture_output(picture), graph_output(graph_file)], force=force)
    out.mkdir(parents=True, exist_ok=True)
    graph = digits_graph()
    graph.save(graph_file)
    table = check_bounds(graph, WIDTHS, bounds=SHOWN)
    with style():
        plot_bounds(table, SHOWN)
        save_picture(plt.gcf(), picture)
    echo(paragraph(table), "", f"Both bounds at other widths: {picture}. What to type next:", "")
    echo(f"  pairbounds check {graph_file} --k {WIDTH}    bounds on this graph, by theorem")
    echo("  pairbounds attack probe-mse --budget 30s    a search for the graph on which theorem 4 is tightest")
    echo("  pairbounds check --help                     the same for a matrix or a table of pairs of yours")


def digits_graph() -> PairGraph:
    """Digits of scikit-learn, each paired with its nearest neighbours in pixels; labels are the digits.

    The left nodes are 1,797 images of 8 x 8 pixels, the right nodes those that are a neighbour of another. Data: the
    test set of Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, UCI 1998.
    """
    from sklearn.datasets import load_digits
    from sklearn.neighbors import kneighbors_graph

    digits = load_digits()
    pairs = kneighbors_graph(digits.data, NEIGHBOURS, include_self=False)
    return PairGraph(pairs, digits.target, digits.target, drop_isolated=True)


def paragraph(table: pd.DataFrame) -> str:
    """Paragraph on the bounds and the error of the table at `WIDTH`."""
    rows = table[table["k"] == WIDTH].set_index("bound")
    plain, multihop = (rounded(value, "<=", ".1%") for value in rows.loc[list(SHOWN), "value"])
    return (
        f"Each of 1,797 handwritten digits is paired with its {NEIGHBOURS} nearest neighbours in pixels. A linear "
        f"probe on the best embedding of these pairs, of width {WIDTH}, is wrong on {rows['measured'].iloc[0]:.1%} of "
        f"them. Theorem 4 promises at most {plain}, from the labelling error of the pairs and one singular value; "
        f"theorem 15 at most {multihop}, from how often walks of up to {2 * HOPS} steps along pairs end in their first "
        "class."
    )
