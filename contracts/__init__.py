"""What services and source systems say to each other: ids, values, the catalogue of sources, messages, names on the bus."""
