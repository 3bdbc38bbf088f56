"""Signs or verifies as requests on standard input say, with the reference implementation.

One request and one answer a line, both JSON.
"""

import json
import pathlib
import sys

from model_signing import hashing, signing, verifying
from sigstore.models import Bundle, ClientTrustConfig
from sigstore.verify import Verifier, policy


def hashed_as(request):
    files = hashing.Config()
    if request["method"] == "shards":
        files.use_shard_serialization(
            hashing_algorithm=request["hash"], shard_size=request["shard_size"]
        )
    else:
        files.use_file_serialization(hashing_algorithm=request["hash"])
    files.set_ignored_paths(
        paths=request["ignore"], ignore_git_paths=request.get("ignore_git", True)
    )
    files.set_allow_symlinks(request["symlinks"])
    return files


def sign(request):
    config = signing.Config()
    if request.get("certificate"):
        config.use_certificate_signer(
            private_key=request["key"],
            signing_certificate=request["certificate"],
            certificate_chain=request["chain"],
        )
    else:
        config.use_elliptic_key_signer(private_key=request["key"])
    config.set_hashing_config(hashed_as(request)).sign(request["model"], request["signature"])


def verify(request):
    config = verifying.Config()
    if request.get("trust_config"):
        config.use_sigstore_verifier(
            identity=request["identity"],
            oidc_issuer=request["issuer"],
            trust_config=pathlib.Path(request["trust_config"]),
        )
    elif request.get("chain"):
        config.use_certificate_verifier(certificate_chain=request["chain"])
    else:
        config.use_elliptic_key_verifier(public_key=request["key"])
    config.set_hashing_config(hashed_as(request)).verify(request["model"], request["signature"])


def verify_file(request):
    """A bundle about one file, with sigstore itself."""
    config = ClientTrustConfig.from_json(pathlib.Path(request["trust_config"]).read_text())
    bundle = Bundle.from_json(pathlib.Path(request["signature"]).read_bytes())
    identity = policy.Identity(identity=request["identity"], issuer=request["issuer"])
    file = pathlib.Path(request["file"]).read_bytes()
    Verifier(trusted_root=config.trusted_root).verify_artifact(file, bundle, identity)


for line in sys.stdin:
    request = json.loads(line)
    try:
        {"sign": sign, "verify": verify, "verify_file": verify_file}[request["do"]](request)
        answer = {"ok": True, "why": ""}
    except Exception as error:  # Whatever it is, it is the answer.
        answer = {"ok": False, "why": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
