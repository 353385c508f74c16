"""The tutorial runs as it stands."""

import doctest
import re

import pytest

from tests.conftest import ROOT

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


def test_every_output_of_the_tutorial_is_real() -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```pycon\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, "tutorial", "docs/tutorial.md", 0)
    assert len(test.examples) > 25
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(test, out=said.append).failed == 0, "".join(said)
