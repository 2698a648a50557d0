"""What several formats say alike: the verdict, the changes to make, the tree. Internal."""
