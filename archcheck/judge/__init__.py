"""Two resolutions in, findings and a recommendation out.

Not called `audit`: a package of that name would take the place of the function `archcheck.audit`.
Internal.
"""
