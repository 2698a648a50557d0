"""Requirements files, with pip's grammar. Internal."""
