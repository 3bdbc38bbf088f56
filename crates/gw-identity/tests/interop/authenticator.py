"""An authenticator, a browser and a verifier made of Yubico's `fido2`, which shares no code with ours.

Reads one JSON request from standard input and answers with one line of JSON.
"""

import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key(algorithm):
    """A key pair: its COSE form and a function that signs."""
    if algorithm == -7:
        key = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(key.public_key())
        return public, lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))
    if algorithm == -8:
        key = ed25519.Ed25519PrivateKey.generate()
        return EdDSA.from_cryptography_key(key.public_key()), key.sign
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = RS256.from_cryptography_key(key.public_key())
    return public, lambda message: key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def ceremonies(request):
    """A registration and then an assertion with the same key."""
    public, sign = new_key(request["algorithm"])
    challenge, origin = data(request["challenge"]), request["origin"]
    rp_id_hash = hashlib.sha256(request["rpId"].encode()).digest()
    credential_id = hashlib.sha256(b"credential").digest()
    flags = FLAG.USER_PRESENT | FLAG.USER_VERIFIED
    credential = AttestedCredentialData.create(b"\0" * 16, credential_id, public)
    extensions = {"credProtect": 2} if request["extensions"] else None
    more = FLAG.EXTENSION_DATA if extensions else 0
    created = AuthenticatorData.create(
        rp_id_hash, flags | FLAG.ATTESTED | more, 1, credential, extensions
    )
    create_data = CollectedClientData.create("webauthn.create", challenge, origin)
    if request["attestation"] == "packed":
        # Self attestation: signed with the credential's own key.
        signature = sign(created + create_data.hash)
        statement = {"alg": request["algorithm"], "sig": signature}
        attestation = AttestationObject.create("packed", created, statement)
    else:
        attestation = AttestationObject.create("none", created, {})
    used = AuthenticatorData.create(rp_id_hash, flags, 2)
    get_data = CollectedClientData.create("webauthn.get", challenge, origin)
    return {
        "registration": {
            "clientDataJSON": text(create_data),
            "attestationObject": text(attestation),
        },
        "assertion": {
            "credentialId": text(credential_id),
            "clientDataJSON": text(get_data),
            "authenticatorData": text(used),
            "signature": text(sign(used + get_data.hash)),
            "userHandle": request["handle"],
        },
        "key": text(cbor.encode(public)),
    }


def approval_challenge(approval):
    """The challenge of an approval, from what its documentation says alone."""
    hasher = hashlib.sha256()

    def field(value):
        hasher.update(struct.pack("<Q", len(value)) + value)

    field(b"gatewright.dev/webauthn-approval/v1")
    for name in ["realm", "approver", "gate", "asset"]:
        field(approval[name].encode())
    for name in ["subject", "policy"]:
        field(bytes.fromhex(approval[name].removeprefix("sha256:")))
    field(approval["text"].encode())
    field(approval["expiresAt"].encode())
    field(data(approval["nonce"]))
    for key, version in approval["facts"]:
        field(key.encode())
        field(bytes.fromhex(version.removeprefix("sha256:")))
    return hasher.digest()


def verify_proof(proof):
    """Verifies the proof of an approval from its bytes alone."""
    assertion = proof["assertion"]
    client_data = CollectedClientData(data(assertion["clientDataJSON"]))
    authenticator_data = AuthenticatorData(data(assertion["authenticatorData"]))
    assert client_data.type == "webauthn.get"
    assert client_data.origin == proof["origin"]
    assert client_data.challenge == approval_challenge(proof["approval"]), "challenge"
    assert authenticator_data.rp_id_hash == hashlib.sha256(proof["rpId"].encode()).digest()
    assert authenticator_data.is_user_verified()
    key = CoseKey.parse(cbor.decode(data(proof["key"])))
    key.verify(authenticator_data + client_data.hash, data(assertion["signature"]))
    return {"ok": True}


request = json.load(sys.stdin)
if request["op"] == "ceremonies":
    answer = ceremonies(request)
else:
    try:
        answer = verify_proof(request["proof"])
    except Exception as error:
        answer = {"ok": False, "why": repr(error)}
print(json.dumps(answer))
