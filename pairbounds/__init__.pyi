# The public names by topic. `__init__.py` reads this file, and imports a name on first use.

# isort: off

# Graphs and their files.
from pairbounds.theory.graph.pair_graph import PairGraph as PairGraph
from pairbounds.theory.graph.graph_files import read_graph as read_graph
from pairbounds.theory.graph.graph_files import read_labels as read_labels
from pairbounds.theory.graph.mixtures import mixture as mixture
from pairbounds.real_data.emoji_concepts import emoji_graph as emoji_graph
from pairbounds.simulations.world import LatentWorld as LatentWorld
from pairbounds.simulations.families import FAMILIES as FAMILIES

# Spectrum.
from pairbounds.theory.spectrum.triplets import spectrum as spectrum
from pairbounds.theory.spectrum.triplets import Spectrum as Spectrum
from pairbounds.theory.spectrum.certificates import certify as certify

# Quantities of a graph.
from pairbounds.theory.quantities.consistency import labelling_error as labelling_error
from pairbounds.theory.quantities.consistency import induced_labelling_error as induced_labelling_error
from pairbounds.theory.quantities.consistency import joined_classes as joined_classes
from pairbounds.theory.quantities.consistency import label_energy as label_energy
from pairbounds.theory.quantities.multihop_consistency import consistency_curve as consistency_curve
from pairbounds.theory.quantities.walks import consistency_from_pairs as consistency_from_pairs
from pairbounds.theory.quantities.walks import penalised_error_at_most as penalised_error_at_most
from pairbounds.theory.bounds.theorem30_coarser_captions import coarser as coarser
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues as class_second_eigenvalues
from pairbounds.theory.quantities.connectivity import part_conductances as part_conductances
from pairbounds.theory.quantities.connectivity import sparsest_partition as sparsest_partition
from pairbounds.real_data.resampling.resampled_loss import resampled_nt_xent as resampled_nt_xent
from pairbounds.theory.resampling.effects import resampling_effects as resampling_effects

# Embeddings: optima, probes, metrics.
from pairbounds.theory.quantities.factorisation import optimal_embeddings as optimal_embeddings
from pairbounds.theory.quantities.factorisation import spectral_loss as spectral_loss
from pairbounds.theory.quantities.population_infonce import infonce_loss as infonce_loss
from pairbounds.real_data.untrained_features import untrained_features as untrained_features
from pairbounds.theory.quantities.linear_encoders import linear_optimum as linear_optimum
from pairbounds.theory.quantities.linear_encoders import encoder_from_pairs as encoder_from_pairs
from pairbounds.theory.quantities.linear_encoders import LinearEncoder as LinearEncoder
from pairbounds.theory.graph.through_features import whitened as whitened
from pairbounds.theory.quantities.probes import probe as probe
from pairbounds.theory.quantities.probes import ProbeResult as ProbeResult
from pairbounds.theory.quantities.logistic import logistic_probe as logistic_probe
from pairbounds.theory.quantities.probes import zero_shot_error as zero_shot_error
from pairbounds.theory.quantities.metrics.hypersphere import alignment as alignment
from pairbounds.theory.quantities.metrics.hypersphere import uniformity as uniformity
from pairbounds.theory.quantities.metrics.feature_metrics import metrics as metrics

# Bounds.
from pairbounds.theory.bounds.check_bounds import check_bounds as check_bounds
from pairbounds.theory.bounds.encoder_check import check_encoder as check_encoder
from pairbounds.theory.bounds.encoder_check import EncoderCheck as EncoderCheck
from pairbounds.theory.bounds.theorem34_few_labels import FewLabels as FewLabels
from pairbounds.theory.bounds.theorem41_from_labels import probe_mse_from_labels as probe_mse_from_labels
from pairbounds.theory.bounds.registry import bound as bound
from pairbounds.theory.bounds.registry import Bound as Bound
from pairbounds.theory.bounds.registry import BOUNDS as BOUNDS
from pairbounds.theory.bounds.gap import over_gap as over_gap
from pairbounds.infrastructure.checks import HypothesisError as HypothesisError
from pairbounds.theory.quantities.moment_problem import sharpest as sharpest
from pairbounds.theory.quantities.moment_problem import Sharpest as Sharpest
from pairbounds.theory.bounds.theorem36_caption_noise import corrected_for_noise as corrected_for_noise
from pairbounds.theory.bounds.theorem38_shift import shifted_error as shifted_error
from pairbounds.theory.bounds.theorem39_prompts import prompt_ensemble as prompt_ensemble
from pairbounds.theory.bounds.theorem40_caption_vote import caption_vote as caption_vote

# Decisions from few labels.
from pairbounds.theory.questions.choosing import choose as choose
from pairbounds.theory.questions.choosing import Choice as Choice

# Questions about pairs.
from pairbounds.theory.questions.batch import batch_report as batch_report
from pairbounds.theory.questions.labels_needed import labels_needed_report as labels_needed_report
from pairbounds.theory.questions.pairs import pairs_report as pairs_report
from pairbounds.theory.questions.diagnosis.diagnosing import Diagnosis as Diagnosis
from pairbounds.theory.questions.diagnosis.diagnosing import diagnose as diagnose

# Counterexamples and proofs.
from pairbounds.theory.attack.search import find_counterexample as find_counterexample
from pairbounds.theory.attack.search import CounterexampleResult as CounterexampleResult
from pairbounds.theory.proofs.proof import prove as prove
from pairbounds.theory.proofs.proof import Proof as Proof

# Training.
from pairbounds.simulations.encoder_training import train as train
from pairbounds.simulations.encoder_training import TrainResult as TrainResult
from pairbounds.simulations.encoders import encoder as encoder
from pairbounds.simulations.user_code import loss as loss

# Audits, studies and sweeps.
from pairbounds.real_data.audit.auditing import audit as audit
from pairbounds.real_data.audit.suspicious_rows import suspicious_rows as suspicious_rows
from pairbounds.sweeps.studies import Study as Study
from pairbounds.sweeps.studies import study as study
from pairbounds.sweeps.sweep import run_study as run_study
from pairbounds.sweeps.configuration import SweepConfiguration as SweepConfiguration
from pairbounds.sweeps.sweep import run_sweep as run_sweep
from pairbounds.infrastructure.users_code import ForeignCodeError as ForeignCodeError

# Plots and tables.
from pairbounds.figures.plots import plot_bounds as plot_bounds
from pairbounds.figures.plots import plot_choice as plot_choice
from pairbounds.figures.plots import plot_classes as plot_classes
from pairbounds.figures.plots import plot_comparison as plot_comparison
from pairbounds.figures.plots import plot_consistency as plot_consistency
from pairbounds.figures.plots import plot_phase as plot_phase
from pairbounds.figures.plots import plot_spectrum as plot_spectrum
from pairbounds.infrastructure.tables import to_latex as to_latex

__version__: str
