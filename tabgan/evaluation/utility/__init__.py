"""What a downstream learner gains: tasks, arms of training rows, scores and their intervals."""
