#!/usr/bin/env bash
# `make reproduce`: compute the published tables of the standing studies into results/<study>/. Trained encoders and
# finished cells stay in the build folder: after a kill, it goes on.
set -euo pipefail
python=$1 build=$2 jobs=$3
for name in bound_holds captions_help near_optimal multihop other_families few_labels resampled_worlds \
    emoji_captions from_pairs pairings resampled_views; do
    "$python" -m pairbounds study "$name" --out "results/$name" --jobs "$jobs"
done
for name in resampled_training resampled_tuned; do
    "$python" -m pairbounds study "$name" --preset results --set "runs=$build/runs/$name" --out "results/$name" \
        --jobs "$jobs"
done
"$python" -m pairbounds figures training --tables "$build/tables" --out "$build/figures"
cp "$build/tables/training.parquet" "$build/tables/training.parquet.json" results/training/
