"""Theorem 42, encoders that are linear in features, against dense algebra on the left nodes."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from pairbounds import BOUNDS, LatentWorld, PairGraph, check_bounds, induced_labelling_error, linear_optimum, probe
from pairbounds import spectrum as graph_spectrum
from pairbounds.__main__ import app
from pairbounds.theory.bounds.theorem42_through_features import linear_mse, regularised_mse_at_most
from pairbounds.theory.graph import through_features
from pairbounds.theory.graph.through_features import whitened
from pairbounds.theory.quantities.linear_encoders import FOLDS, encoder_from_pairs
from tests.bounds.checks.check import two_nodes, unlabelled
from tests.families import GRAPHS, family_graph, require_all_hold, row_of, targets, unit_columns, weighted_basis

LINEAR = [name for name, claim in BOUNDS.items() if claim.through]


def drawn_features(graph: PairGraph, rng: np.random.Generator) -> np.ndarray:
    """Features of very different units, one of them a copy, one 0, one constant: of a rank below their number."""
    free = rng.standard_normal((graph.n_left, 4)) * [1, 1e6, 1e-4, 1]
    return np.column_stack([free, free[:, 0], np.zeros(graph.n_left), np.ones(graph.n_left)])


def dense(graph: PairGraph, features: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """`QᵀĀ`, `QᵀỸ` and e_X, by a singular value decomposition of the weighted features."""
    basis = weighted_basis(graph, features)
    coordinates = basis.T @ targets(graph)
    return basis.T @ graph.normalized.toarray(), coordinates, 1 - float(np.sum(coordinates**2))


@pytest.mark.parametrize("family", GRAPHS)
def test_values_errors_and_bounds_are_those_of_the_projected_matrix(family):
    rng = np.random.default_rng([3, len(family)])
    graph = GRAPHS[family](rng, 16)
    features = drawn_features(graph, rng)
    matrix, coordinates, unreached = dense(graph, features)
    left, values, _ = np.linalg.svd(matrix, full_matrices=True)
    values = np.pad(values, (0, len(left) - len(values)))
    projected = graph.through(features)
    assert projected.shape[0] == len(left)
    assert projected.spectrum.singular_values == pytest.approx(values, abs=1e-6)
    assert projected.unreached == pytest.approx(unreached, abs=1e-8)
    variation = float(np.sum(coordinates**2) - np.sum((matrix.T @ coordinates) ** 2))
    assert projected.variation == pytest.approx(variation, abs=1e-8)
    assert np.sqrt(projected.variation) <= np.sqrt(induced_labelling_error(graph)) + np.sqrt(max(0.0, unreached)) + 1e-7
    for k in range(1, min(len(left), *graph.shape) + 1):
        assert projected.probe_mse(k) == pytest.approx(probe(graph, projected.optimum(k)).mse, abs=1e-7)
    largest = min(len(left), *graph.shape)
    table = check_bounds(graph, sorted({1, (largest + 1) // 2, largest}), through=features, bounds=LINEAR)
    assert table["through_holds"].notna().all()
    require_all_hold(table, "through_holds")


@pytest.mark.parametrize("seed", range(3))
def test_all_embeddings_are_linear_in_indicators_of_the_nodes(seed):
    rng = np.random.default_rng(seed)
    graph = GRAPHS["dense_random"](rng, 14)
    projected, triplets = graph.through(np.eye(graph.n_left)), graph_spectrum(graph, min(graph.shape))
    assert projected.unreached == pytest.approx(0, abs=1e-12)
    for name in set(LINEAR) - {"local-multihop-error"}:  # which takes filters by the last digits of what is known
        claim = BOUNDS[name]
        assert claim(projected, projected.spectrum, 3) == pytest.approx(claim(graph, triplets, 3), rel=1e-3)


def test_energy_at_a_single_value_beyond_the_cut_makes_theorem_4_an_equality():
    """With a constant and one more feature all energy beyond k = 1 is at τ_2: theorem 4 through them is an equality."""
    graph = PairGraph(np.kron(two_nodes(0.1).joint.toarray(), two_nodes(0.05).joint.toarray()), [0, 0, 1, 1])
    features = np.column_stack([np.ones(4), [1.0, 0.5, -1.0, -0.2]])
    row = row_of("probe-mse", graph, 1, through=features)
    assert row["through_measured"] == pytest.approx(row["through_value"], rel=1e-9)
    lacking = graph.through(features).unreached
    assert row["through_value"] - 0.5 * lacking < row["through_measured"] - 1e-3
    encoder = linear_optimum(graph, features, 1, ridge=0)
    at_most = regularised_mse_at_most(graph, features, encoder)
    assert row["through_measured"] <= at_most == pytest.approx(row["through_measured"], rel=1e-9)
    assert regularised_mse_at_most(graph, features, replace(encoder, next_value=1.0)) == np.inf


def test_check_prints_both_and_fails_where_a_bound_fails_through_features(call, tmp_path, monkeypatch):
    graph = PairGraph([[3, 1, 0], [3, 0, 0], [0, 1, 3], [0, 0, 3]], [0, 0, 1, 1])
    graph.save(tmp_path / "graph.npz")
    np.save(tmp_path / "features.npy", np.array([[1, 2], [1, 2.5], [1, -2], [1, 0]]))
    command = ["check", tmp_path / "graph.npz", "--through", tmp_path / "features.npy", "--json", "--k"]
    code, out, err = call(app, *command, 1)
    assert (code, err) == (0, "")
    rows = {row["bound"]: row for row in json.loads(out)["bounds"]}
    assert {name for name, row in rows.items() if row["through_holds"]} == set(LINEAR)
    assert "through the features" in call(app, *command[:4], "--k", 1)[1]
    assert "the features have rank 2" in call(app, *command, "2:3")[2]
    claim = BOUNDS["probe-mse"]
    halved = replace(claim, evaluate=lambda *arguments: claim(*arguments) / (1 if arguments[0] is graph else 2))
    monkeypatch.setitem(BOUNDS, "probe-mse", halved)
    table = check_bounds(graph, 1, through=np.load(tmp_path / "features.npy")).set_index("bound")
    assert table.loc["probe-error", "through_holds"]
    assert not table.loc["probe-mse", "through_holds"]
    assert call(app, *command, 1)[0] == 1


@pytest.mark.parametrize("ridge", [0, 0.03, 1, 30])
@pytest.mark.parametrize("seed", range(4))
def test_a_ridge_costs_at_most_its_bias(seed, ridge):
    rng = np.random.default_rng([seed, 7])
    graph = GRAPHS["heavy_tailed"](rng, 14)
    features = drawn_features(graph, rng)
    encoder = linear_optimum(graph, features, 3, ridge=ridge)
    measured, projected = probe(graph, encoder(features)).mse, graph.through(features)
    beta = np.linalg.pinv(unit_columns(graph, features), rcond=1e-9) @ targets(graph)
    expected = projected.unreached + (projected.variation + ridge * np.sum(beta**2)) / (1 - encoder.next_value)
    at_most = regularised_mse_at_most(graph, features, encoder)
    assert measured - 1e-9 <= at_most == pytest.approx(expected, rel=1e-6)
    if ridge == 0:
        assert measured == pytest.approx(linear_mse(graph, features, 3), abs=1e-8)


def test_a_ridge_is_chosen_without_labels_for_images_that_the_graph_lacks():
    """Every embedding is linear in as many features as left nodes. The ridge keeps directions that new images share."""
    in_graph = np.random.default_rng(0).permutation(320)[:160]
    world = LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3)
    rng = np.random.default_rng(1)
    signal = graph_spectrum(world, 12).left / np.sqrt(world.left_marginal)[:, None]
    features = signal @ rng.standard_normal((12, 150)) + 6 * rng.standard_normal((320, 150))
    part = world.part(in_graph)
    unlabelled_part = PairGraph(part.joint)
    chosen = linear_optimum(unlabelled_part, features[in_graph], 8)
    assert linear_optimum(PairGraph(np.eye(4) + 1), features[:4, :2], 1).ridge > 0  # of the fewest nodes for this
    with pytest.raises(ValueError, match="not 3: give a number"):
        linear_optimum(PairGraph(np.eye(3) + 1), features[:3, :2], 1)
    assert 0 < chosen.ridge == min(chosen.held_out, key=lambda ridge: chosen.held_out[ridge])
    errors = [
        probe(world, encoder(features), labelled=in_graph).held_out_error
        for encoder in (chosen, linear_optimum(unlabelled_part, features[in_graph], 8, ridge=0))
    ]
    assert errors[0] < errors[1] / 2


@pytest.mark.parametrize("seed", range(3))
def test_held_out_losses_pair_by_pair(seed):
    """`E (f·g)² - 2 E f·g`, over all and over paired nodes; a caption that was not seen has g = 0."""
    graph = family_graph("sparse_random", seed)
    features, joint = np.random.default_rng(seed).standard_normal((graph.n_left, 3)), graph.joint.toarray()
    held_out = linear_optimum(graph, features, 2, seed=seed).held_out
    losses = dict.fromkeys(held_out, 0.0)
    for fold in np.array_split(np.random.default_rng(seed).permutation(graph.n_left), FOLDS):
        training_rows = np.setdiff1d(np.arange(graph.n_left), fold)
        training_pairs, pairs = joint[training_rows], joint[fold] / joint[fold].sum()
        for ridge in losses:
            f = linear_optimum(graph.part(training_rows), features[training_rows], 2, ridge=ridge)(features)
            products = f[fold] @ f[training_rows].T @ (training_pairs / np.maximum(training_pairs.sum(axis=0), 1e-300))
            apart = np.outer(pairs.sum(axis=1), pairs.sum(axis=0))
            losses[ridge] += (np.sum(apart * products**2) - 2 * np.sum(pairs * products)) / FOLDS
    assert held_out == pytest.approx(losses, rel=1e-6)
    assert linear_optimum(graph, features, 2).held_out == linear_optimum(graph, features, 2, seed=0).held_out


@pytest.mark.parametrize("seed", range(5))
def test_an_encoder_has_columns_of_0_beyond_the_rank_of_its_features(seed):
    rng, graph = np.random.default_rng(seed), family_graph("many_components", seed)
    free = np.column_stack([graph.components[0] < 3, rng.standard_normal((graph.n_left, 2))])
    plain, mixed = linear_optimum(graph, free, 3, ridge=0), free @ rng.standard_normal((3, 9))
    assert plain.values.max() <= 1
    for k in (3, 6):
        wide = linear_optimum(graph, mixed, k, ridge=0)
        assert wide.values[:3] == pytest.approx(plain.values)
        assert (plain.next_value, *wide.values[3:], wide.next_value, *wide.weights[:, 3:].flat) == (0,) * (10 * k - 28)
    assert plain.held_out == {}
    assert linear_optimum(graph, 0 * free, 2).values.tolist() == [0, 0]
    signs = np.array([[1.0, 1], [1, -1], [-1, 2], [-1, -2]])
    assert encoder_from_pairs(signs, signs * [1, -1], 1).next_value == 0  # of -1


def test_blocks_of_nodes_change_nothing(monkeypatch):
    graph, rng = family_graph("sparse_random"), np.random.default_rng(0)
    features, results = rng.standard_normal((graph.n_left, 3)), []
    pairs = features[rng.integers(graph.n_left, size=(2, 30))]
    for block in (through_features.BLOCK, 7):
        monkeypatch.setattr(through_features, "BLOCK", block)
        projected, encoder = graph.through(features), linear_optimum(graph, features, 2, ridge=0.1)
        numbers = (
            projected.constant_distance,
            projected.variation,
            projected.moments,
            projected.optimum(2),
            encoder.weights,
        )
        numbers += whitened(features), encoder_from_pairs(*pairs, 1).weights
        results.append(np.concatenate([np.abs(number).ravel() for number in numbers]))  # signs of vectors are free
    assert results[1] == pytest.approx(results[0], rel=1e-6)
    white = whitened(features)
    assert white.T @ white / len(white) == pytest.approx(np.eye(3))
    with pytest.raises(ValueError, match=r"give shape \(2, k\)"):
        whitened(features, [0.5, 0.5])
    features[9, 1] = np.inf
    with pytest.raises(ValueError, match="not finite in row 9"):
        graph.through(features)


def test_features_come_as_arrays_tensors_and_memory_maps(tmp_path):
    graph, features = two_nodes(0.1), np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
    np.save(tmp_path / "features.npy", features)
    mapped = np.load(tmp_path / "features.npy", mmap_mode="r")
    for same_features in (features, torch.from_numpy(features), mapped, features.tolist()):
        assert graph.through(same_features).moments == pytest.approx(graph.through(features).moments)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.ones((3, 2)), r"shape \(3, 2\): give shape \(2, k\)"),
        (np.ones(2), r"shape \(2,\)"),
        (np.array([[1.0], [np.nan]]), "not finite in row 1"),
        (np.zeros((2, 3)), "all features are 0"),
        (np.array([["a"], ["b"]]), "give real numbers"),
    ],
)
def test_features_of_another_shape_raise(features, message):
    with pytest.raises(ValueError, match=message):
        two_nodes(0.1).through(features)


def test_without_labels_there_are_values_and_no_bounds():
    graph = unlabelled().graph
    table = check_bounds(graph, 2, through=np.eye(graph.n_left)[:, :4])
    assert table["through_value"].isna().all()
    with pytest.raises(ValueError, match="the encoder takes rows of 4 features"):
        linear_optimum(graph, np.eye(graph.n_left)[:, :4], 2, ridge=0)(np.ones((1, 3)))
