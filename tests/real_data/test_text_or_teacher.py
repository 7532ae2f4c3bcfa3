"""The experiment text or teacher, on small packages of npm's layout."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds.real_data.datasets import icons as sets
from pairbounds.real_data.datasets.naming import class_words
from pairbounds.real_data.studies import text_or_teacher, text_or_teacher_tuning
from pairbounds.real_data.text_or_teacher import analysis, teachers
from pairbounds.real_data.text_or_teacher.graphs import forecasts
from pairbounds.real_data.text_or_teacher.merges import merged_tags
from pairbounds.real_data.text_or_teacher.parts import TUNED, Sizes, experiment_icons, family, plain_drawings
from pairbounds.real_data.text_or_teacher.teachers import Teachers
from pairbounds.real_data.training.guides import MERGED, MERGED_MOST

ROOT = Path(__file__).parents[2]
CONCEPTS, CLASSES = 90, 3
SIZES = Sizes(test=24, train=12, units=2)
SHAPES = ('<circle cx="12" cy="12" r="{}"/>', '<rect width="{}" height="9"/>', '<path d="M2 2h{}L9 20z"/>')


def class_of(number):
    return number // 3 % CLASSES


def name_of(number):
    """A name of two letters; each tenth is a variant of the one before."""
    variant = number % 10 == 1
    letters = "".join(chr(97 + part) for part in divmod(number - variant, 26))
    return f"thing-{letters}{'-outline' * variant}"


def drawn(file, number):
    file.parent.mkdir(parents=True, exist_ok=True)
    shape = SHAPES[class_of(number)].format(3 + number % 8)
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{shape}</svg>')


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Icons of three classes in each set: a third of the concepts each, a few in two sets, a few without a class."""
    root = tmp_path_factory.mktemp("packages")
    tabler, phosphor, mdi = (root / "npm" / name for name in ("tabler", "phosphor", "mdi"))
    entries, listed, meta = {}, [], []
    for number in range(CONCEPTS):
        name, kind = name_of(number), f"Kind {'abc'[class_of(number)] * 3}"
        tags = [kind.lower(), f"shape{class_of(number)}", f"tag{number % 7}", name]
        if number % 3 == 0 or number < 6:
            drawn(tabler / "icons/outline" / f"{name}.svg", number)
            entries[name] = {"category": kind, "tags": tags, "styles": {"outline": {}}}
        if number % 3 == 1:
            for weight in sets.WEIGHTS:
                drawn(phosphor / "assets" / weight / f"{name}{'' if weight == 'regular' else f'-{weight}'}.svg", number)
            listed.append(
                f'  {{\n    name: "{name}",\n    figma_category: a.KIND{class_of(number)},\n'
                f"    tags: {json.dumps(tags)},\n  }}"
            )
        if number % 3 == 2:
            drawn(mdi / "svg" / f"{name}.svg", number)
            meta.append(
                {"name": name, "aliases": [f"{name}-{tag}" for tag in tags[1:3]], "tags": [kind] if number < 80 else []}
            )
    (tabler / "icons.json").write_text(json.dumps(entries))
    (phosphor / "dist").mkdir()
    (phosphor / "dist/index.mjs").write_text("const n = [\n" + ",\n".join(listed) + "\n];")
    (mdi / "meta.json").write_text(json.dumps(meta))
    counts = {
        "tabler": ("1", len(entries), len(entries)),
        "phosphor": ("1", 6 * len(listed), len(listed)),
        "mdi": ("1", len(meta), len(meta)),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sets, "RELEASES", counts)
        yield root


@pytest.fixture(scope="module")
def icons(packages):
    return experiment_icons(packages, 48, SIZES)


def test_parts_share_no_concept_and_each_has_one_icon(icons):
    subjects = np.array(icons.shown.subjects)
    assert len(set(subjects)) == len(subjects)
    parts = [icons.split(unit).train for unit in range(SIZES.units + TUNED)]
    parts += [icons.split(0).test]
    joined = np.concatenate(parts)
    assert len(set(joined.tolist())) == len(joined)
    assert [len(part) for part in parts] == [12] * 5 + [24]
    families = [{family(subjects[image]) for image in part} for part in parts]
    assert sum(map(len, families)) == len(set().union(*families)) < len(joined)
    for unit in range(SIZES.units, SIZES.units + TUNED):
        own = icons.split(unit)
        np.testing.assert_array_equal(own.test, own.validation)
        assert not set(own.train) & set(own.validation)
        assert set(own.validation) <= set(icons.tuning)


def test_guides_learn_from_no_family_that_trains_or_judges(icons):
    names = [np.array([family(each.rpartition("/")[2]) for each in part.ids]) for part in (icons.shown, icons.taught)]
    assert not {*names[0][: icons.tuning[0]]} & {*names[1]}
    assert not {*names[0][icons.labelled]} & {*names[0][icons.split(0).test]}
    assert {icons.shown.subjects[image] for image in icons.tuning} < set(icons.taught.subjects)
    assert (icons.taught.labels == -1).any()


def test_tags_name_no_class_and_are_shuffled_within_training_sets(icons):
    for texts, label in zip(icons.shown.captions, icons.shown.labels, strict=True):
        named = class_words(icons.shown.label_names[label])
        assert not any(class_words(tag) & named for tag in texts)
    for unit in range(SIZES.units):
        own = icons.split(unit).train
        theirs, ours = ([tags[image] for image in own] for tags in (icons.shuffled, icons.shown.captions))
        assert sorted(theirs) == sorted(ours)
        assert theirs != ours


@pytest.mark.parametrize(
    ("name", "stem"),
    [("battery-3", "battery"), ("account-off-outline", "account"), ("h2", "h"), ("01", "01"), ("off", "off")],
)
def test_variants_of_a_drawing_are_of_one_family(name, stem):
    assert family(name) == stem


def test_a_plain_drawing_has_a_class_where_one_does(icons):
    chosen = plain_drawings(icons.taught)
    assert len(chosen) == len(set(icons.taught.subjects))
    for subject, place in chosen.items():
        own = [
            label for label, other in zip(icons.taught.labels, icons.taught.subjects, strict=True) if other == subject
        ]
        assert icons.taught.labels[place] >= 0 or max(own) == -1


def test_too_few_concepts_are_refused(packages):
    with pytest.raises(ValueError, match=r"^\d+ concepts with a class are too few for Sizes\(test=24, train=30"):
        experiment_icons(packages, 16, replace(SIZES, train=30))


def teaching(rng):
    """Eight kinds of icons, which the trunk tells apart; tags name the kind up to its last bit."""
    kinds = np.arange(160) % 8
    features = np.eye(8)[kinds][:, None].repeat(4, axis=1) + 0.3 * rng.standard_normal((160, 4, 8))
    tags = tuple((f"word{kind // 2}",) for kind in kinds)
    return kinds, Teachers(None, torch.from_numpy(features).float(), tags)


def test_a_head_of_text_joins_what_tags_join_and_the_controls_do_not(monkeypatch):
    monkeypatch.setattr(teachers, "EPOCHS", 300)
    kinds, taught = teaching(np.random.default_rng(0))
    alike = {}
    for kind in ("text_head", "views_head", "shuffled_head"):
        head = taught.head(kind, 3)
        with torch.no_grad():
            rows = torch.nn.functional.normalize(head(taught.features[:, 0])).numpy()
        cosines = rows @ rows.T
        same_tag, same_kind = (np.equal.outer(one, one) for one in (kinds // 2, kinds))
        alike[kind] = cosines[same_tag & ~same_kind].mean() - cosines[~same_tag].mean()
    assert alike["text_head"] > 0.4
    assert max(alike["views_head"], alike["shuffled_head"]) < 0.2, alike
    assert taught.head("text_head", 3) is taught.head("text_head", 3)


@pytest.fixture(scope="module")
def settings(packages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    sizes = {"test": 24, "train": 12, "units": 2, "size": 48, "batch": 6, "epochs": 1, "warmup": 0, "views": 2}
    places = {"root": str(packages), "cache": str(folder / "cache"), "runs": str(folder), "device": "cpu"}
    arms = ("text_head", "captions", "labels", "none", "no_text")
    return text_or_teacher_tuning.Settings(**sizes, **places, arms=arms, rates=(1e-2,), strengths=(0.12,))


@pytest.fixture
def quick(monkeypatch):
    """A trunk of one epoch: what guides know is no matter here."""
    monkeypatch.setattr(teachers, "TRUNK", replace(teachers.TRUNK, epochs=1, warmup=0, batch=20))
    monkeypatch.setattr(teachers, "EPOCHS", 2)


@pytest.mark.usefixtures("quick")
def test_both_parts_of_the_experiment_run_on_small_packages(settings, monkeypatch):
    tuned = text_or_teacher_tuning.measure(settings, 0)
    assert tuned["arm"].tolist() == list(settings.arms)
    assert tuned["validation"].between(0, 1).all()
    assert not {"test", "right", "knn_test", "knn_right"} & set(tuned)
    shared = {name: value for name, value in vars(settings).items() if name not in ("arms",)}
    arms = (*settings.arms, MERGED, MERGED_MOST)
    monkeypatch.setattr(text_or_teacher, "CHOSEN", dict.fromkeys(settings.arms, (1e-2, 0.12)))
    main = text_or_teacher.Settings(**shared, arms=arms, repeats=2)
    tables = text_or_teacher.measure(main, 1)
    runs, graphs = (tables[name] for name in text_or_teacher.TABLES)
    assert runs["arm"].tolist() == [arm for arm in arms for _ in range(2)]
    for row in runs.itertuples():
        for share, digits in ((row.test, row.right), (row.knn_test, row.knn_right)):
            assert share == pytest.approx(digits.count("1") / 24)
            assert len(digits) == 24
    sets_of_test = main.icons().sets[:24]
    by_set = runs[["tabler", "phosphor", "mdi"]].to_numpy() @ [
        np.mean(sets_of_test == name) for name in ("tabler", "phosphor", "mdi")
    ]
    np.testing.assert_allclose(by_set, runs["knn_test"])
    assert set(graphs["arm"]) >= {"text_head", "views_head", "labels", "none", "as they are"}
    assert len(graphs[graphs["kind"] == "arm"]) == len(text_or_teacher_tuning.ARMS)
    with pytest.raises(FileNotFoundError, match=r"plan .*text_or_teacher\.md"):
        text_or_teacher.inputs(main)
    shares = analysis.found_shares(runs.assign(seed=1))
    assert shares["labels"].shape == (1, 24)
    assert shares["labels"].mean() == pytest.approx(runs.query("arm == 'labels'")["knn_test"].mean())


@pytest.mark.usefixtures("quick")
def test_labels_make_alpha_smaller_and_theorem_15_is_no_larger_than_4(settings):
    found = pd.DataFrame(forecasts(settings.studio(), 0)).set_index("arm")
    assert found["alpha_T"]["labels"] < found["alpha_T"]["none"]
    assert found["alpha_T"].between(0, 1).all()
    assert (found["theorem_15"] <= found["theorem_4"] + 1e-9).all()


def test_theorem_15_chooses_a_merge_and_the_coarsest_has_fewest_tags(icons):
    captions, bounds = merged_tags(icons, 0)
    own = icons.split(0).train
    used = {guide: {tag for image in own for tag in tags[image]} for guide, tags in captions.items()}
    assert len(used[MERGED_MOST]) <= len(used[MERGED])
    assert min(bounds.values()) <= bounds["as they are"]
    best = min(bounds, key=bounds.get)
    assert best == "as they are" or len(used[MERGED]) == int(best.split()[0])
    outside = np.setdiff1d(np.arange(len(icons.shown)), own)
    assert all(captions[MERGED][image] == icons.shown.captions[image] for image in outside)


def planted(rng, units=12, icons=400, **gains):
    """Shares of icons found by arms that have a gain over SimCLR; icons, units and both together vary."""
    icon, unit = rng.uniform(0.2, 0.6, icons), 0.01 * rng.standard_normal((units, 1))
    arms = {arm: 0.0 for pair in ((analysis.TEXT, analysis.VIEWS), *analysis.OTHERS) for arm in pair} | gains
    return {
        arm: (rng.random((2, units, icons)) < np.clip(icon + unit + gain, 0, 1)).mean(axis=0)
        for arm, gain in arms.items()
    }


@pytest.mark.parametrize(
    ("gains", "answer"),
    [
        ({}, "nothing can be concluded"),
        ({"labels": 0.1, "views_head": 0.1}, "text is worse"),
        ({"labels": 0.1, "text_head": 0.1}, "text helps"),
        ({"labels": 0.1, "text_head": 0.1, "shuffled_head": 0.1}, "undecided"),
        ({"labels": 0.1, "text_head": 0.05, "views_head": 0.05}, "text is not needed"),
        ({"labels": 0.1}, "undecided"),
        ({"labels": 0.1, "none": 0.05, "text_head": 0.05}, "undecided"),
    ],
)
def test_each_answer_follows_from_its_rule(gains, answer):
    shares = planted(np.random.default_rng(1), icons=3_000, **gains)
    assert analysis.verdict(shares, margin=0.02) == answer


@pytest.mark.parametrize(("by_unit", "by_icon", "left"), [(0.05, 0.4, 0.2), (0.0, 0.0, 0.5), (0.005, 0.0, 0.5)])
def test_the_standard_error_is_that_of_units_and_icons_together(by_unit, by_icon, left):
    rng, found, estimates = np.random.default_rng(2), [], []
    for _ in range(200):
        unit, icon = by_unit * rng.standard_normal((12, 1)), by_icon * rng.standard_normal(100)
        shares = {"a": unit + icon + left * rng.standard_normal((12, 100)), "b": np.zeros((12, 100))}
        one = analysis.contrast(shares, ("a", "b"))
        found.append(one.error)
        estimates.append(one.estimate)
    truth = np.sqrt(by_unit**2 / 12 + by_icon**2 / 100 + left**2 / 1_200)
    assert np.mean(found) == pytest.approx(truth, rel=0.15)
    assert np.std(estimates) == pytest.approx(truth, rel=0.2)


def test_the_summary_has_both_judges_the_forecasts_and_the_answer():
    shares = planted(np.random.default_rng(0), units=3, icons=40)
    rows = [
        {"arm": arm, "seed": unit, "knn_right": digits, "right": digits}
        for arm, own in shares.items()
        for unit, found in enumerate(own)
        for digits in ["".join("1" if share > 0.5 else "0" for share in found)]
    ]
    graphs = pd.DataFrame({"arm": list(shares), "kind": "arm", "alpha_T": 0.1, "theorem_4": 1.0})
    graphs["theorem_15"] = np.arange(len(shares))
    lines = text_or_teacher.summary(dict(zip(text_or_teacher.TABLES, (pd.DataFrame(rows), graphs), strict=True)), None)
    assert [line for line in lines if line.endswith(":")] == ["right:", "knn_right:"]
    assert "theorem_15" in lines[-2]
    assert lines[-1] == "nothing can be concluded"


def test_arms_that_are_equal_have_no_difference_to_show():
    same = {"a": np.ones((3, 5)), "b": np.ones((3, 5))}
    assert np.isnan(analysis.contrast(same, ("a", "b")).p_value)


def test_one_unit_has_no_error():
    shares = planted(np.random.default_rng(0), units=1)
    assert np.isnan(analysis.contrast(shares, ("labels", "none")).error)
    assert analysis.verdict(shares) == "nothing can be concluded"


def test_holms_values_are_those_of_its_definition():
    p_values = np.array([0.04, 0.001, 0.03, 0.2])
    np.testing.assert_allclose(analysis.holm(p_values), [0.09, 0.004, 0.09, 0.2])


def test_the_order_of_arms_agrees_with_a_forecast_that_knows_it():
    shares = {name: np.full((2, 5), share) for name, share in (("a", 0.3), ("b", 0.2), ("c", 0.1))}
    told = pd.DataFrame({"arm": list("abc"), "alpha_T": [1, 2, 3], "theorem_4": [3, 2, 1], "theorem_15": [1, 3, 2]})
    found = analysis.agreement(shares, told)
    assert found == pytest.approx({"alpha_T": 1, "theorem_4": -1, "theorem_15": 1 / 3})
