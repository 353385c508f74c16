"""From trained weights to the distribution's files: `python -m training.lab.build`."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from .export import export, export_scorer
from .train import SIZES, load, shape_of
from .vocabulary import build as vocabulary

FORMAT = 1


def build(source: Path, target: Path) -> None:
    """Exports what has been trained so far, and writes the manifest."""
    tokenizer = vocabulary()
    manifest: dict[str, Any] = {"format": FORMAT, "vocabulary": list(tokenizer.words), "sayable": tokenizer.sayable}
    manifest |= {"models": {}, "scorers": {}}
    for size in SIZES:
        path = source / f"{size}.npz"
        if path.exists():
            weights, facts = load(path)
            shape = shape_of(size, len(tokenizer), tokenizer.sayable)
            data = export(weights, shape.heads).SerializeToString()
            manifest["models"][f"lab-{size}"] = _entry(target, f"{size}.onnx", data, shape, facts)
    path = source / "steps.npz"
    if path.exists():
        from .scorer import shape_of as scorer_shape

        weights, facts = load(path)
        shape = scorer_shape(len(tokenizer), tokenizer.sayable)
        data = export_scorer(weights, shape.heads).SerializeToString()
        manifest["scorers"]["lab-steps"] = _entry(target, "steps.onnx", data, shape, facts)
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {sum(f.stat().st_size for f in target.glob('*.onnx'))} bytes in {len(list(target.glob('*.onnx')))} models")


def _entry(target: Path, name: str, data: bytes, shape: Any, facts: dict[str, Any]) -> dict[str, Any]:
    (target / name).write_bytes(data)
    size = {"layers": shape.layers, "heads": shape.heads, "width": shape.width, "parameters": shape.parameters}
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), **size, "training": facts}


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=Path("training/lab/out"))
    parser.add_argument("--target", type=Path, default=Path("lab/rheostat_lab/models"))
    arguments = parser.parse_args()
    build(arguments.source, arguments.target)


if __name__ == "__main__":
    main()
