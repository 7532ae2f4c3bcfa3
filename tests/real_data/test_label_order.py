"""The study of the order of labels: both orders begin alike, and its picture shows its table."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from pairbounds import LatentWorld, optimal_embeddings
from pairbounds.figures import label_order
from pairbounds.real_data.studies.label_order import STUDY, _tables


def test_both_orders_begin_with_the_same_labels_and_go_on_with_others():
    graphs = {f"noise {noise:g}": LatentWorld(seed=0).caption_graph(noise, 0.3) for noise in (0.12, 0.13)}
    images = [*map(str, next(iter(graphs.values())).left_ids)]
    classes = pd.Series(next(iter(graphs.values())).left_labels, index=images)
    features = {name: pd.DataFrame(optimal_embeddings(graph, 4)[0], index=images) for name, graph in graphs.items()}
    by_order = [dict(_tables(features, classes, 4, (100, 130), order, 0)) for order in ("random", "next")]
    pd.testing.assert_frame_equal(by_order[0][100], by_order[1][100])
    assert by_order[0][130]["error"].tolist() != by_order[1][130]["error"].tolist()


def test_the_picture_shows_means_over_seeds():
    rows = pd.DataFrame(product([0, 1], ["features", "pairs"], ["next", "random"], STUDY.small["sizes"]))
    table = rows.set_axis(["seed", "kind", "order", "labels"], axis=1)
    table = table.assign(regret=np.arange(16) / 100, undecided=0.5, covered=1.0, wrong=False)
    picture, caption = label_order.draw({label_order.TABLE: table})
    np.testing.assert_allclose(picture.axes[0].lines[0].get_ydata(), [0.04, 0.05])
    assert "The best was called worse in 0 of 16 choices." in caption
    plt.close(picture)
