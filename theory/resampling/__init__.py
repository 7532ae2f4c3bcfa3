"""CLIP-guided resampling as operations on a pair graph (theorem 12).

Positive rules make another graph: AddNewPositive mixes in the pair graph of the guide, and DropFalsePositive removes
pairs. Negative rules change the product measure `p_L × p_L` of the self-supervised spectral loss to Q,
`L_Q(f, g) = -2 E_P[fᵀg] + E_Q[(fᵀg)²]` with the induced pairs P. Its optimum is a weighted low-rank approximation:
closed-form for a product measure Q, NP-hard in general, and approximated by descent.

A guide is an embedding of the left nodes, (n_left, width), compared by cosine.

Source: Zhang, Wang and Wang 2023 for the rules; as operations on graphs, here.
"""
