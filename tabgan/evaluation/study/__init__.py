"""Cross-validation of augmenters: each is fitted on the training rows of every fold.

study                       the door: `augmentation_study`
cross_validation            every arm in one fold after the other, in a `time_budget`
summary                     gains, verdict and fidelity
"""
