"""The synthetic city: invented families whose records are played through the real inlets, and the checks of what became of them."""
