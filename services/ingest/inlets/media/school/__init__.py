"""
The school side of removable media (ACQ-03): it packs, and needs neither broker nor database nor the rest of this repository.

Its modules name each other only as siblings, so that the folder is also the package `tsunagu_media` of a wheel of its own.
"""
