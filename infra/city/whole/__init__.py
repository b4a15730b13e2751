"""A whole synthetic city, larger than memory: drawn block by block, loaded, kept up for a month of nights, and measured on the way."""
