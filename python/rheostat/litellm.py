"""LiteLLM: a classifier for its complexity router, a callback for its proxy, and the router's configuration as a ladder.

router = rheostat.litellm.read_router("config.yaml")
classifier = rheostat.litellm.Classifier(router)     # complexity_router_config: classifier_plugin
callback = rheostat.litellm.govern(governor)         # litellm_settings: callbacks

The classifier names a tier, so that LiteLLM goes on choosing, sending and retrying. The callback decides model, thinking and
limit of a request for the model "auto", watches its stream, and stops it at its ceiling.
"""

from __future__ import annotations

from rheostat._litellm import Imported, Note, read_router
from rheostat._litellm_callback import govern
from rheostat._litellm_classifier import Classifier

__all__ = ["Classifier", "Imported", "Note", "govern", "read_router"]
