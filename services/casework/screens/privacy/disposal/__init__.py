"""Disposal of what is over its years: lists, holds, and what is kept how long."""
