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
from pairbounds.real_data.resampling.batch_rules import cosine_similarities, two_views
from pairbounds.real_data.studies import text_or_teacher, text_or_teacher_pixels, text_or_teacher_tuning
from pairbounds.real_data.text_or_teacher import analysis, merges, teachers
from pairbounds.real_data.text_or_teacher.baselines import baselines
from pairbounds.real_data.text_or_teacher.graphs import forecasts
from pairbounds.real_data.text_or_teacher.merges import merged_tags
from pairbounds.real_data.text_or_teacher.parts import TUNED, Sizes, experiment_icons, family, plain_drawings
from pairbounds.real_data.text_or_teacher.studio import ARMS
from pairbounds.real_data.text_or_teacher.teachers import Teachers
from pairbounds.real_data.training.view_guides import MERGED, MERGED_MOST
from pairbounds.sweeps.studies import digest

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
    return kinds, Teachers(None, torch.from_numpy(features).float(), tags, np.array([f"icon{n}" for n in range(160)]))


def test_a_head_of_text_joins_what_tags_join_and_the_controls_do_not(monkeypatch):
    monkeypatch.setattr(teachers, "EPOCHS", 300)
    monkeypatch.setattr(teachers, "DROPOUT", 0.0)
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
    return text_or_teacher_tuning.Settings(**sizes, **places, arms=arms, rates=(1e-2,), ends=(), strengths=(0.12,))


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
    assert not {"found", "knn_found"} & set(tuned)
    shares = [digits.count("1") / len(digits) for digits in tuned["knn_right"]]
    assert shares == pytest.approx(tuned["knn_validation"].tolist())
    assert set(tuned["knn_right"].str.len()) == {len(settings.icons().split(2).validation)}
    shared = {name: value for name, value in vars(settings).items() if name not in ("arms",)}
    arms = (*settings.arms, MERGED, MERGED_MOST)
    monkeypatch.setattr(text_or_teacher, "CHOSEN", dict.fromkeys(settings.arms, (1e-2, 0.12)))
    main = text_or_teacher.Settings(**shared, arms=arms, repeats=2)
    tables = text_or_teacher.measure(main, 1)
    runs, graphs, _ = (tables[name] for name in text_or_teacher.TABLES)
    assert runs["arm"].tolist() == [arm for arm in arms for _ in range(2)]
    for row in runs.itertuples():
        for share, digits in ((row.found, row.right), (row.knn_found, row.knn_right)):
            assert share == pytest.approx(digits.count("1") / 24)
            assert len(digits) == 24
    assert set(graphs["arm"]) >= {"text_head", "views_head", "labels", "none", "as they are"}
    assert len(graphs[graphs["kind"] == "arm"]) == len(ARMS)
    assert {"preregistration", "analysis", "modules"} < set(main.input_keys())
    monkeypatch.setattr(text_or_teacher, "PLAN", Path(settings.runs) / "none.md")
    with pytest.raises(FileNotFoundError, match=r"plan .*none\.md"):
        main.input_keys()
    with pytest.raises(ValueError, match=r"^arms: no setting was chosen for mine$"):
        text_or_teacher.encoders(replace(main, arms=("mine",)), 0)
    judging = tables["text_or_teacher_icons"]
    assert len(judging) == 24
    found = analysis.Found.of(runs, judging["word"].tolist())
    assert found.shares["labels"].shape == (1, 24)
    assert found.shares["labels"].mean() == pytest.approx(runs.query("arm == 'labels'")["found"].mean())
    assert found.words.max() < 23


RATES, STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2), (0.03, 0.06, 0.12, 0.25, 0.5)
SHARING = dict.fromkeys(("text_head", "views_head", "shuffled_head", "captions", "shuffled_captions"), (2, 2))


def tuned(gain=0.0, **best):
    """Runs at every setting of a grid; each arm has a best level of rates and strengths; labels gain over others."""
    rng, rows = np.random.default_rng(0), []
    for arm, (rate, strength) in best.items():
        for split in range(3):
            for i, tried_rate in enumerate(RATES):
                for j, tried_strength in enumerate(STRENGTHS):
                    if i in (0, 4) and j != 2:
                        continue
                    found = 0.5 - 0.02 * (i - rate) ** 2 - 0.01 * (j - strength) ** 2 + gain * (arm == "labels")
                    digits = (rng.random(200) < found).astype(int)
                    row = {"arm": arm, "seed": split, "tried_rate": tried_rate, "tried_strength": tried_strength}
                    rows.append(row | {"validation": found + 0.005 * rng.standard_normal()})
                    rows[-1]["right"] = "".join(map(str, digits))
    return pd.DataFrame(rows)


def test_settings_are_chosen_by_levels_and_heads_and_tags_share_theirs():
    sharing = dict(zip(SHARING, [(2.2, 1.5), (2.9, 2.4), (3, 3), (2.8, 2), (3, 2)], strict=True))
    chosen = text_or_teacher_tuning.chosen_settings(tuned(**sharing, labels=(1, 1), none=(2.2, 3)))
    own = {"labels": (3e-4, 0.06), "none": (1e-3, 0.25)}
    assert chosen == dict.fromkeys(SHARING, (3e-3, 0.12)) | own


@pytest.mark.parametrize(
    ("best", "named"),
    [
        ((0, 2), "tried_rate=0.0001"),
        ((4, 2), "tried_rate=0.01"),
        ((2, 0), "tried_strength=0.03"),
        ((2, 4.5), "tried_strength=0.5"),
    ],
)
def test_a_grid_whose_end_is_best_is_refused(best, named):
    with pytest.raises(ValueError, match=f"^{named} is better than .* for none: try more beyond it$"):
        text_or_teacher_tuning.chosen_settings(tuned(**SHARING, none=best))


def test_what_the_main_runs_could_show_counts_runs_and_icons():
    arms = {arm for pair in (*analysis.PRIMARY, *analysis.OTHERS) for arm in pair}
    table = tuned(gain=0.0243, **dict.fromkeys(sorted(arms), (2, 2)))
    first = text_or_teacher_tuning.expected(table).iloc[0]
    assert (first["arm"], first["against"]) == analysis.PRIMARY[0]
    assert first["deviation"] == pytest.approx(0.005, rel=0.15)
    assert first["icons"] < 0.1  # icons are found at random, each run anew: there is no difference of their own
    # t of 11 degrees of freedom, 2.201 at 97.5% and 0.876 at 80%.
    error = np.hypot(first["deviation"] * np.sqrt(2 / 12), np.sqrt(4 / 3_000) * first["icons"])
    assert first["least_shown"] == pytest.approx(3.077 * error, rel=1e-3)
    assert text_or_teacher_tuning.half_of_control(table) == 0.012
    lines = text_or_teacher_tuning.STUDY.summary({"text_or_teacher_tuning": table}, None)
    assert {"labels: rate 0.001, strength 0.12", "half of the control: 0.012"} < set(lines)


def test_icons_that_one_arm_alone_finds_count():
    table = tuned(text_head=(1, 2), views_head=(1, 2))
    own = table["arm"] == "text_head"
    table.loc[own, "right"], table.loc[~own, "right"] = "1" * 50 + "0" * 150, "0" * 50 + "1" * 50 + "0" * 100
    found = text_or_teacher_tuning._deviation_of_icons(table, "text_head", "views_head")
    assert found == pytest.approx(np.std([1] * 50 + [-1] * 50 + [0] * 100, ddof=1))


@pytest.mark.usefixtures("quick")
def test_the_arms_differ_in_the_guide_alone(settings):
    """Views of later batches are the same, whatever a guide has drawn; and both views of an image have its row."""
    studio, drawn = settings.training_data(), []
    images = studio.split(0).train
    for arm in ("labels", "text_head", "none"):
        run = settings.run(arm, 0, 1e-2, 0.12)
        guide, generator = studio.guide(run), np.random.default_rng(1)
        for batch in studio.view_source(run).batches([images[:6], images[6:]], 2, generator):
            rows = guide(batch, generator)
            assert torch.equal(rows[:6], rows[6:])
        drawn.append(batch.pictures)
    assert all(torch.equal(drawn[0], other) for other in drawn[1:])


@pytest.mark.usefixtures("quick")
def test_the_network_below_the_heads_is_there_before_several_processes_need_it(settings, tmp_path):
    studio = replace(settings, runs=str(tmp_path)).training_data()
    studio.prepare([settings.run("labels", 0, 1e-2, 0.12)])
    assert not (tmp_path / "trunk").exists()
    studio.prepare([settings.run("text_head", 0, 1e-2, 0.12)])
    assert (tmp_path / "trunk" / "checkpoint.pt").exists()


@pytest.mark.usefixtures("quick")
def test_both_views_of_the_nearest_image_are_added(settings):
    studio = settings.training_data()
    run = settings.run("labels", 0, 1e-2, 0.12)
    batch = next(studio.view_source(run).batches([studio.split(0).train], 2, np.random.default_rng(1)))
    similarity = cosine_similarities(studio.guide(run)(batch, np.random.default_rng(1)))
    added = studio.rule(run)(two_views(24, torch.float32, torch.device("cpu")), similarity).positives > 0
    labels = studio.icons.shown.labels[batch.images]
    for anchor, row in enumerate(added):
        others = np.flatnonzero(row.numpy()) % 12
        new = others[others != anchor % 12]
        assert len(new) == 2
        assert new[0] == new[1]
        assert labels[new[0]] == labels[anchor % 12] or np.sum(labels == labels[anchor % 12]) == 1
    assert studio.rule(settings.run("none", 0, 1e-2, 0.12)) == "none"


def test_no_icon_keeps_its_tags_when_they_are_shuffled(icons):
    """Tags of two icons may be the same, but each has those of another one."""
    own = icons.split(0).train
    place = {image: number for number, image in enumerate(own)}
    marked = replace(icons, shown=replace(icons.shown, captions=tuple((f"{n}",) for n in range(len(icons.shown)))))
    assert all(int(marked.shuffled[image][0]) != image for image in own)
    assert {int(marked.shuffled[image][0]) for image in own} == set(place)


def test_heads_learn_from_all_but_their_own_training_set_and_the_test(icons):
    told = set(icons.told.subjects)
    assert len(told) == len(icons.told.subjects)
    assert {icons.shown.subjects[image] for image in icons.labelled} <= told
    assert not {icons.shown.subjects[image] for image in icons.split(0).test} & told
    assert {*icons.taught.subjects} <= told


def test_a_head_is_a_function_of_its_seed_and_of_what_it_may_see(monkeypatch):
    monkeypatch.setattr(teachers, "EPOCHS", 2)
    weights = []
    for noise, without in ((0, ()), (1, ()), (0, ("icon1", "icon2"))):
        torch.manual_seed(noise)
        head = teaching(np.random.default_rng(0))[1].head("text_head", 3, without)
        weights.append(head[-1].weight)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_baselines_are_judged_as_encoders_are(settings):
    studio = settings.training_data()
    found = pd.DataFrame(baselines(studio)).set_index("arm")
    assert set(found.index) == {"style", "pixels", "untrained", "tags"}
    icons, test = studio.icons, studio.split(0).test
    known, sets = icons.labelled, icons.sets
    alike = [
        pd.Series(icons.shown.labels[known[sets[known] == sets[image]]]).mode()[0] == icons.shown.labels[image]
        for image in test
    ]
    assert found["found"]["style"] == pytest.approx(np.mean(alike))
    # A tag of each icon tells its shape, which is its class.
    assert found["knn_found"]["tags"] > found["found"]["style"]
    pixels = text_or_teacher_pixels.measure(settings, 0)[["right", "knn_right"]].mean()
    assert pixels.tolist() == found.loc["pixels", ["found", "knn_found"]].tolist()


def test_the_lookalike_of_a_test_icon_is_the_labelled_icon_whose_pixels_correlate_most(settings, monkeypatch):
    monkeypatch.setattr(text_or_teacher_pixels, "COMPARED", 24)  # 32 are no divisor of 48
    measured = text_or_teacher_pixels.measure(settings, 0)
    icons = settings.icons()
    grey = [np.asarray(icons.shown.image(place), dtype=float).mean(axis=2) for place in range(len(icons.shown))]
    pixels = [picture.reshape(24, 2, 24, 2).mean(axis=(1, 3)).ravel() for picture in grey]
    test, labelled = icons.split(0).test, icons.labelled
    for row, image in zip(measured.itertuples(), test, strict=True):
        alike = [np.corrcoef(pixels[image], pixels[other])[0, 1] for other in labelled]
        assert row.correlation == pytest.approx(max(alike))
        assert alike[list(icons.shown.ids).index(row.lookalike) - labelled[0]] == pytest.approx(max(alike))
    assert not measured["tuned_first"].all()


@pytest.mark.usefixtures("quick")
def test_labels_make_alpha_smaller_and_theorem_15_is_no_larger_than_4(settings):
    found = pd.DataFrame(forecasts(settings.training_data(), 0)).set_index("arm")
    assert found["alpha_T"]["labels"] < found["alpha_T"]["none"]
    assert found["alpha_T"].between(0, 1).all()
    assert (found["theorem_15"] <= found["theorem_4"] + 1e-9).all()


def test_theorem_15_chooses_a_merge_and_the_coarsest_has_fewest_tags(icons, monkeypatch):
    monkeypatch.setattr(merges, "FEWEST", 4)
    monkeypatch.setattr(merges, "_KEPT", {})
    captions, bounds = merged_tags(icons, 0)
    assert min(int(name.split()[0]) for name in bounds if name != "as they are") >= 4
    own = icons.split(0).train
    used = {guide: {tag for image in own for tag in tags[image]} for guide, tags in captions.items()}
    assert len(used[MERGED_MOST]) <= len(used[MERGED])
    assert min(bounds.values()) <= bounds["as they are"]
    best = min(bounds, key=bounds.get)
    assert best == "as they are" or len(used[MERGED]) == int(best.split()[0])
    outside = np.setdiff1d(np.arange(len(icons.shown)), own)
    assert all(captions[MERGED][image] == icons.shown.captions[image] for image in outside)


def planted(rng, units=12, icons=400, **gains):
    """Icons found by arms that have a gain over SimCLR; icons, units and both together vary."""
    icon, unit = rng.uniform(0.2, 0.6, icons), 0.01 * rng.standard_normal((units, 1))
    arms = {arm: 0.0 for pair in (*analysis.PRIMARY, *analysis.OTHERS) for arm in pair} | gains
    shares = {
        arm: (rng.random((2, units, icons)) < np.clip(icon + unit + gain, 0, 1)).mean(axis=0)
        for arm, gain in arms.items()
    }
    return analysis.Found(shares, np.arange(icons) // 2)


def told(more):
    """Shares of icons whose nearest one has a tag of theirs, by unit: those by the head of text are so much larger."""
    rows = [
        {"seed": unit, "arm": arm, "same_tag": 0.3 + 0.01 * (unit % 3) + gain * (1 + unit % 2)}
        for unit in range(12)
        for arm, gain in ((analysis.TEXT, more), (analysis.VIEWS, 0))
    ]
    return pd.DataFrame(rows)


KNOWN = {"labels": 0.1, "text_head": 0.05, "views_head": 0.05, "captions": 0.05}


@pytest.mark.parametrize(
    ("gains", "answer"),
    [
        ({}, "nothing can be concluded"),
        ({"labels": 0.1, "random": 0.1}, "nothing can be concluded"),
        ({"labels": 0.1, "views_head": 0.1}, "a head that learned text is worse"),
        ({"labels": 0.1, "text_head": 0.1}, "text helps"),
        ({"labels": 0.1, "text_head": 0.01}, "text helps, by less than two points"),
        ({"labels": 0.1, "text_head": 0.1, "shuffled_head": 0.1}, "undecided"),
        ({"labels": 0.1, "captions": 0.1}, "text itself helps, a head that learned it here does not"),
        (KNOWN, "text is not needed"),
        (KNOWN | {"captions": 0.0}, "undecided"),
        (KNOWN | {"random": 0.05}, "undecided"),
        ({"labels": 0.1}, "undecided"),
        ({"labels": 0.1, "none": 0.07, "text_head": 0.05}, "undecided"),
    ],
)
def test_each_answer_follows_from_its_rule(gains, answer):
    found = planted(np.random.default_rng(1), icons=10_000, **gains)
    assert analysis.verdict(found, told(0.05), margin=0.02) == answer


def test_text_is_not_said_to_be_needless_where_the_guide_does_not_know_it():
    found = planted(np.random.default_rng(1), icons=3_000, **KNOWN)
    assert analysis.verdict(found, told(-0.05), margin=0.02) == "undecided"
    assert [analysis.knows_text(told(more)) for more in (0.05, -0.05)] == [True, False]


@pytest.mark.parametrize(
    ("by_unit", "by_word", "left"), [(0.05, 0.4, 0.2), (0.0, 0.0, 0.5), (0.005, 0.0, 0.5), (0.0, 0.5, 0.1)]
)
def test_the_standard_error_is_that_of_units_and_words_together(by_unit, by_word, left):
    """Words of one, two and three icons, whose differences are alike."""
    rng, errors, estimates = np.random.default_rng(2), [], []
    words = np.repeat(np.arange(60), [1, 2, 3] * 20)
    for _ in range(200):
        unit, word = by_unit * rng.standard_normal((12, 1)), by_word * rng.standard_normal(60)[words]
        values = unit + word + left * rng.standard_normal((12, 120))
        one = analysis.Found({"a": values, "b": np.zeros((12, 120))}, words).contrast("a", "b")
        errors.append(one.error)
        estimates.append(one.estimate)
        assert one.estimate == pytest.approx(values.mean())
    sizes = np.bincount(words)
    truth = np.sqrt(by_unit**2 / 12 + by_word**2 * np.sum(sizes**2) / 120**2 + left**2 / 1_440)
    assert np.mean(errors) == pytest.approx(truth, rel=0.15)
    assert np.std(estimates) == pytest.approx(truth, rel=0.2)


def test_the_summary_has_both_judges_the_forecasts_and_the_answer():
    found = planted(np.random.default_rng(0), units=3, icons=40)
    rows = [
        {"arm": arm, "seed": unit, "knn_right": digits, "right": digits}
        for arm, own in found.shares.items()
        for unit, shares in enumerate(own)
        for digits in ["".join("1" if share > 0.5 else "0" for share in shares)]
    ]
    arms = list(found.shares)
    graphs = pd.DataFrame({"arm": arms, "kind": "arm", "alpha_T": 0.1, "theorem_4": 1.0, "same_tag": 0.2})
    graphs = pd.concat([graphs.assign(seed=seed, theorem_15=np.arange(len(arms))) for seed in range(3)])
    words = [f"word{number}" for number in found.words]
    icons = pd.DataFrame({"word": words, "id": [f"icon{number}" for number in range(40)]})
    icons = pd.concat([icons.assign(seed=seed) for seed in range(3)])
    tables = dict(zip(text_or_teacher.TABLES, (pd.DataFrame(rows), graphs, icons), strict=True))
    lines = text_or_teacher.summary(tables, None)
    assert [line for line in lines if line.endswith(":")] == ["knn_right:", "right:"]
    assert "theorem_15" in lines[-2]
    assert lines[-1] == "nothing can be concluded"


def test_each_family_of_contrasts_has_holms_correction():
    found = planted(np.random.default_rng(0), labels=0.05)
    found.shares.update(dict.fromkeys(("merged_captions", "most_merged_captions"), found.shares["none"]))
    table = analysis.contrasts(found)
    assert table.groupby("family", sort=False).size().to_dict() == {
        "primary": 2,
        "others": len(analysis.OTHERS),
        "granularity": 2,
    }
    for _, own in table.groupby("family"):
        np.testing.assert_allclose(own["holm"], analysis.holm(own["p"].to_numpy()))
    assert not table[["arm", "against"]].duplicated().any()


def test_arms_that_are_equal_have_no_difference_to_show():
    same = analysis.Found({"a": np.ones((3, 5)), "b": np.ones((3, 5))}, np.arange(5))
    assert np.isnan(same.contrast("a", "b").p_value)


def test_one_unit_has_no_error():
    found = planted(np.random.default_rng(0), units=1)
    assert np.isnan(found.contrast("labels", "none").error)
    assert analysis.verdict(found, told(0.05)) == "nothing can be concluded"


def test_holms_values_are_those_of_its_definition():
    p_values = np.array([0.04, 0.001, 0.03, 0.2])
    np.testing.assert_allclose(analysis.holm(p_values), [0.09, 0.004, 0.09, 0.2])


def test_the_order_of_arms_agrees_with_a_forecast_that_knows_it():
    shares = {name: np.full((2, 5), share) for name, share in (("a", 0.3), ("b", 0.2), ("c", 0.1))}
    told = pd.DataFrame({"arm": list("abc"), "alpha_T": [1, 2, 3], "theorem_4": [3, 2, 1], "theorem_15": [1, 3, 2]})
    found = analysis.agreement(analysis.Found(shares, np.arange(5)), told)
    assert found == pytest.approx({"alpha_T": 1, "theorem_4": -1, "theorem_15": 1 / 3})


# What was registered, and what was measured.


def measured(name):
    return pd.read_parquet(ROOT / "results" / f"{name}.parquet")


def test_settings_and_margin_are_those_that_the_tuning_chose():
    tuning = measured("text_or_teacher_tuning")
    assert text_or_teacher_tuning.chosen_settings(tuning) == text_or_teacher.CHOSEN
    assert text_or_teacher_tuning.half_of_control(tuning) == analysis.MARGIN


def test_the_plan_and_its_analysis_are_those_that_were_registered():
    record = json.loads((ROOT / "results" / "text_or_teacher.parquet.json").read_text())["configuration"]
    for name, path in {"preregistration": text_or_teacher.PLAN, "analysis": text_or_teacher.ANALYSIS}.items():
        assert record[name] == digest(path.read_bytes()), path
