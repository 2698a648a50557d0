"""Lists of what a product is made of: CycloneDX and SPDX, as JSON. Internal."""
