#!/usr/bin/env bash
# `make reproduce`: compute the published tables of all studies into results/<study>/. Trained encoders and finished
# cells stay in the build folder: after a kill, it goes on.
set -euo pipefail
python=$1 build=$2 jobs=$3
kinds='
from pairbounds.sweeps.studies import find_study, study_names
for name, study in ((name, find_study(name)) for name in study_names()):
    print(name, "sweep" if study.sweep else "results" if "results" in study.presets else "plain")'
listed=$("$python" -c "$kinds")
while read -r name kind; do
    out=results/$name
    case $kind in
        plain) "$python" -m pairbounds study "$name" --out "$out" --jobs "$jobs" ;;
        results)
            "$python" -m pairbounds study "$name" --preset results --set "runs=$build/runs/$name" --out "$out" --jobs "$jobs"
            ;;
        sweep) # `figures` computes the sweep that its study declares
            "$python" -m pairbounds figures "$name" --tables "$build/tables" --out "$build/figures"
            mkdir -p "$out" && cp "$build/tables/$name".parquet{,.json} "$out/"
            ;;
    esac
done <<<"$listed"
