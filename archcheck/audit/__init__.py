"""Two resolutions in, findings and a recommendation out."""
