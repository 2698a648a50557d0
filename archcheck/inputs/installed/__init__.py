"""An installed environment, by the metadata of its distributions. Internal."""
