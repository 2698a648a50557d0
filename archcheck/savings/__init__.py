"""What moving to arm64 is worth on Lambda and Fargate: workload, prices and the reckoning. Internal."""
