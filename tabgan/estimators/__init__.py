"""The estimator APIs of scikit-learn and imbalanced-learn.

tabgan      `TabGAN().fit(table).sample(n)`
sampler     `TabGANSampler().fit_resample(X, y)`
"""
