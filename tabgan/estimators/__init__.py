"""The doors of scikit-learn and imbalanced-learn: `TabGAN` and `TabGANSampler`."""
