"""The second population, written apart: other names, other families, other mistakes. The gate was changed after its figures were seen."""
