"""Adapters by which another router is measured beside rheostat, one file each."""
