"""Attacks on a room over TCP, and what each gets. docs/security.md lists them."""

import logging
import socket
import time
from collections import deque
from contextlib import ExitStack
from http.client import RemoteDisconnected

import pytest
from support.caller import Answer, Caller, is_closed
from support.guarded import Guarded
from support.waiting import PATIENCE, wait_until

from kacenv.model.device_role import DeviceRole
from kacenv.server.http.edge.connection_limit import MOST_OF_ONE, MOST_OF_STRANGERS
from kacenv.server.http.edge.credentials import CredentialStore, key_file
from kacenv.server.http.edge.h11_protocol import HEAD_TIME, MOST_HEAD
from kacenv.server.http.edge.middleware import REQUESTS_AT_ONCE
from kacenv.server.http.edge.rate_limit import ONE
from kacenv.server.http.edge.request import BODY_TIME, MOST_BODY
from kacenv.server.http.edge.security_headers import ALWAYS

_HELD = '{"kind": "hold"}'


def not_held(guarded: Guarded) -> bool:
    """Nothing has changed in the room."""
    return bool(guarded.room.now().mode == "running")


def head_of(method: str, path: str, token: str) -> str:
    """The beginning of a request with a token, to which more may be added."""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"


def cookie_of(answer: Answer) -> str:
    """The cookie that was set, as a browser shows it."""
    return answer.headers["set-cookie"].partition(";")[0]


def logged_in(guarded: Guarded) -> tuple[Caller, dict[str, str]]:
    """A browser that has shown a PIN, and its cookie."""
    browser = guarded.stranger()
    answer = browser.ask("POST", "/v1/login", {"pin": guarded.pin})
    assert answer.status == 200, answer.body
    return browser, {"Cookie": cookie_of(answer)}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/status"),
        ("GET", "/v1/events"),
        ("GET", "/v1/scenes"),
        ("GET", "/openapi.json"),
        ("GET", "/anything"),
        ("POST", "/v1/requests"),
        ("POST", "/v1/start"),
    ],
)
def test_a_stranger_reads_and_changes_nothing(guarded: Guarded, method: str, path: str) -> None:
    """Without a token or a log-in every address of the API answers 401."""
    body = {"kind": "hold"} if method == "POST" else None
    answer = guarded.stranger().ask(method, path, body)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "Log in first" in answer.error
    assert not_held(guarded)


def test_staff_may_drive_and_a_viewer_may_look(guarded: Guarded) -> None:
    """A viewer's presses answer 403; staff's are done."""
    viewer, staff = guarded.viewer(), guarded.staff()
    assert viewer.ask("GET", "/v1/status").json["room"] == "garden"
    refused = viewer.press("hold")
    assert (refused.status, not_held(guarded)) == (403, True)
    assert "may look" in refused.error
    assert staff.press("hold").status == 200
    assert guarded.room.now().mode == "held"
    assert staff.press("release").status == 200


def test_a_viewers_cookie_starts_no_scene(guarded: Guarded) -> None:
    """A viewer that logs in as a browser is a viewer still."""
    browser = guarded.stranger()
    answer = browser.ask("POST", "/v1/login", {"token": guarded.viewer_token})
    assert answer.json == {"role": "viewer", "name": "screen"}
    cookie = {"Cookie": cookie_of(answer)}
    assert browser.ask("POST", "/v1/start", {"scene": "demo"}, cookie).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_cross_site_requests_are_refused_even_with_a_cookie(
    guarded: Guarded, headers: dict[str, str]
) -> None:
    """CSRF: what another page makes a logged-in browser send answers 403, reading included."""
    browser, cookie = logged_in(guarded)
    assert browser.ask("POST", "/v1/requests", {"kind": "hold"}, cookie | headers).status == 403
    assert browser.ask("GET", "/v1/events", None, cookie | headers).status == 403
    assert not_held(guarded)


def test_a_form_of_another_page_is_refused(guarded: Guarded) -> None:
    """CSRF by a plain form: only JSON is read, which no form can send."""
    browser, cookie = logged_in(guarded)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        typed = cookie | {"Content-Type": kind}
        assert browser.ask("POST", "/v1/requests", _HELD.encode(), typed).status == 415
    assert not_held(guarded)


def test_no_other_page_is_let_in_by_cors(guarded: Guarded) -> None:
    """A preflight is refused, and no answer invites other origins."""
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = guarded.stranger().ask("OPTIONS", "/v1/requests", None, asked)
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_cookie_is_kept_from_scripts_and_other_sites(guarded: Guarded) -> None:
    """It is HttpOnly and SameSite=Strict, for this room alone."""
    answer = guarded.stranger().ask("POST", "/v1/login", {"pin": guarded.pin})
    line = answer.headers["set-cookie"]
    assert line.startswith("kacenv-garden=")
    assert "; HttpOnly; SameSite=Strict" in line
    assert "Domain" not in line


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("rebound.evil.example", 421),
        ("garden.clinic.lan.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("garden.clinic.lan:8765", 200),
        ("192.168.1.20:8765", 200),
        ("[::1]:8765", 200),
        ("localhost", 200),
    ],
)
def test_dns_rebinding_meets_an_unknown_name(guarded: Guarded, host: str, status: int) -> None:
    """A name that isn't this machine's answers 421, though it leads here."""
    token = guarded.staff_token
    head = f"GET /v1/status HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
    answer = guarded.stranger().say(f"{head}Connection: close\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    "path",
    [
        "/page/../daemon.py",
        "/page/..%2f..%2fdaemon.py",
        "/page/%2e%2e/%2e%2e/etc/passwd",
        "/page//etc/passwd",
        "/page/....//....//etc/passwd",
        "/page/page.js%00.png",
        "/page/..\\..\\daemon.py",
        "/page/",
    ],
)
def test_no_path_leads_out_of_the_page(guarded: Guarded, path: str) -> None:
    """Path traversal: files are served by exactly their names."""
    answer = guarded.stranger().say(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 401 ", b"HTTP/1.1 400 "))
    assert b"import" not in answer
    assert b"root:" not in answer


def test_a_scene_by_its_path_tells_nothing_of_other_files(guarded: Guarded) -> None:
    """Path traversal by a scene's name: what isn't a scene isn't shown."""
    answer = guarded.staff().ask("POST", "/v1/start", {"scene": "/etc/passwd"})
    assert answer.status == 422
    assert b"root:" not in answer.body


def test_a_guesser_waits_longer_each_time(guarded: Guarded) -> None:
    """Token and PIN guessing: after four wrong tries the fifth isn't even looked at."""
    guesser = guarded.stranger()
    wrong = [guesser.ask("POST", "/v1/login", {"pin": f"72839{n}"}) for n in range(ONE.free)]
    assert {answer.status for answer in wrong} == {401}
    late = guesser.ask("POST", "/v1/login", {"pin": guarded.pin})
    assert late.status == 429
    assert 1 <= int(late.headers["retry-after"]) <= 6
    assert "Wait" in late.error


def test_wrong_tokens_are_guesses_too(guarded: Guarded) -> None:
    """Token guessing: made-up tokens answer 401, then 429; a right one is always let in."""
    guesser = guarded.stranger()
    guesser.token = "kacenv_" + "a" * 43
    answers = [guesser.ask("GET", "/v1/status").status for _ in range(ONE.free + 1)]
    assert answers == [401] * ONE.free + [429]
    guesser.token = guarded.staff_token
    assert guesser.ask("GET", "/v1/status").status == 200


def test_a_pin_that_logs_in_is_not_slowed_by_its_own_slips(guarded: Guarded) -> None:
    """Two wrong tries, then the right PIN: the count begins anew."""
    browser = guarded.stranger()
    for _ in range(3):
        assert browser.ask("POST", "/v1/login", {"pin": "728390"}).status == 401
        assert browser.ask("POST", "/v1/login", {"pin": guarded.pin}).status == 200


def test_a_cookie_is_worth_nothing_after_logging_out(guarded: Guarded) -> None:
    """Replay: what was overheard before is refused afterwards."""
    browser, cookie = logged_in(guarded)
    assert browser.ask("GET", "/v1/status", None, cookie).status == 200
    assert browser.ask("DELETE", "/v1/login", None, cookie).status == 200
    assert browser.ask("GET", "/v1/status", None, cookie).status == 401


def test_a_made_up_cookie_is_no_log_in(guarded: Guarded) -> None:
    """Session fixation: a cookie that the room hasn't made is nobody's, before and after."""
    browser = guarded.stranger()
    planted = {"Cookie": "kacenv-garden=planted"}
    answer = browser.ask("POST", "/v1/login", {"pin": guarded.pin}, planted)
    assert "planted" not in answer.headers["set-cookie"]
    assert browser.ask("GET", "/v1/status", None, planted).status == 401


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "HEAD", "CONNECT", "hold"])
def test_other_methods_change_nothing(guarded: Guarded, method: str) -> None:
    """Only GET, POST and DELETE are known."""
    target = "localhost:1" if method == "CONNECT" else "/v1/requests"
    answer = guarded.stranger().say(
        f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.startswith((b"HTTP/1.1 405 ", b"HTTP/1.1 400 "))


def test_no_header_makes_a_read_a_press(guarded: Guarded) -> None:
    """Method override: a GET stays one, whatever its headers or its query say."""
    staff = guarded.staff()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert staff.ask("GET", "/v1/requests?_method=POST", None, {name: "POST"}).status == 405
    assert staff.ask("GET", "/v1/requests?kind=hold").status == 405
    assert guarded.viewer().ask("GET", "/v1/requests?kind=hold").status == 403
    assert not_held(guarded)


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 16\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 16\r\nContent-Length: 15\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n",
        "Content-Length: -1\r\n",
        "Host: evil.example\r\n",
        "Authorization: Bearer other\r\n",
        "Origin: http://localhost\r\nOrigin: http://evil.example\r\n",
        "Content-Length : 16\r\n",
        "X: a\r\n folded\r\nContent-Length: 16\r\nContent-Length: 16\r\nOrigin: null\r\n",
    ],
)
def test_a_request_that_reads_in_two_ways_is_refused(guarded: Guarded, head: str) -> None:
    """Header smuggling: two lengths, hosts, tokens or origins in one request answer an error."""
    start = "POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    token = f"Authorization: Bearer {guarded.staff_token}\r\n"
    smuggled = "POST /v1/requests HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = guarded.staff().say(f"{start}{token}{head}\r\n{_HELD}{smuggled}".encode())
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ", b"HTTP/1.1 501 "))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not_held(guarded)


def test_a_length_beside_chunks_is_refused_though_both_are_right(guarded: Guarded) -> None:
    """Header smuggling: a body that ends in one place by its length, in another by its chunks."""
    body = '10\r\n{"kind": "hold"}\r\n0\r\n\r\n'
    head = head_of("POST", "/v1/requests", guarded.staff_token)
    typed = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    plain = guarded.staff().say(f"{head}{typed}Connection: close\r\n\r\n{body}".encode())
    assert plain.startswith(b"HTTP/1.1 200 ")
    guarded.staff().press("release")
    both = f"{head}{typed}Content-Length: {len(body)}\r\n\r\n{body}"
    assert guarded.staff().say(both.encode()).startswith(b"HTTP/1.1 400 ")
    assert not_held(guarded)


def test_a_proxys_word_for_an_address_counts_for_nothing(guarded: Guarded) -> None:
    """Spoofed forwarding headers neither reset a guesser's wait nor make a request another's."""
    guesser = guarded.stranger()
    for number in range(ONE.free):
        spoofed = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"}
        guesser.ask("POST", "/v1/login", {"pin": "728390"}, spoofed)
    again = guesser.ask("POST", "/v1/login", {"pin": "728390"}, {"X-Forwarded-For": "10.0.0.99"})
    assert again.status == 429


def test_an_oversized_body_is_not_read(guarded: Guarded) -> None:
    """A body too long by its own word, or by chunks, answers 413."""
    staff = guarded.staff()
    assert staff.ask("POST", "/v1/requests", b"x" * (MOST_BODY + 1)).status == 413
    head = "POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    token = f"Authorization: Bearer {guarded.staff_token}\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    answer = staff.say(f"{head}{token}".encode() + chunks * 6)
    assert answer.startswith(b"HTTP/1.1 413 ") or answer == b""


def test_an_oversized_head_is_not_read(guarded: Guarded) -> None:
    """A head of more than 16 kB answers 400."""
    head = f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 2 * MOST_HEAD}\r\n"
    assert guarded.stranger().say(head.encode())[:13] in {b"HTTP/1.1 400 ", b""}


def test_deep_json_is_an_error_in_words(guarded: Guarded) -> None:
    """A nest of brackets neither exhausts the parser nor fails without a word."""
    answer = guarded.staff().ask("POST", "/v1/requests", b"[" * 16_000)
    # How deep Python's own parser goes before it gives up differs from version to version.
    too_deep, torn = (400, "The request can't be read."), (422, "JSON decode error")
    found = answer.status, answer.error.removeprefix("16000: ")
    assert found in {too_deep, torn}


def test_slow_requests_are_cut_off(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slowloris: silence, a dripping head, a dripping body all end in time (8 s; 1.5 s here)."""
    assert max(HEAD_TIME, BODY_TIME) < 10.0
    monkeypatch.setattr("kacenv.server.http.edge.h11_protocol.HEAD_TIME", 1.5)
    monkeypatch.setattr("kacenv.server.http.edge.request.BODY_TIME", 1.5)
    begun = time.monotonic()
    with ExitStack() as stack:
        lines = [stack.enter_context(guarded.stranger().line()) for _ in range(3)]
        silent, head, body = lines
        start = head_of("POST", "/v1/requests", guarded.staff_token)
        typed = "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n"
        body.sendall(f"{start}{typed}".encode())
        head.sendall(b"GET / HTTP/1.1\r\n")
        open_lines = {silent, head, body}
        while open_lines and time.monotonic() - begun < PATIENCE:
            for line in list(open_lines):
                line.settimeout(0.1)
                if _is_over(line, b"" if line is silent else b"x"):
                    open_lines.remove(line)
    assert not open_lines


def _is_over(line: socket.socket, drip: bytes) -> bool:
    try:
        line.sendall(drip)
        while line.recv(4096):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_connections_of_one_address_are_bounded(guarded: Guarded) -> None:
    """Exhaustion: the 33rd line of an address is closed; another address is served."""
    with ExitStack() as stack:
        greedy = guarded.stranger()
        lines = [stack.enter_context(greedy.line()) for _ in range(MOST_OF_ONE + 8)]
        assert sum(is_closed(line) for line in lines[MOST_OF_ONE:]) == 8
        assert guarded.staff().ask("GET", "/v1/status").status == 200


def test_a_crowd_keeps_no_tablet_out(guarded: Guarded) -> None:
    """Exhaustion: eight addresses hold and reopen 1,000 lines; who is logged in presses on."""
    tablet, cookie = logged_in(guarded)
    crowd, held = [guarded.stranger() for _ in range(8)], deque[socket.socket](maxlen=300)
    with ExitStack() as stack:
        for number in range(1000):
            line = stack.enter_context(crowd[number % len(crowd)].line())
            if len(held) == held.maxlen:
                held[0].close()
            held.append(line)
            if number % 100 == 99:
                assert tablet.ask("GET", "/v1/status", headers=cookie).status == 200
        logged_in(guarded)  # another that isn't yet gets in


def test_a_hundred_addresses_keep_no_known_tablet_out(guarded: Guarded) -> None:
    """With one line each they take every place of strangers; who is logged in has places apart."""
    tablet, cookie = logged_in(guarded)
    assert tablet.ask("GET", "/v1/status", headers=cookie).status == 200
    with ExitStack() as stack:
        for _ in range(MOST_OF_STRANGERS + 4):
            stack.enter_context(guarded.stranger().line())
        with pytest.raises((ConnectionError, RemoteDisconnected)):
            guarded.stranger().ask("GET", "/v1/login")
        assert tablet.ask("GET", "/v1/status", headers=cookie).status == 200
    wait_until(lambda: _is_admitted(guarded.stranger()))  # the room has read all their ends


def _is_admitted(stranger: Caller) -> bool:
    try:
        return stranger.ask("GET", "/v1/login").status == 200
    except (ConnectionError, RemoteDisconnected):
        return False


def test_streams_of_one_address_are_bounded(guarded: Guarded) -> None:
    """SSE exhaustion: streams are lines, and a WebSocket is none of our protocols."""
    watcher = guarded.staff()
    head = head_of("GET", "/v1/events", guarded.staff_token)
    with ExitStack() as stack:
        lines = [stack.enter_context(watcher.line()) for _ in range(MOST_OF_ONE + 4)]
        heard = 0
        for line in lines:
            try:
                line.sendall(f"{head}\r\n".encode())
                heard += line.recv(100).startswith(b"HTTP/1.1 200")
            except ConnectionError:
                continue
        assert heard == MOST_OF_ONE
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n"
    plain = guarded.staff().say(f"{head.replace('events', 'status')}{upgrade}\r\n".encode())
    assert not plain.startswith(b"HTTP/1.1 101")


def test_a_flood_is_refused_and_others_are_served(guarded: Guarded) -> None:
    """More requests than hands could make answer 429; another address isn't slowed."""
    with guarded.staff().line() as line:
        head = b"GET /v1/login HTTP/1.1\r\nHost: localhost\r\n\r\n"
        line.sendall(head * 10 * REQUESTS_AT_ONCE)
        answers = b""
        while b"HTTP/1.1 429 " not in answers:
            answer = line.recv(65536)
            assert answer, "the line was closed"
            answers += answer
        assert answers.count(b"HTTP/1.1 200 ") >= REQUESTS_AT_ONCE
    assert guarded.staff().ask("GET", "/v1/status").status == 200


def test_nothing_is_injected_into_the_log(
    guarded: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    """Log injection: what a stranger writes appears in no line, secrets neither."""
    with caplog.at_level(logging.DEBUG):
        guesser = guarded.stranger()
        guesser.ask("POST", "/v1/login", {"pin": "999\nroot logged in"})
        guesser.ask("GET", "/v1/status?x=%0a%0droot", None, {"User-Agent": "evil log"})
        guesser.token = "kacenv_overheard"  # noqa: S105 - made up
        guesser.ask("GET", "/v1/status")
        logged_in(guarded)
        guarded.staff().ask("GET", "/v1/status")
    text = caplog.text
    assert "a wrong PIN came from 127." in text
    for secret in ("root", "evil", "overheard", guarded.pin, guarded.staff_token):
        assert secret not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/page/page.js", 200),
        ("GET", "/v1/login", 200),
        ("GET", "/v1/status", 401),
        ("GET", "/page/nothing.js", 404),
        ("PATCH", "/", 405),
        ("POST", "/v1/login", 422),
    ],
)
def test_every_answer_carries_the_careful_headers(
    guarded: Guarded, method: str, path: str, status: int
) -> None:
    """CSP, nosniff, no-referrer, no frames, no store: on pages and errors, all of one shape."""
    answer = guarded.stranger().ask(method, path, {} if method == "POST" else None)
    assert answer.status == status
    assert status < 400 or answer.body == b'{"error":"%b"}' % answer.error.encode()
    assert {name.lower() for name in ALWAYS} <= set(answer.headers)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    garbage = guarded.stranger().say(b"\x00\x01\r\n\r\n")
    assert b"x-content-type-options: nosniff" in garbage.lower()
    assert garbage.endswith(b'{"error":"That is no request."}')


def test_a_device_that_is_removed_is_out_at_once(guarded: Guarded) -> None:
    """A token, and a stream that is open, end when the device is removed."""
    store = CredentialStore(key_file())
    lost = Caller(guarded.port, store.add_token("lost tablet", DeviceRole.STAFF))
    with lost.line() as line:
        line.sendall(f"{head_of('GET', '/v1/events', lost.token)}\r\n".encode())
        while b"event: status" not in line.recv(65536):
            pass
        store.remove("lost tablet")
        line.settimeout(5.0)
        while b"0\r\n\r\n" not in line.recv(65536):
            pass
    assert lost.ask("GET", "/v1/status").status == 401
