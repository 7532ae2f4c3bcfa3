"""Mistakes: a name, the arguments of `pairbounds`, and a helpful part of the answer."""

CHECK, AUDIT = "check graph.npz --k 2", "audit pairs.csv --labels labels.csv --k 2 --out audit"
FILES = [
    ("no such file", "check graphs.npz --k 2", "does not exist"),
    ("a file in a file", "check notes.txt/graph.npz --k 2", "does not exist"),
    ("a file that is no graph", "check notes.txt --k 2", "supported formats are .npz, .npy"),
    ("raw cosines", "check cosines.npy --k 2", "from_features"),
    ("weights that are not numbers", "check missing.npy --k 2", "missing.npy"),
    ("an image without a pair", "check row.npy --k 2", "row.npy"),
    ("columns with names of one's own", "check web.csv --k 2", "--columns"),
    ("a column that is not there", "check web.csv --k 2 --columns address,text", "no column 'text'"),
    ("weights in words", "check words.csv --k 2", "words.csv, row 0"),
    ("columns of a matrix", "check matrix.mtx --k 2 --columns a,b", "leave out columns and weight"),
    ("too few labels", "check matrix.npz --k 2 --labels few.npy", "few.npy"),
    ("labels from a text", "check pairs.csv --k 2 --labels thesis.md", "thesis.md does not exist"),
]
WIDTHS = [
    ("no width", "check graph.npz", "--k"),
    ("a width of 0", "check graph.npz --k 0", "1..8"),
    ("a width above the rank", "check graph.npz --k 9", "1..8"),
    ("a width that is a word", "check graph.npz --k two", "'two'"),
    ("a penalty above 1", f"{CHECK} --penalty 2", "penalty=2"),
    ("proofs at many widths", "check graph.npz --k 1:3 --proof p.json", "--proof needs one width"),
    ("no order", f"{CHECK} --order 0", "order=0"),
    ("a critic of other sides", f"{CHECK} --critic row.npy row.npy", "g has shape"),
]
OUTPUTS = [
    ("a table in a format that is none", f"{CHECK} --out table.xls", ".parquet, .csv"),
    ("a table in place of one's notes", f"{CHECK} --out thesis.csv", "--force"),
    ("a table in place of the graph", f"{CHECK} --out graph.npz", "graph.npz"),
    ("a picture in a format that is none", "check graph.npz --k 2:4 --plot bounds.bmp", "bounds.bmp"),
    ("a picture of one width", f"{CHECK} --plot p.png", "--k gives one"),
    ("a picture without labels", "check unlabelled.npz --k 2:4 --plot p.png", "no labels"),
    ("a picture in no folder", "check graph.npz --k 2:4 --plot no/p.png", "folder no does not exist"),
    ("a graph in another format", f"{CHECK} --save g.csv", "formats are .npz"),
    ("a proof in another format", f"{CHECK} --proof p.v", "ends in .json"),
    ("a folder that is a file", "study training --preset small --out notes.txt", "notes.txt"),
]
CLAIMS = [
    ("a command that does not exist", "stdy", "'study'"),
    ("a bound that does not exist", "attack probe-eror", "is it 'probe-error'?"),
    ("bounds of which one does not exist", f"{CHECK} --bounds probe-mse,probe-eror", "is it 'probe-error'?"),
    ("a bound that nobody can explain", "ledger probe-eror", "is it 'probe-error'?"),
    ("a time in words", "attack probe-error --budget soon", "60s, 5m"),
    ("no file of claims", f"{CHECK} --plugin mine.py", "mine.py does not exist"),
]
STUDIES = [
    ("a study that does not exist", "study trainings --out t.parquet", "is it 'training'?"),
    ("a setting that does not exist", "study training --set learning_rat=4 --out t.parquet", "is it 'learning_rate'?"),
    ("a setting that is a word", "study training --set k=four --out t.parquet", "four"),
    ("a setting without a value", "study training --set k --out t.parquet", "k"),
    ("no seeds", "study training --seeds 0 --out t.parquet", "0"),
    ("no sweep file", "sweep mine.toml --out sweep", "mine.toml does not exist"),
]
FIGURES = [
    ("a figure that does not exist", "draw trainings --table pairs.parquet", "is it 'training'?"),
    ("no table", "draw training --table none.parquet", "does not exist"),
    ("a table of another study", "draw training --table pairs.parquet", "training"),
    ("a width of three metres", "draw training --table pairs.parquet --width 3m", "85mm"),
    ("a table where a folder belongs", "draw training --tables pairs.parquet", "--table pairs.parquet"),
]
PAIRINGS = "study pairings --out t"
DATA = [
    (
        "a caption column of another name",
        "audit web.csv --labels labels.csv --k 2 --out audit",
        "--columns IMAGE,CAPTION",
    ),
    ("no labels file", "audit pairs.csv --labels none.csv --k 2 --out audit", "none.csv does not exist"),
    ("more singular values than captions", f"{AUDIT.replace('--k 2', '--k 500')}", "500"),
    ("a column that is not there", f"{AUDIT} --columns image,words", "words"),
    ("a cleaned table in a format that is none", f"{AUDIT} --clean clean.txt", "formats are .parquet, .csv"),
    ("label set of another data set", "graph emoji --set labels=breed --out emoji.npz", "category"),
    ("a folder without classes", f"{PAIRINGS} --set dataset=imagefolder --set root=pictures", "pictures"),
    ("a rule that does not exist", "study resampled_training --set rules=add --out runs", "add_new_positive"),
    (
        "a warm-up longer than the training",
        "study resampled_training --set epochs=3 --set warmup=4 --out t",
        "warmup=4",
    ),
    ("noise above 1", "graph latent_captions --set noise=2 --out world.npz", "noise"),
]
MISTAKES = [*FILES, *WIDTHS, *OUTPUTS, *CLAIMS, *STUDIES, *FIGURES, *DATA]
