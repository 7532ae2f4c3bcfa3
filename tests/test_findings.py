"""Every number of docs/findings.md and of README's findings, computed again from the tables in results/."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pairbounds.theory.quantities.confidence import student_half
from tests.rooms import ROOT

PATHS = {path.stem: path for path in (ROOT / "results").rglob("*.parquet")}
OVERLAP = 1 / 3  # test images per training image of the splits of emoji
POINT = ["seed", "pairs", "k"]


@cache
def table(name):
    return pd.read_parquet(PATHS[name])


def plus_minus(values, digits, sign="", **options):
    return f"{np.mean(values):{sign}.{digits}f} ± {student_half(values, **options):.{digits}f}"


@cache
def wide(column):
    return table("bound_holds").pivot_table(index=POINT, columns="bound", values=column)


def bound_holds():
    rows, trained = table("bound_holds"), table("near_optimal")
    checks = rows[rows["value"].notna() & (rows["status"] != "rate")]
    value, guess = wide("value"), wide("guess")["probe-error"]
    names = ("probe-error", "multihop-error", "local-multihop-error", "trained-error")
    four, fifteen, sixteen, seventeen = (int((value[name] < guess).sum()) for name in names)
    graphs, worlds = rows.groupby(["seed", "pairs"]).ngroups, rows["seed"].nunique()
    page = [
        f"on {four / len(value):.0%} of the points",
        f"{graphs:,} graphs of {worlds} worlds",
        f"{checks['bound'].nunique()} bounds; {len(checks):,} looks",
        f"of which {(~checks['holds'].astype(bool)).sum()} are violations",
        f"on {four} of {len(value):,} points, theorem 15 on {fifteen:,}, theorem 16 on {sixteen:,}, "
        f"theorem 17 on {seventeen:,}",
        f"{trained['seed'].nunique()} seeds, {(~trained['holds']).sum()} of {len(trained):,} checks "
        "of theorems 7, 17 and 18",
    ]
    return page, [
        f"{graphs:,} graphs of {worlds} random worlds",
        f"at {four / len(value):.0%} of {len(value):,} points",
    ]


def captions_help():
    rows = table("captions_help")
    caption, other = (rows[rows["pairs"] == kind] for kind in ("caption", "augmentation"))
    ours, theirs = caption["bound"].median(), other.groupby("strength")["bound"].median()
    assert (ours < theirs).all()
    errors = other.pivot(index="seed", columns="strength", values="probe_error")
    difference = caption.set_index("seed")["probe_error"] - errors[errors.mean().idxmin()]
    return [
        f"each of {len(theirs)} strengths",
        f"{rows['seed'].nunique()} seeds of one world",
        f"{2 * len(theirs)} looks",
        f"is {ours:.2f} for captions and {theirs.min():.2f} for",
        f"is {plus_minus(difference, 4)} at",
    ], []


def tightness():
    points = wide("measured")["induced-labelling-error"] > 0
    ratio = wide("tightness")[points]
    near = {name: f"{(ratio[name] >= 0.5).mean():.0%}" for name in ("multihop-mse", "probe-mse", "multihop-error")}
    constant = f"{(wide('measured')['multihop-mse'][points] >= 0.5).mean():.0%}"
    guess = f"{(wide('measured')['probe-error'] >= wide('guess')['probe-error'] / 2)[points].mean():.0%}"
    other = table("other_families")
    other = other[other["error"] > 1e-9]
    shares = other[["theorem_15", "theorem_4"]].le(2 * other["error"], axis=0).groupby(other["family"]).mean()
    page = [
        f"within a factor 2 of the squared error on {near['multihop-mse']} of points, theorem 4 on {near['probe-mse']}",
        f"is on {near['multihop-error']}, guessing {guess}",
        f"{points.sum():,} points with α_T > 0, of {ratio.index.get_level_values('seed').nunique()} worlds",
        f"{8 * points.sum():,} looks",  # eight bounds at each point
        f"The constant 1 is within the factor on {constant}",
        f"On {len(shares)} other families of graphs the mean share is {shares['theorem_15'].mean():.0%} for theorem 15 "
        f"and {shares['theorem_4'].mean():.0%} for",
    ]
    readme = [
        f"Share of {points.sum():,} points (α_T > 0)",
        f"theorem 15 {near['multihop-mse']}, the constant 1 {constant}, theorem 4 {near['probe-mse']}",
        f"guessing {guess}, theorem 15 {near['multihop-error']}",
    ]
    return page, readme


def real_images():
    rows = table("emoji_bounds")
    said, guesses = [], []
    for labels in ("category", "subcategory"):
        at = rows[(rows["labels"] == labels) & (rows["k"] == 400)].set_index("bound")
        values = at["value"][["probe-error", "sharp-probe-error", "multihop-error"]]
        said.append(([f"{value:.2f}" for value in values], f"{at['measured']['probe-error']:.3f}"))
        guesses.append(f"{at['guess']['probe-error']:.2f}")
    (first, error), (second, other_error) = said
    widths = rows["k"].nunique()
    return [
        f"at width 400, theorem 4 says {first[0]}, its sharper form {first[1]}, theorem 15 {first[2]}",
        f"by category is {error}",
        f"{len(table('emoji_energy')) // 2:,} images",
        f"{2 * widths} looks",
        f"subcategory: {', '.join(second)} and {other_error}",
        f"errs on {guesses[0]} by category and on {guesses[1]} by subcategory",
        f"out of {widths}",
    ], []


def few_labels():
    rows = table("few_labels")
    means = rows.groupby(["seed", "pairs", "k", "labels"])[["guaranteed", "class_means", "ridge"]].mean()
    informative = means[means["guaranteed"] < 1]
    times = informative["guaranteed"] / informative["class_means"].clip(lower=1e-3)
    few = rows[rows["labels"] == 50].join(means["ridge"].rename("judged"), on=["seed", "pairs", "k", "labels"])
    by_draw = few.groupby(["seed", "draw"])
    least, mean = by_draw["judged"].min(), by_draw["judged"].mean()
    chosen = few.loc[by_draw["loo"].idxmin()].set_index(["seed", "draw"])["judged"]
    regret, chance = ((values - least).groupby("seed").mean() for values in (chosen, mean))
    return [
        f"vacuous on {(means['guaranteed'] >= 1).mean():.0%} of the points",
        f"is {times.median():.1f} times",
        f"{rows['seed'].nunique()} worlds, {rows['draw'].nunique()} draws",
        f"{len(rows):,} looks",
        f"over {len(times)} points",
        f"With 50 labels, leave-one-out ridge chooses an embedding with a mean regret of {plus_minus(regret, 3)}",
        f"a random choice has {chance.mean():.3f}",
        f"cover in {few.groupby(['pairs', 'k'])['covered'].mean().mean():.0%} of the trials with 50 labels",
    ], []


def choosing():
    rows = pd.concat([table("choosing"), table("choosing_checkpoints")])
    means = rows.groupby(["kind", "labels"])[["regret", "chance"]].mean()
    return [
        f"at most {means['regret'].max():.3f}",
        f"at least {means['chance'].min():.2f}",
        f"{rows['seed'].nunique()} worlds, {rows['draw'].nunique()} draws",
        f"{len(rows)} choices, {5 * len(means) + 5} looks",  # and five numbers of pairings of glyphs
        f"worse in {int(rows['wrong'].sum())} of",
    ], []


def from_pairs():
    rows = table("from_pairs")
    bounds = ["mse_43", "mse_43_by_norms", "mse_43_by_hops", "mse_43_certified"]
    most = rows[rows["n_pairs"] == rows["n_pairs"].max()].groupby(["features", "dimensions"]).median(numeric_only=True)
    assert rows["n_pairs"].max() == 1_000_000
    over = most[["mse_43", "mse_43_by_hops"]].div(most["mse"], axis=0) - 1
    span = over["mse_43"].groupby("features").agg(["min", "max"])
    network, pixels = (span.loc[name] for name in (next(n for n in span.index if n != "pixels"), "pixels"))
    hops = over["mse_43_by_hops"]
    return [
        f"is {network['min']:.0%} to {network['max']:.0%} above",
        f"and {pixels['min']:.0%} to {pixels['max']:.0%} on pixels",
        f"{rows['seed'].nunique()} draws",
        f"{4 * len(rows)} looks, of which {int(rows[bounds].lt(rows['mse'], axis=0).sum().sum())} are violations",
        f"is {hops.min():.0%} to {hops.max():.0%} above",
    ], []


def pairings():
    at = {"evaluator": "category", "exclusion": "subject", "matched_to": "20"}
    matched, leads = (
        rows[(rows[list(at)] == pd.Series(at)).all(axis=1)].sort_values("value")
        for rows in (table("pairings_matched"), table("pairings_difference"))
    )
    matched = matched[matched["diversity_of"] == "others"]
    images = table("pairings_frontier").groupby("draw")["images"].first()

    def interval(rows):
        value, low, high = rows.iloc[-1][["value", "low", "high"]]
        return f"{value:.3f} [{low:.3f}, {high:.3f}]"

    exact, unnamed = (
        matched[matched["pairing"] == name] for name in ("captions, exact", "captions, exact, but for class names")
    )
    augmentation, no_text = (matched[matched["family"] == name] for name in ("augmentation", "no text"))
    leads = leads[leads["first"] == "captions, by encoder"]
    behind = leads[(leads["diversity_of"] == "others") & (leads["family"] == "no text")].iloc[0]
    assert behind["second"] == "nearest neighbours"
    less = f"{-behind['value']:.3f} [{-behind['high']:.3f}, {-behind['low']:.3f}] less"
    # The lead over the best rival is the smallest one.
    with_subject = leads[leads["diversity_of"] == "all"][::-1].groupby("family")
    ahead = {family: interval(rows) for family, rows in with_subject}
    page = [
        f"{len(images)} disjoint draws, {images.sum():,} images",
        f"{len(table('pairings_verdict')) + 8} looks",  # verdicts, and leads of four captions over two rivals
        f"At 20 effective positives, by category, given captions have {interval(exact)}",
        f"the best augmentation {interval(augmentation)}",
        f"the best pairs without text {interval(no_text)}",
        f"Without class names, given captions have {interval(unnamed)}",
        less,
        f"they lead the best augmentation by {ahead['augmentation']}",
        f"the best pairs without text by {ahead['no text']}",
    ]
    readme = [
        f"at 20 effective positives, pairs by given captions have consistency {exact['value'].max():.3f}",
        f"by the best augmentation {augmentation['value'].max():.3f}",
        less,
    ]
    return page, readme


RULES = ("add_new_positive", "drop_false_positive", "drop_false_negative", "drop_easy_negative")


def resampled_graphs():
    said, sizes = [], []
    for name, guide, unit, graph in (
        ("resampled_worlds", "captions", "seed", ["seed"]),
        ("resampled_views", "captions, by encoder", "draw", ["draw", "estimator"]),
    ):
        rows = table(name)
        rows = rows[rows["guide"] == guide]
        before, after = rows["multihop_bound_before"], rows["multihop_bound_after"]
        ratio = (after / before).where(np.isfinite(after) | np.isfinite(before), 1.0).clip(lower=1e-2)
        ratio = ratio.where(after.notna() & before.notna())
        rows = rows.assign(x=ratio, y=rows["probe_error_after"] - rows["probe_error_before"])
        rows = rows.dropna(subset="x").round({"x": 6, "y": 6})  # smaller differences are round-off
        taus, pairs = [], []
        for _, part in rows.groupby(unit):
            graphs = (g for _, g in part[part["rule"].isin(RULES)].groupby(graph))
            taus.append([t for g in graphs if not np.isnan(t := stats.kendalltau(g["x"], g["y"]).statistic)])
            pairs.append(part[["x", "y"]].to_numpy())
        order = bootstrap(taus, lambda picked: np.mean(np.concatenate(picked)))
        size = bootstrap(pairs, lambda picked: np.corrcoef(*stats.rankdata(np.concatenate(picked), axis=0).T)[0, 1])
        said.append((rows[unit].nunique(), len(rows[graph].drop_duplicates()), order))
        sizes.append(size)
    (worlds, _, first), (draws, graphs, second) = said
    return [
        f"{worlds} worlds, one seed each, and {graphs} graphs from {draws} draws",
        "16 looks",  # order and size, by four bounds, on worlds and emoji
        f"is {first} on worlds",
        f"and {second} on emoji",
        f"is {sizes[0]} and {sizes[1]}",
    ], []


def bootstrap(units, statistic):
    """A statistic and its 95% interval over 1,000 resamples of the units."""
    picks = np.random.default_rng(0).integers(len(units), size=(1_000, len(units)))
    low, high = np.nanquantile([statistic([units[i] for i in pick]) for pick in picks], [0.025, 0.975])
    return f"{statistic(units):.2f} [{low:.2f}, {high:.2f}]"


def resampled_training():
    tuned = table("resampled_tuned")
    tuned = tuned[(tuned["kind"] == "simclr") & (tuned["repeat"] == 0)]
    runs = table("resampled_training")
    runs = runs[~runs["tuned"]]
    seeds = runs.groupby("seed").size().pipe(lambda counts: counts.index[counts == counts.max()])
    arms = runs[(runs["rule"] != "none") & runs["seed"].isin(seeds)].groupby(["labels", "rule"])["guide"].unique()
    others = sum(len({*guides} & {"random", "no_text", "captions"}) for guides in arms if "encoder" in guides)
    looks = sum(map(len, arms)) + others

    def gain(rows, first, second):
        by_seed = rows[rows["labels"] == "category"].pivot_table(index="seed", columns=["rule", "guide"], values="test")
        return 100 * (by_seed[first] - by_seed[second])

    simclr, text, other = ("none", "random"), ("add_new_positive", "encoder"), ("add_new_positive", "no_text")
    chosen, full = tuned[tuned["chosen"]], tuned[tuned["tried_strength"] == 1]
    gains = [
        gain(chosen, text, simclr),
        gain(chosen, other, simclr),
        gain(chosen, text, other),
        gain(full, text, simclr),
    ]
    ours, without, adds, at_full = (plus_minus(values, 1, "+", overlap=OVERLAP) for values in gains)
    for values in gains[:2]:  # by Bonferroni neither is significant
        assert values.mean() < student_half(values, 1 - 0.05 / looks, overlap=OVERLAP)
    assert abs(gains[2].mean()) < student_half(gains[2], overlap=OVERLAP)
    n = tuned["seed"].nunique()
    page = [
        f"{n} seeds",
        f"{looks + 16} looks",  # and eight tuned ones for each label set
        f"is {ours} points",
        f"{without} with a guide",
        f"text adds {adds}",
        f"the gain is {at_full}",
        f"{n - len(seeds)} of the seeds",
    ]
    readme = [
        f"by {ours[1:]} points with a guide from captions, {without[1:]} with a guide without text ({n} seeds",
        f"not significant, {at_full}",
    ]
    return page, readme


FAMILIES = ("words, rare", "groups alike", "learned", "network", "groups", "labels", "words", "text", "look", "views")
MADE = "exchanged|noisy|any two|style|groups|within classes"  # pairings that are not natural, by the plan


def family(name):
    core = name.removeprefix("views + ").partition(" + ")[0].replace("rare words", "words, rare")
    return next((start for start in FAMILIES if core.startswith(start)), core)


def prediction():
    rows = table("prediction")
    rows = rows[(rows["labels"] == "letter") & rows["theorem_42_pixels"].notna()]
    rows = rows[~rows["pairing"].isin(["pixels", "untrained"])]
    columns = ["theorem_4", *(f"alpha_{draw}" for draw in range(8))]
    means = {c: rows.pivot_table(index="pairing", columns="split", values=c, sort=False) for c in ["ridge", *columns]}
    means = {c: mean.map(lambda value: float(f"{value:.9g}")) for c, mean in means.items()}  # ties but for round-off
    names = means["ridge"].index
    natural = ~names.str.contains(MADE)
    alpha, four, _ = correlations(means, names)
    *_, difference = correlations({c: mean[natural] for c, mean in means.items()}, names[natural])
    families, splits = len({*map(family, names)}), means["ridge"].shape[1]
    page = [
        f"{len(names)} pairings in {families} families",
        f"{splits} splits with the same test characters, {rows['seed'].nunique()} seeds",
        f"is {alpha[0]:.2f} ± {alpha[1]:.2f} for α_T from 25 labelled pairs, and {four[0]:.2f} ± {four[1]:.2f} for",
        f"{natural.sum()} natural pairings the difference is {difference[0]:.2f} ± {difference[1]:.2f}",
    ]
    readme = [
        f"Over {len(names)} pairings",
        f"α_T from 25 labelled pairs ranked the errors after training (ρ {alpha[0]:.2f}), theorem 4 did not "
        f"({four[0]:.2f})",
        f"{splits} splits, {rows['seed'].nunique()} seeds",
    ]
    return page, readme


def correlations(means, names):
    """ρ of α_T, ρ of theorem 4, and their difference, each with half its interval over families and splits."""
    group = np.unique([family(name) for name in names], return_inverse=True)[1]
    sizes, rng = (group.max() + 1, means["ridge"].shape[1]), np.random.default_rng(0)
    draws = [[np.bincount(rng.integers(size, size=size), minlength=size) for size in sizes] for _ in range(4_000)]
    families, splits = (np.array(counts) for counts in zip(*draws, strict=True))

    def rho(column, counts, splits):
        by_split = [weighted_spearman(means[column][s], means["ridge"][s], counts) for s in means["ridge"]]
        return np.sum(splits / splits.sum(axis=1, keepdims=True) * np.column_stack(by_split), axis=1)

    values = []
    for counts, weights in ((np.ones((1, len(names))), np.ones((1, sizes[1]))), (families[:, group], splits)):
        alpha = np.mean([rho(f"alpha_{draw}", counts, weights) for draw in range(8)], axis=0)
        four = rho("theorem_4", counts, weights)
        values.append((alpha, four, alpha - four))
    quantile = stats.t.ppf(0.975, group.max())
    return [(mean.item(), quantile * np.std(many, ddof=1)) for mean, many in zip(*values, strict=True)]


def weighted_spearman(first, second, counts):
    """Spearman's ρ in each resample, which has item i `counts[:, i]` times."""
    centred = []
    for values in (first.to_numpy(), second.to_numpy()):
        above = (values[:, None] > values) + (values[:, None] == values) / 2
        ranks = counts @ above.T
        centred.append(ranks - np.sum(counts * ranks, axis=1, keepdims=True) / counts.sum(axis=1, keepdims=True))
    x, y = centred
    return np.sum(counts * x * y, axis=1) / np.sqrt(np.sum(counts * x**2, axis=1) * np.sum(counts * y**2, axis=1))


def contrast(difference, groups, level=0.95):
    """Mean of (training sets, test items), in points, ± half its interval over sets and groups of items."""
    units, mean = len(difference), difference.mean()
    by_group = np.array([np.bincount(groups, unit - mean) for unit in difference])
    part = by_group * by_group.shape[1] / len(groups)
    count, of_unit, of_group = part.shape[1], part.mean(axis=1, keepdims=True), part.mean(axis=0)
    left = np.sum((part - of_unit - of_group) ** 2) / (units - 1) / (count - 1)
    squares = np.sum(of_unit**2) * count / (units - 1) + np.sum(of_group**2) * units / (count - 1) - left
    error = np.sqrt(max(squares, left) / (units * count))
    return f"{100 * mean:+.1f} ± {100 * stats.t.ppf((1 + level) / 2, units - 1) * error:.1f}"


def by_arm(rows, unit, outcomes):
    """Outcome of each item by arm, (units, items), mean over the runs of a unit."""
    means = outcomes.groupby([rows["arm"], rows[unit]]).apply(lambda arrays: np.mean([*arrays], axis=0))
    return {arm: np.stack([*values]) for arm, values in means.groupby("arm")}


def icons():
    runs, words = table("text_or_teacher"), table("text_or_teacher_icons").drop_duplicates("id")
    right = by_arm(runs, "seed", runs["right"].map(lambda digits: np.array([*map(int, digits)])))
    correlation = table("text_or_teacher_pixels").set_index("id").loc[words["id"], "correlation"].to_numpy()
    groups, tags = words["word"].factorize()[0], right["captions"] - right["views_head"]
    exact, learned = (contrast(d, groups, 0.975) for d in (tags, right["text_head"] - right["views_head"]))
    fair = correlation < 0.85
    assert exact[0] == "+"
    return [
        f"Icons: {runs['seed'].nunique()} disjoint training sets, {runs['repeat'].nunique()} seeds",
        f"find {exact} points more icons, learned tags {learned} (97.5% intervals)",
        f"(correlation 0.85, decided afterwards) exact tags find "
        f"{contrast(tags[:, fair], words.loc[fair, 'word'].factorize()[0])}",
    ]


def text():
    rows = table("prediction")
    ladder = [f"views + groups, {share}%" for share in (2, 31, 57, 80, 96)]
    rare, exchanged = "views + words, rare", "views + words, rare within classes"
    rows = rows[(rows["labels"] == "letter") & rows["pairing"].isin(["views", rare, exchanged, *ladder])]
    rows = rows.assign(arm=rows["pairing"])
    right, shown = (
        rows[column].map(lambda digits: np.array([int(digit, 36) for digit in digits]))
        for column in ("ridge_right", "shown")
    )
    share = by_arm(rows, "split", right / shown)
    groups = np.unique(rows["classes"].iloc[0].split("|"), return_inverse=True)[1]
    agree = 1 - rows["alpha"] / (1 - rows["itself"]).where(rows["pairing"] != "views")
    x = agree.groupby(rows["arm"]).mean()[ladder]
    weights = ((x - x.mean()) / np.sum((x - x.mean()) ** 2)).to_numpy()
    slope = np.tensordot(weights, np.array([share[arm] - share["views"] for arm in ladder]), 1)
    words, steps = contrast(share[rare] - share[exchanged], groups), contrast(slope, groups)
    splits, seeds = rows["split"].nunique(), rows["seed"].nunique()
    page = [
        f"Glyphs: {splits} overlapping splits, {seeds} seeds",
        f"Rare words add {words} points",
        f"Random groups add {steps} points per 100 points",
    ]
    readme = [
        f"({splits} splits, {seeds} seeds;",
        f"add {words} points against",
        f"Random groups add {steps[1:]} per 100 points",
    ]
    return [*icons(), *page], readme


FINDINGS = {  # by heading: the function, and the number of the finding in README
    "The bound holds": (bound_holds, 1),
    "Captions against augmentation": (captions_help, None),
    "Which bound is near the truth": (tightness, 2),
    "Bounds on real captions": (real_images, None),
    "Guarantees from few labels": (few_labels, None),
    "Choosing by few labels": (choosing, None),
    "Encoders from image pairs": (from_pairs, None),
    "Consistency and diversity of pairs": (pairings, 4),
    "Resampling on graphs": (resampled_graphs, None),
    "Resampling in training": (resampled_training, 5),
    "What predicts training": (prediction, 3),
    "Text or consistency": (text, 6),
}
SAID = {  # numbers that no table has
    "What predicts training": ["315 looks", "but 17 pairings were read"],  # of the registered plan, and its deviation
    "Text or consistency": ["55 looks", "33 looks"],
}
PAPER = ["(ICML 2023)", "61.2% for SimCLR", "67.4% with AddNewPositive", "(finding 5)", "(finding 6)", "finding 5 use"]
WORDS = r"\]\([^)]*\)|`[^`]*`|[Tt]heorems? \d+|(?<= )0-1 error"  # names, not numbers


def unchecked(text, phrases):
    """Phrases that a text lacks, and numbers outside the phrases."""
    left = " ".join(text.split())
    missing = [phrase for phrase in phrases if phrase not in left]
    for phrase in phrases:
        left = left.replace(phrase, " ", 1)
    return missing, re.findall(r"\d[\d,.]*%?", re.sub(WORDS, " ", left, flags=re.MULTILINE))


def sections():
    parts = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def readme():
    """The six findings by number, and the paragraph for readers of the paper."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Six findings")[2]
    findings, _, rest = text.partition("**For readers of the paper.**")
    return re.split(r"^\d\. ", findings, flags=re.MULTILINE)[1:], rest.partition("\n\n")[0]


@pytest.mark.parametrize("heading", FINDINGS)
def test_each_number_of_a_finding_is_that_of_the_tables(heading):
    find, number = FINDINGS[heading]
    page, short = find()
    assert unchecked(sections()[heading], page + SAID.get(heading, [])) == ([], [])
    if number is not None:
        findings, _ = readme()
        inside = [phrase for phrase in short if not phrase.startswith("not significant, ")]
        assert unchecked(findings[number - 1], inside) == ([], [])


def test_the_paragraph_on_the_paper_has_the_numbers_of_the_tables():
    _, paragraph = readme()
    phrases = [phrase for phrase in resampled_training()[1] if phrase.startswith("not significant, ")]
    assert unchecked(paragraph, phrases + PAPER) == ([], [])


def test_the_page_has_at_most_twelve_findings_of_at_most_30_words_with_a_link():
    assert list(sections()) == list(FINDINGS)
    assert len(FINDINGS) <= 12
    for text in sections().values():
        assert len(re.search(r"\*\*(.+?)\*\*", text, re.DOTALL)[1].split()) <= 30
        assert "](../results/" in text


def test_a_wrong_or_new_number_is_noticed():
    phrases, text = bound_holds()[0], sections()["The bound holds"]
    for number in re.findall(r"\d[\d,]*\d%?", re.sub(WORDS, " ", text)):
        wrong = text.replace(number, f"9{number}", 1)
        assert unchecked(wrong, phrases) != ([], []), number
    assert unchecked(f"{text} And 12%.", phrases) == ([], ["12%"])
