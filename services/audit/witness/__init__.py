"""
A witness of the log: another process, on another host, with a key of its own, run by people who do not run the log.

It fetches what the log grew by, hashes every entry itself, and cosigns only what continues all that it has cosigned. What it keeps is in
one folder: its key, the hashes (`log/`), the checkpoint that it cosigned last, and every two notes that contradict each other (`forks/`).
"""
