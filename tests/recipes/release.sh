#!/usr/bin/env bash
# `make release`: build sdist and wheel into a folder, check them, and check a graph with what they install.
set -euo pipefail
bin=$(realpath "$(dirname "$1")") # of the virtual environment
python=$bin/$(basename "$1")
dist=$2
rm -rf "$dist"
"$bin/uv" build --quiet --out-dir "$dist"
"$python" -m twine check --strict "$dist"/*.whl "$dist"/*.tar.gz
"$bin/uv" venv --quiet --python "$python" "$dist/venv"
"$bin/uv" pip install --quiet --python "$dist/venv" "$dist"/*.whl
cd "$dist"
venv/bin/python -c "import pairbounds as pb; pb.LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3).save('graph.npz')"
venv/bin/pairbounds --version
venv/bin/pairbounds check graph.npz --k 4 --out checked.csv
echo "to release: $dist"
