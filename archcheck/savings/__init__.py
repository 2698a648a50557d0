"""What moving to arm64 is worth on AWS Lambda: workload, prices and the reckoning. Internal."""
