"""Speed and memory side by side, as ratios of one run; never timed tests."""
