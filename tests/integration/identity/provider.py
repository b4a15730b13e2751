"""
An OpenID provider in a process of its own: `python -m tests.integration.identity.provider PORT`. Authlib's server checks all that is asked.

A test says over HTTP (`PUT /be`) whom it lets in next, by which methods, and what is wrong with the token it gives.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT, SECRET = "tsunagu", "a secret of both"
OWN, STRANGERS = (ECKey.generate_key("P-256", {"kid": kid, "use": "sig"}) for kid in ("one", "two"))


@dataclass
class State:
    """Whom the provider lets in next, and what is wrong with what it says."""

    login: str = "hakata.clerk"
    subject: str = "s-1"
    amr: list[str] = field(default_factory=list)
    acr: str | None = None
    spoiled: str = ""


STATE = State()
CODES: dict[str, "Code"] = {}


class Client(ClientMixin):
    """The only client there is."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == "http://casework.example/login/provider/back"

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code, and for whom it was given out."""

    asked: dict[str, str]
    state: State
    code_challenge: str | None = None
    code_challenge_method: str | None = None

    def get_redirect_uri(self) -> str:
        return self.asked["redirect_uri"]

    def get_scope(self) -> str:
        return self.asked["scope"]

    def get_nonce(self) -> str:
        return "another" if self.state.spoiled == "nonce" else self.asked["nonce"]

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str | None:
        return self.state.acr

    def get_amr(self) -> list[str]:
        return self.state.amr


class CodeGrant(AuthorizationCodeGrant):
    """Codes are kept in memory, and used once."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        CODES[code] = Code(data, State(**vars(STATE)), data.get("code_challenge"), data.get("code_challenge_method"))

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        del client
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        CODES.pop(next(code for code, each in CODES.items() if each is authorization_code))

    def authenticate_user(self, authorization_code: Code) -> State:
        return authorization_code.state


class IdToken(OpenIDCode):
    """What is said of who is let in; spoiled as the test wants it."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        del request
        return any(code.asked.get("nonce") == nonce for code in CODES.values())

    def resolve_client_private_key(self, client: Any) -> ECKey:
        del client
        return STRANGERS if STATE.spoiled == "key" else OWN

    def get_client_algorithm(self, client: Any) -> str:
        del client
        return "ES256"

    def get_encode_header(self, client: Any) -> dict[str, str]:
        del client
        return {"alg": "ES256", "kid": "one"}

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        now = int(time.time())
        spoiled: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://another.example"},
            "audience": {"aud": ["another"]},
            "azp": {"aud": [CLIENT, "another"], "azp": "another"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
        }
        return {"iss": ISSUER, "aud": [client.get_client_id()], **spoiled.get(STATE.spoiled, {})}

    def generate_user_info(self, user: State, scope: str) -> dict[str, str]:
        del scope
        return {"sub": user.subject, "preferred_username": user.login}

    def process_token(self, grant: Any, response: Any) -> dict[str, Any]:
        token: dict[str, Any] = super().process_token(grant, response)
        if STATE.spoiled == "unsigned":
            token["id_token"] = f"eyJhbGciOiJub25lIn0.{token['id_token'].split('.')[1]}."
        if STATE.spoiled == "secret":
            claims = {"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "nonce": grant.request.authorization_code.get_nonce()}
            now = int(time.time())
            key = OctKey.import_key(SECRET * 2)
            token["id_token"] = jwt.encode({"alg": "HS256"}, claims | {"iat": now, "exp": now + 60, "preferred_username": "x"}, key)
        if STATE.spoiled == "missing":
            del token["id_token"]
        return token


class Request(OAuth2Request):
    """A request as authlib's server reads it."""

    def __init__(self, method: str, uri: str, params: dict[str, str], headers: Any) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(params)
        self._params = params

    @property
    def args(self) -> dict[str, str]:
        return self._params

    @property
    def form(self) -> dict[str, str]:
        return self._params


class Server(AuthorizationServer):
    """Authlib's server over the library's own HTTP server."""

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        del token, request

    def create_oauth2_request(self, request: Any) -> Request:
        assert isinstance(request, Request)
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        del name, args, kwargs


def token_of(**_: Any) -> str:
    return os.urandom(16).hex()


SERVER = Server()
SERVER.register_token_generator("default", BearerTokenGenerator(token_of))
SERVER.register_grant(CodeGrant, [CodeChallenge(required=True), IdToken(require_nonce=True)])
ISSUER = ""


class Handler(BaseHTTPRequestHandler):
    """Answers what a provider answers, and `PUT /be`."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys", "end_session_endpoint": "/out"}
            self._say(200, {"issuer": ISSUER, **{name: f"{ISSUER}{path}" for name, path in ends.items()}})
        elif parts.path == "/keys":
            self._say(200, KeySet([OWN]).as_dict(private=False))
        else:
            request = Request("GET", f"{ISSUER}{self.path}", dict(parse_qsl(parts.query)), self.headers)
            grant = SERVER.get_consent_grant(request=request, end_user=STATE)
            self._answer(SERVER.create_authorization_response(request, STATE, grant))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self._answer(SERVER.create_token_response(Request("POST", f"{ISSUER}{self.path}", dict(parse_qsl(body)), self.headers)))

    def do_PUT(self) -> None:
        vars(STATE).update(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self._say(200, {})

    def _answer(self, answered: tuple[int, Any, Any]) -> None:
        status, body, headers = answered
        self._say(status, body, dict(headers))

    def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        text = (json.dumps(body) if isinstance(body, dict | list) else str(body)).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {}), "content-length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    http = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    ISSUER = f"http://127.0.0.1:{http.server_address[1]}"
    sys.stdout.write(f"{ISSUER}\n")
    sys.stdout.flush()
    http.serve_forever()
