"""Requests for disclosure, correction and suspension: received, examined, proposed by one person, decided by another, carried out."""
