"""The weights of rheostat's lab. `DIRECTORY` holds the ONNX files and their manifest; `rheostat.lab` reads them."""

from pathlib import Path

DIRECTORY = Path(__file__).parent
