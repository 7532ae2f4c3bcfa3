"""An encoder that is the leading columns of a wider one has the measures of its own columns."""

import numpy as np
import pytest

from pairbounds import spectrum
from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder
from tests.families import GRAPHS


@pytest.mark.parametrize("family", ["dense_random", "tall", "split_by_class", "latent_captions"])
@pytest.mark.parametrize("given", [False, True])
def test_leading_columns_of_a_wider_encoder_from_their_formulas(family, given):
    rng = np.random.default_rng(4)
    graph = GRAPHS[family](rng, 12)
    triplets, matrix = spectrum(graph, 5), graph.normalized.toarray()
    sides = [rng.standard_normal((size, 4)) * [1, 1e-9, 1e9, 1] for size in graph.joint.shape]
    whole = Encoder.of(graph, triplets, 4, sides) if given else Encoder.optimum(graph, triplets, 4)
    for k in (1, 3, 4):
        part, roots = whole.leading(triplets.leading(k + 1), k), (graph.left_marginal**0.5, graph.right_marginal**0.5)
        f, g = (np.diag(root) @ side[:, :k] for root, side in zip(roots, (whole.left, whole.right), strict=True))
        left, right = (np.linalg.qr(side / np.linalg.norm(side, axis=0))[0] for side in (f, g))
        product, gram = f @ g.T, left.T @ matrix @ matrix.T @ left
        loss = np.sum(product * (product - 2 * matrix))
        other = np.sum(part.product_factor * (part.product_factor - 2 * part.paired_bases))
        alignment = 2 * np.sum(1 - np.linalg.svd(left.T @ matrix @ right, compute_uv=False))
        found = [QUANTITIES[f"{name}_alignment"].measure(part) for name in ("induced", "pair")]
        (image, _), (basis, _) = part.left_factors, part.right_factors
        inner = np.hstack([part.image_gram, part.paired_bases])
        np.testing.assert_allclose(image.T @ np.hstack([image, basis]), inner, atol=1e-12)
        np.testing.assert_allclose([part.loss, other], loss, rtol=1e-9)
        np.testing.assert_allclose(found, [2 * (k - np.trace(gram)), alignment], atol=1e-12)
        assert QUANTITIES["aligned_induced_loss"].measure(part) == pytest.approx(-np.sum(gram**2))
