"""The rules, the remedies and the recommendation, each as a table."""
