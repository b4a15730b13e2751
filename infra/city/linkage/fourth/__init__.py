"""A fourth population that is difficult to link: houses, and paper forms that pass through several hands."""
