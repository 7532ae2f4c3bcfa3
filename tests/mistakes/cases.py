"""The mistakes: what somebody types, why it cannot work, and a part of the line that tells how to go on."""

from typing import NamedTuple


class Mistake(NamedTuple):
    """In a few words, as it is typed after `pairbounds`, and a part of the answer that helps."""

    mistake: str
    command: str
    told: str


CHECK, AUDIT = "check graph.npz --k 2", "audit pairs.csv --labels labels.csv --k 2 --out audit"
FILES = [
    Mistake("no such file", "check graphs.npz --k 2", "does not exist"),
    Mistake("a file that is no graph", "check notes.txt --k 2", "is none of .npz, .npy"),
    Mistake("arrays of another program", "check other.npz --k 2", "save the matrix alone"),
    Mistake("half a file", "check half.npz --k 2", "half.npz"),
    Mistake("half a Matrix Market file", "check half.mtx --k 2", "half.mtx cannot be read"),
    Mistake("pickled objects", "check objects.npy --k 2", "objects.npy cannot be read"),
    Mistake("raw cosines", "check cosines.npy --k 2", "from_features"),
    Mistake("weights that are not numbers", "check missing.npy --k 2", "missing.npy"),
    Mistake("an image without a pair", "check row.npy --k 2", "row.npy"),
    Mistake("three axes", "check cube.npy --k 2", "cube.npy"),
    Mistake("an empty table", "check empty.csv --k 2", "no rows"),
    Mistake("an empty file", "check zero.csv --k 2", "zero.csv"),
    Mistake("columns with names of one's own", "check web.csv --k 2", "--columns"),
    Mistake("a column that is not there", "check web.csv --k 2 --columns address,text", "no column 'text'"),
    Mistake("one column", "check web.csv --k 2 --columns address", "two"),
    Mistake("weights in words", "check words.csv --k 2", "words.csv, row 0"),
    Mistake("negative weights", "check negative.csv --k 2", "negative.csv"),
    Mistake("columns of a matrix", "check matrix.mtx --k 2 --columns a,b", "it has no columns"),
    Mistake("labels of other images", "check pairs.csv --k 2 --labels strangers.csv", "for none of the 40"),
    Mistake("too few labels", "check matrix.npz --k 2 --labels few.npy", "few.npy"),
    Mistake("labels without a column of that name", "check pairs.csv --k 2 --labels kinds.csv", "none is called label"),
    Mistake("labels from a text", "check pairs.csv --k 2 --labels thesis.md", "thesis.md does not exist"),
]
WIDTHS = [
    Mistake("no width", "check graph.npz", "--k"),
    Mistake("a width of 0", "check graph.npz --k 0", "1..8"),
    Mistake("a width above the rank", "check graph.npz --k 9", "1..8"),
    Mistake("a width that is a word", "check graph.npz --k two", "'two'"),
    Mistake("widths that go down", "check graph.npz --k 7:2", "7:2"),
    Mistake("a tolerance of 0", f"{CHECK} --tol 0", "not positive"),
    Mistake("a device that is not there", f"{CHECK} --device tpu", "tpu"),
    Mistake("a penalty above 1", f"{CHECK} --penalty 2", "penalty=2"),
    Mistake("far too many widths", "check graph.npz --k 1:99999999999", "asks for 99999999999 widths"),
    Mistake("proofs at many widths", "check graph.npz --k 1:3 --proof p.json", "a proof is of one width"),
    Mistake("no hops", f"{CHECK} --hops 0", "hops=0"),
    Mistake("a critic of two widths", f"{CHECK} --critic f.npy g.npy", "g"),
]
OUTPUTS = [
    Mistake("a table in a format that is none", f"{CHECK} --out table.xls", ".parquet or .csv"),
    Mistake("a table in place of one's notes", f"{CHECK} --out thesis.csv", "--force"),
    Mistake("a table in place of the graph", f"{CHECK} --out graph.npz", "graph.npz"),
    Mistake("a picture in a format that is none", "check graph.npz --k 2:4 --plot bounds.bmp", "bounds.bmp"),
    Mistake("a picture of one width", f"{CHECK} --plot p.png", "k = 2 is one"),
    Mistake("a picture without labels", "check unlabelled.npz --k 2:4 --plot p.png", "no labels"),
    Mistake("a picture in no folder", "check graph.npz --k 2:4 --plot no/p.png", "folder no does not exist"),
    Mistake("a graph in another format", f"{CHECK} --save g.csv", "ends in .npz"),
    Mistake("a folder that is a file", "study phase --preset small --out notes.txt", "notes.txt"),
]
CLAIMS = [
    Mistake("a bound that does not exist", "attack probe-eror", "is it 'probe-error'?"),
    Mistake("a time in words", "attack probe-error --budget soon", "60s, 5m"),
    Mistake("no file of claims", f"{CHECK} --plugin mine.py", "mine.py does not exist"),
    Mistake("a file without claims", "attack mine --plugin empty.py", "empty.py"),
    Mistake("Python that cannot be read", f"{CHECK} --plugin broken.py", "broken.py"),
    Mistake("a file that raises", f"{CHECK} --plugin raising.py", "raising.py"),
    Mistake("a claim of one argument", f"{CHECK} --plugin arity.py", "arity.py"),
    Mistake("a claim without a value", f"{CHECK} --plugin nothing.py", "nothing.py"),
    Mistake("a name that is taken", f"{CHECK} --plugin taken.py", "probe-error"),
    Mistake("a quantity that does not exist", f"{CHECK} --plugin quantity.py", "is it 'probe_error'?"),
]
STUDIES = [
    Mistake("a study that does not exist", "study phases --out t.parquet", "is it 'phase'?"),
    Mistake(
        "a setting that does not exist", "study training --set learning_rat=4 --out t.parquet", "is it 'learning_rate'?"
    ),
    Mistake("a setting that is a word", "study training --set k=four --out t.parquet", "four"),
    Mistake("a setting without a value", "study training --set k --out t.parquet", "k"),
    Mistake("no seeds", "study training --seeds 0 --out t.parquet", "0"),
    Mistake("no sweep file", "sweep mine.toml --out sweep", "mine.toml does not exist"),
    Mistake("TOML that cannot be read", "sweep broken.toml --out sweep", "broken.toml"),
    Mistake("a sweep of a study that does not exist", "sweep unknown.toml --out sweep", "is it 'phase'?"),
    Mistake("a key that does not exist", "sweep key.toml --out sweep", "repeats"),
    Mistake("a grid over a setting that does not exist", "sweep setting.toml --out sweep", "noises"),
    Mistake("one bracket for a grid", "sweep single.toml --out sweep", "[[grid]]"),
    Mistake("a grid without values", "sweep nothing.toml --out sweep", "noise"),
]
FIGURES = [
    Mistake("a figure that does not exist", "draw fase --table pairs.parquet", "is it 'phase'?"),
    Mistake("no table", "draw phase --table none.parquet", "does not exist"),
    Mistake("a table of another study", "draw phase --table pairs.parquet", "phase"),
    Mistake("a width of three metres", "draw phase --table pairs.parquet --width 3m", "85mm"),
    Mistake("a table where a folder belongs", "draw phase --tables pairs.parquet", "pairs.parquet"),
]
PAIRINGS = "study pairings --out t"
DATA = [
    Mistake("a caption column of another name", "audit web.csv --labels labels.csv --k 2 --out audit", "--image-col"),
    Mistake("no labels file", "audit pairs.csv --labels none.csv --k 2 --out audit", "none.csv does not exist"),
    Mistake("labels without labels", "audit pairs.csv --labels kinds.csv --k 2 --out audit", "label"),
    Mistake("text weights", "audit words.csv --labels labels.csv --k 2 --out audit", "weight"),
    Mistake("an audit of nothing", "audit empty.csv --labels labels.csv --k 2 --out audit", "empty.csv"),
    Mistake("more singular values than captions", f"{AUDIT.replace('--k 2', '--k 500')}", "500"),
    Mistake("a column that is not there", f"{AUDIT} --caption-col words", "words"),
    Mistake("label set of another data set", "graph emoji --set labels=breed --out emoji.npz", "category"),
    Mistake("a folder without classes", f"{PAIRINGS} --set dataset=imagefolder --set root=pictures", "pictures"),
    Mistake("a data set without its place", f"{PAIRINGS} --set dataset=table", "needs a root"),
    Mistake("a rule that does not exist", "study resampled_training --set rules=add --out runs", "add_new_positive"),
    Mistake("one view of each image", "study resampled_training --set views=1 --out runs", "views=1"),
    Mistake(
        "a warm-up longer than the training", "study pretraining --set epochs=3 --set warmup=4 --out runs", "warmup=4"
    ),
    Mistake("noise above 1", "graph latent_captions --set noise=2 --out world.npz", "noise"),
]
MISTAKES = [*FILES, *WIDTHS, *OUTPUTS, *CLAIMS, *STUDIES, *FIGURES, *DATA]
