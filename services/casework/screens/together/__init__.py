"""A visit, or a conference, of several children of a household that is one (S12)."""
