"""Makes keys, signatures, certificates and time stamps as requests on standard input ask for.

One request and one answer a line, both JSON; bytes are hexadecimal. Everything is made by
`cryptography` and `asn1crypto`, or by `openssl ts`.
"""

import datetime
import decimal
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

from asn1crypto import algos, cms, core, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import VerifierBuilder, decode_timestamp_response

HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
DER = serialization.Encoding.DER
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
YEAR = datetime.timedelta(days=365)


def published_primes(bits):
    """The primes of RFC 3526 and RFC 7919 of this length, which are made of pi and of e."""
    decimal.getcontext().prec = 1400
    first, second = {2048: (124476, 560316), 3072: (1690314, 2625351), 4096: (240904, 5736041)}[bits]
    two = decimal.Decimal(2)

    def arctan(inverse):
        total, power, number = decimal.Decimal(0), decimal.Decimal(1) / inverse, 1
        while power > decimal.Decimal(10) ** -1390:
            total += power / number if number % 4 == 1 else -power / number
            power /= inverse * inverse
            number += 2
        return total

    pi = 4 * (4 * arctan(5) - arctan(239))
    shift = two ** (bits - 130)
    top = 2**bits - 2 ** (bits - 64) - 1
    e = decimal.Decimal(1).exp()
    return (
        top + 2**64 * (int(shift * pi) + first),
        top + 2**64 * (int(shift * e) + second),
    )


def rsa_key(bits, e=65537):
    if bits <= 3072:
        return rsa.generate_private_key(public_exponent=e, key_size=bits)
    p, q = published_primes(bits // 2)
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(e=e, n=p * q),
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def pss(hash, salt=None):
    return padding.PSS(mgf=padding.MGF1(hash), salt_length=salt or hash.digest_size)


def rsa_signatures(request):
    """Signatures of one message by one key, in every scheme with every hash."""
    key = rsa_key(request["bits"])
    message = bytes.fromhex(request["message"])
    signatures = {}
    for name, hash in HASHES.items():
        signatures[f"pkcs1 {name}"] = key.sign(message, padding.PKCS1v15(), hash).hex()
        signatures[f"pss {name}"] = key.sign(message, pss(hash), hash).hex()
    signatures["pss sha256 short salt"] = key.sign(message, pss(HASHES["sha256"], 20), HASHES["sha256"]).hex()
    signatures["pkcs1 sha1"] = key.sign(message, padding.PKCS1v15(), hashes.SHA1()).hex()
    return {"spki": key.public_key().public_bytes(DER, SPKI).hex(), "signatures": signatures}


def rsa_spki(request):
    """A key of any numbers, good or not."""
    n = request.get("n") or rsa_key(2048).public_key().public_numbers().n
    n = int(n, 16) if isinstance(n, str) else n
    if request.get("even"):
        n -= 1
    if request.get("bits"):
        n = (1 << request["bits"]) - 1
    key = keys.RSAPublicKey({"modulus": n, "public_exponent": request["e"]})
    return {"spki": keys.PublicKeyInfo.wrap(key, "rsa").dump().hex()}


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def private_key(kind):
    if kind.startswith("rsa"):
        return rsa_key(int(kind[3:]))
    return ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}[kind]())


def certificate(subject, public, issuer, issuer_key, request, extensions):
    start = datetime.datetime.fromisoformat(request.get("start", "2026-01-01"))
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + 10 * YEAR)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    hash = HASHES[request.get("hash", "sha256")]
    scheme = pss(hash) if request.get("pss") else None
    if scheme:
        return builder.sign(issuer_key, hash, rsa_padding=scheme)
    return builder.sign(issuer_key, hash)


def usage(**allowed):
    every = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{one: allowed.get(one, False) for one in every}), True


def authority(kind, request):
    key = private_key(kind)
    root = certificate("root", key.public_key(), "root", key, request,
                       [(x509.BasicConstraints(ca=True, path_length=None), True), usage(key_cert_sign=True)])
    return key, root


def signing_chain(request):
    """A root, and a certificate with its key that may sign models."""
    root_key, root = authority(request["root"], request)
    key = private_key(request["key"])
    leaf = certificate("signer", key.public_key(), "root", root_key, request, [usage(digital_signature=True)])
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption())
    message = bytes.fromhex(request.get("message", ""))
    answer = {"root": root.public_bytes(DER).hex(), "leaf": leaf.public_bytes(DER).hex(), "key": pem.decode()}
    if request["key"].startswith("rsa"):
        answer["signature"] = key.sign(message, padding.PKCS1v15(), HASHES["sha256"]).hex()
    return answer


def stamping_authority(request):
    key, root = authority(request.get("root", "p384"), request)
    tsa_key = private_key(request.get("key", "p256"))
    usages = [ExtendedKeyUsageOID.TIME_STAMPING]
    if request.get("usage") == "code":
        usages = [ExtendedKeyUsageOID.CODE_SIGNING]
    if request.get("usage") == "two":
        usages.append(ExtendedKeyUsageOID.CODE_SIGNING)
    extensions = [usage(digital_signature=True), (x509.ExtendedKeyUsage(usages), not request.get("not_critical"))]
    tsa = certificate("tsa", tsa_key.public_key(), "root", key, request, extensions)
    return root, tsa_key, tsa


def accepted_elsewhere(response, message, root, tsa):
    """Whether rfc3161-client takes the time stamp."""
    try:
        builder = VerifierBuilder().add_root_certificate(root).tsa_certificate(tsa)
        builder.build().verify_message(decode_timestamp_response(response), message)
        return True
    except Exception:
        return False


def stamped(response, message, root, tsa, request):
    chain = [tsa, root]
    if request.get("certificates"):
        chain = [root]
    return {
        "response": response.hex(),
        "signer": tsa.public_bytes(DER).hex(),
        "chain": [one.public_bytes(DER).hex() for one in chain],
        "elsewhere": accepted_elsewhere(response, message, root, tsa),
    }


def openssl_stamp(request):
    """A time stamp of now by `openssl ts`."""
    root, key, tsa = stamping_authority(request)
    message = bytes.fromhex(request["message"])
    with tempfile.TemporaryDirectory() as folder:
        path = lambda one: str(pathlib.Path(folder, one))
        write = lambda one, data: pathlib.Path(folder, one).write_bytes(data)
        pem = serialization.Encoding.PEM
        write("message", message)
        write("tsa.pem", tsa.public_bytes(pem))
        write("key.pem", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        write("serial", b"01\n")
        digest = request.get("digest", "sha256")
        write("conf", f"""[tsa]
default_tsa = one
[one]
serial = {path("serial")}
signer_cert = {path("tsa.pem")}
signer_key = {path("key.pem")}
signer_digest = {digest}
default_policy = 1.2.3.4
digests = sha256, sha384, sha512, sha1
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = {request.get("fraction", 0)}
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {digest}
""".encode())
        query = ["openssl", "ts", "-query", "-data", path("message"), f"-{request.get('imprint', digest)}", "-out", path("query")]
        query += ["-cert"] if request.get("certificates") else []
        query += [] if request.get("nonce", True) else ["-no_nonce"]
        reply = ["openssl", "ts", "-reply", "-config", path("conf"), "-queryfile", path("query"), "-out", path("reply")]
        for command in (query, reply):
            subprocess.run(command, check=True, capture_output=True, cwd=folder)
        response = pathlib.Path(folder, "reply").read_bytes()
    return stamped(response, message, root, tsa, request)


def built_stamp(request):
    """A time stamp of any time, with any fault."""
    root, key, tsa = stamping_authority(request)
    message = bytes.fromhex(request["message"])
    fault = request.get("fault", "")
    digest = hashlib.sha1 if fault == "sha1" else hashlib.sha256
    at = datetime.datetime.fromisoformat(request["at"]).replace(tzinfo=datetime.timezone.utc)
    info = {
        "version": "v1",
        "policy": "1.2.3.4",
        "message_imprint": {
            "hash_algorithm": {"algorithm": digest().name},
            "hashed_message": digest(message).digest(),
        },
        "serial_number": 7,
        "gen_time": at,
        "nonce": 99,
    }
    info = tsp.TSTInfo(info)
    if fault == "version":
        info["version"] = core.Integer(2).native
    if fault == "critical":
        info["extensions"] = [{"extn_id": "1.2.3", "critical": True, "extn_value": b"x"}]
    content = info.dump()
    signer = asn1_x509.Certificate.load(tsa.public_bytes(DER))
    named = b"\0" * 32 if fault == "named" else hashlib.sha256(signer.dump()).digest()
    wrong = hashlib.sha256(b"other").digest()
    attributes = [
        {"type": "content_type", "values": ["data" if fault == "type" else "tst_info"]},
        {"type": "message_digest",
         "values": [wrong if fault == "content" else hashlib.sha256(content).digest()]},
        {"type": "signing_certificate_v2", "values": [{"certs": [{"cert_hash": named}]}]},
    ]
    if fault == "no attributes":
        attributes = attributes[:1]
    attributes = cms.CMSAttributes(attributes)
    signed = attributes.dump()
    if isinstance(key, rsa.RSAPrivateKey):
        if request.get("pss_signature"):
            algorithm = {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams({
                "hash_algorithm": {"algorithm": "sha256"},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
                "salt_length": 32})}
            signature = key.sign(signed, pss(HASHES["sha256"]), HASHES["sha256"])
        else:
            algorithm = {"algorithm": "rsassa_pkcs1v15"}
            signature = key.sign(signed, padding.PKCS1v15(), HASHES["sha256"])
    else:
        algorithm = {"algorithm": "sha256_ecdsa"}
        signature = key.sign(signed, ec.ECDSA(HASHES["sha256"]))
    if fault == "signature":
        signature = bytes([*signature[:-1], signature[-1] ^ 1])
    one = {
        "version": "v1",
        "sid": cms.IssuerAndSerialNumber({"issuer": signer.issuer, "serial_number": signer.serial_number}),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": attributes,
        "signature_algorithm": algorithm,
        "signature": signature,
    }
    data = cms.SignedData({
        "version": "v3",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
        "certificates": [signer] if request.get("certificates") else [],
        "signer_infos": [one, one] if fault == "twice" else [one],
    })
    response = tsp.TimeStampResp({
        "status": {"status": "rejection" if fault == "status" else "granted"},
        "time_stamp_token": {"content_type": "signed_data", "content": data},
    }).dump()
    if fault == "trailing":
        response += b"\0"
    return stamped(response, message, root, tsa, request)


ACTIONS = {one.__name__: one for one in (rsa_signatures, rsa_spki, signing_chain, openssl_stamp, built_stamp)}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(ACTIONS[request["do"]](request)), flush=True)
