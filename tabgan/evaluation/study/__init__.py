"""Cross-validation of augmenters: each is fitted on the training rows of every fold."""
