"""Signs or verifies as a request on standard input says, with the reference implementation."""

import json
import pathlib
import sys

from model_signing import hashing, signing, verifying

request = json.load(sys.stdin)
files = hashing.Config()
if request["method"] == "shards":
    files.use_shard_serialization(
        hashing_algorithm=request["hash"], shard_size=request["shard_size"]
    )
else:
    files.use_file_serialization(hashing_algorithm=request["hash"])
files.set_ignored_paths(paths=request["ignore"], ignore_git_paths=True)
files.set_allow_symlinks(request["symlinks"])
model, signature = request["model"], request["signature"]

try:
    if request["do"] == "sign":
        config = signing.Config()
        if request.get("certificate"):
            config.use_certificate_signer(
                private_key=request["key"],
                signing_certificate=request["certificate"],
                certificate_chain=request["chain"],
            )
        else:
            config.use_elliptic_key_signer(private_key=request["key"])
        config.set_hashing_config(files).sign(model, signature)
    else:
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
        config.set_hashing_config(files).verify(model, signature)
    print(json.dumps({"ok": True, "why": ""}))
except Exception as error:  # Whatever it is, it is the answer.
    print(json.dumps({"ok": False, "why": f"{type(error).__name__}: {error}"}))
