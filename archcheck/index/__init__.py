"""The package index: project pages, metadata and files, from the network, the cache or a folder. Internal."""
