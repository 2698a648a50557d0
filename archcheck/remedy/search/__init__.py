"""Which versions to move, and no more than that, so that nothing stands in the way any longer. Internal."""
