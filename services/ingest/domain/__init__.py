"""What may come in, decided purely: reading, envelope, denial, admission, normalisation, newness."""
