"""The audit against a naive one by pandas and dense numpy; its rankings and its intervals."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, check_bounds
from pairbounds.infrastructure.files import sidecar
from pairbounds.real_data.audit import KEYS, AuditSettings, audit
from pairbounds.real_data.audit.measuring import labelling_errors
from tests.families import ANY_SEED, family_graph

K = 32
LABELLED = ("bounds", "spectrum", "hub_captions", "crossing_captions", "classes", "class_pairs")


def random_table(rng: np.random.Generator, n_rows: int, n_images: int, n_captions: int, n_classes: int):
    """Rows with repetitions, captions that lean to a class, and weights; labels by name."""
    labels = rng.integers(n_classes, size=n_images)
    image, caption = rng.integers(n_images, size=n_rows), rng.integers(n_captions, size=n_rows)
    leaning = rng.random(n_rows) < 0.6
    caption[leaning] = caption[leaning] // n_classes * n_classes + labels[image[leaning]]
    names = np.array([f"class {c}" for c in range(n_classes)])
    pairs = pd.DataFrame(
        {"image": image, "caption": [f"caption {c}" for c in caption], "weight": 0.5 + rng.random(n_rows)}
    )
    return pairs, pd.DataFrame({"image": np.arange(n_images), "label": names[labels]})


@pytest.fixture(scope="module")
def table():
    return random_table(np.random.default_rng(0), 2_400, 240, 90, 6)


@pytest.fixture(scope="module")
def audited(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    for name, frame in zip(("pairs", "labels"), table, strict=True):
        frame.to_parquet(folder / f"{name}.parquet", row_group_size=700)
    done = audit(folder / "pairs.parquet", folder / "labels.parquet", folder / "out", AuditSettings(K))
    return folder / "out", done


@pytest.fixture(scope="module")
def naive(table):
    """The induced pairs, image by image, from a pivot table and dense products."""
    pairs, labels = table
    joint = pairs.groupby(["image", "caption"])["weight"].sum().unstack(fill_value=0.0)
    joint /= joint.to_numpy().sum()
    label = labels.set_index("image")["label"][joint.index]
    given_caption = joint / joint.sum()
    induced = joint.to_numpy() @ given_caption.to_numpy().T
    return joint, label.to_numpy(), induced


def test_the_summary_equals_a_naive_computation(audited, naive):
    (_, done), (joint, label, induced) = audited, naive
    summary, differ = done.summary, label[:, None] != label[None, :]
    normalised = joint.to_numpy() / np.sqrt(np.outer(joint.sum(axis=1), joint.sum()))
    left, values, _ = np.linalg.svd(normalised, full_matrices=False)
    onehot = pd.get_dummies(label).to_numpy() * np.sqrt(joint.sum(axis=1).to_numpy())[:, None]
    assert (summary["n_rows"], summary["n_images"], summary["n_captions"]) == (2_400, *joint.shape)
    assert (summary["n_pairs"], summary["n_classes"], summary["k"]) == (np.count_nonzero(joint), 6, K)
    assert summary["induced_labelling_error"] == pytest.approx(induced[differ].sum())
    assert summary["consistency"] == pytest.approx(induced[~differ].sum())
    assert summary["self_pair_share"] == pytest.approx(np.trace(induced))
    assert summary["distinct_labelling_error"] == pytest.approx(induced[differ].sum() / (1 - np.trace(induced)))
    assert summary["chance_labelling_error"] == pytest.approx(1 - np.sum(np.sum(onehot**2, axis=0) ** 2))
    np.testing.assert_allclose(summary["singular_values"], values[:K], atol=1e-10)
    assert summary["next_singular_value"] == pytest.approx(values[K])
    energy = done.tables["spectrum"]["label_energy"][:K]
    np.testing.assert_allclose(energy, np.sum((onehot.T @ left[:, :K]) ** 2, axis=0), atol=1e-7)


def test_ranked_captions_equal_a_naive_computation(audited, naive):
    (_, done), (joint, label, induced) = audited, naive
    differ = label[:, None] != label[None, :]
    rows = {}
    for caption, column in joint.iloc[:, ::5].items():
        through = np.outer(column, column) / column.sum()
        by_class = column.groupby(label).sum() / column.sum()
        rows[caption] = {
            "mass": column.sum(),
            "n_images": np.count_nonzero(column),
            "induced_share": (through.sum() - np.trace(through)) / (1 - np.trace(induced)),
            "crossing": through[differ].sum() / through.sum(),
            "alpha_share": through[differ].sum() / induced[differ].sum(),
            "main_class": by_class.idxmax(),
        }
    expected = pd.DataFrame.from_dict(rows, orient="index")
    for name, column in (("hub_captions", "induced_share"), ("crossing_captions", "alpha_share")):
        result = done.tables[name]
        assert result["rank"].tolist() == list(range(1, joint.shape[1] + 1))
        assert (np.diff(result[column]) < 1e-9).all()
        result = result.set_index("caption").drop(columns="rank")
        expected = expected[result.columns]
        pd.testing.assert_frame_equal(result.loc[expected.index], expected, check_dtype=False, check_names=False)


def test_ranked_classes_equal_a_naive_computation(audited, naive):
    (_, done), (_, label, induced) = audited, naive
    between = pd.DataFrame(induced).groupby(label).sum().T.groupby(label).sum()
    alpha = 1 - np.trace(between)
    classes = done.tables["classes"].set_index("class")
    assert classes["consistency"].is_monotonic_increasing
    for name, row in classes.iterrows():
        inside, crossing = between.loc[name, name], between.loc[name].drop(name)
        block = induced[np.ix_(label == name, label == name)]
        root = np.sqrt(block.sum(axis=1))
        assert row["mass"] == pytest.approx(inside + crossing.sum())
        assert row["consistency"] == pytest.approx(inside / row["mass"])
        assert row["alpha_share"] == pytest.approx(crossing.sum() / alpha)
        assert row["mixes_with"] == crossing.idxmax()
        assert row["second_eigenvalue"] == pytest.approx(np.linalg.eigvalsh(block / np.outer(root, root))[-2])
    pairs = done.tables["class_pairs"]
    assert len(pairs) == 15
    assert pairs["alpha_share"].sum() == pytest.approx(1)
    assert pairs["probability"].is_monotonic_decreasing
    for row in pairs.itertuples():
        assert row.probability == pytest.approx(2 * between.loc[row.first, row.second])
        masses = classes.loc[[row.first, row.second], "mass"]
        assert row.lift == pytest.approx(between.loc[row.first, row.second] / masses.prod())


def test_the_bounds_equal_those_of_check_bounds(audited, naive):
    (_, done), (joint, label, _) = audited, naive
    graph = PairGraph(joint.to_numpy(), np.unique(label, return_inverse=True)[1])
    expected = check_bounds(graph, K)
    # Some are rounded outward by the root of a round-off, which depends on the solver's route.
    pd.testing.assert_frame_equal(done.tables["bounds"], expected, rtol=1e-3, atol=1e-3)
    assert done.summary["bounds"].keys() == set(expected.loc[expected["slack"].notna(), "bound"])
    assert done.summary["bounds_failed"] == []


def test_every_key_is_explained_and_every_table_is_named_by_its_content(audited):
    out, done = audited
    result = json.loads(
        (out / "summary.json").read_text(), parse_constant=lambda word: pytest.fail(f"{word} is no JSON")
    )
    assert list(result) == list(KEYS) == list(result["keys"])
    assert result == json.loads(json.dumps(done.summary))
    assert tuple(done.tables) == LABELLED
    keys = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("*.parquet")}
    assert result["provenance"]["content_keys"] == keys
    assert json.loads(sidecar(out / "classes.parquet").read_text())["configuration"]["k"] == K
    written = {f"{name}.parquet{end}" for name in LABELLED for end in ("", ".json")}
    assert {file.name for file in out.iterdir()} == written | {"summary.json"}


@given(
    seed=ANY_SEED,
    family=st.sampled_from(["sparse_random", "latent_captions", "heavy_tailed", "twins"]),
)
def test_the_intervals_are_the_infinitesimal_jackknife(seed, family):
    """Their half width is 1.96 times the norm of the derivatives by the images' weights, taken numerically here."""
    graph = family_graph(family, seed, 8)
    errors = labelling_errors(graph)
    step = 1e-5
    derivatives = np.empty((2, graph.n_left))
    for x in range(graph.n_left):
        weights = np.ones((2, graph.n_left))
        weights[:, x] += [step, -step]
        above, below = (labelling_errors(PairGraph(graph.joint * w[:, None], graph.left_labels)) for w in weights)
        derivatives[:, x] = [(a.value - b.value) / (2 * step) for a, b in zip(above, below, strict=True)]
    for error, reach in zip(errors, 1.959964 * np.linalg.norm(derivatives, axis=1), strict=True):
        assert error.low == pytest.approx(max(0, error.value - reach), abs=1e-6)
        assert error.high == pytest.approx(min(1, error.value + reach), abs=1e-6)


def test_an_audit_without_labels_has_the_tables_that_need_none(tmp_path, audited):
    before, done = audited
    done.tables["classes"].to_parquet(tmp_path / "classes.parquet")  # as an earlier audit with labels would leave it
    pairs = before.parent / "pairs.parquet"
    summary, tables = audit(pairs, None, tmp_path, AuditSettings(K))
    assert tuple(tables) == ("bounds", "spectrum", "hub_captions")
    assert not (tmp_path / "classes.parquet").exists()
    assert summary["induced_labelling_error"] is None
    assert summary["singular_values"] == pytest.approx(done.summary["singular_values"])
    assert [*tables["hub_captions"]] == ["rank", "caption", "mass", "n_images", "induced_share"]
    assert summary["bounds"].keys() >= {"factorisation", "optimum"}
