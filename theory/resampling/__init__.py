"""CLIP-guided resampling as operations on a pair graph (theorem 12): what a guide does to pairs, spectrum and bound.

The positive rules make another graph. AddNewPositive is a mixture with the guide's own pair graph;
DropFalsePositive removes pairs and renormalises. The negative rules leave P as it is and change the product
measure `p_L × p_L` of the second term of the self-supervised spectral loss, `L_Q(f, g) = -2 E_P[fᵀg] + E_Q[(fᵀg)²]`
with P the induced pairs. Then theorem 2 holds no more: the optimum is a weighted low-rank approximation, which is
NP-hard in general. It is closed-form where Q is a product measure again; elsewhere it is descended to.

A guide is an embedding of the left nodes, (n_left, width), compared by cosine.

Source: Zhang, Wang and Wang 2023 for the rules; as operations on graphs, here.
"""
