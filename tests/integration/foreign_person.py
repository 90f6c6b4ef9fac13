"""Somebody who chats with a client that is not ours: Python's websockets and urllib, in JSON."""

import asyncio
import contextlib
import json
import urllib.error
import urllib.request

import websockets

_PATIENCE_S = 30
_PASSWORD = "correct horse battery staple"


class ForeignPerson:
    """Somebody with an account, and at times a connection."""

    def __init__(self, address, name):
        self._address = address
        self.name = name
        self.access_token = None
        self.socket = None
        answer = self.call("POST", "/v1/auth/register", 201, {
            "username": name, "email": f"{name}@example.org", "password": _PASSWORD})
        self.user_id = answer["user"]["user_id"]

    def call(self, method, path, status, body=None):
        """One HTTP call that has to be answered with `status`; the answer's JSON."""
        request = urllib.request.Request(
            f"http://{self._address}{path}", method=method,
            data=None if body is None else json.dumps(body).encode())
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.access_token:
            request.add_header("Authorization", f"Bearer {self.access_token}")
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S) as response:
                got, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                got, text = error.code, error.read()
        assert got == status, f"{method} {path}: {got} {text}"
        return json.loads(text) if text else None

    def logs_in(self):
        answer = self.call("POST", "/v1/auth/login", 200, {
            "username": self.name, "password": _PASSWORD, "device_name": "a foreign client"})
        self.access_token = answer["access_token"]

    async def connects(self):
        ticket = self.call("POST", "/v1/auth/otp", 201)["otp"]
        self.socket = await websockets.connect(
            f"ws://{self._address}/v1/ws?otp={ticket}", subprotocols=["chat.v1.json"],
            open_timeout=_PATIENCE_S, max_size=2 ** 21)
        return await self.hears("welcome")

    async def says(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def hears(self, kind):
        """The next frame, which has to be of this kind."""
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), _PATIENCE_S))
        assert kind in frame, f"{self.name} waits for {kind}, but hears {frame}"
        return frame[kind]

    async def hears_at_last(self, kind):
        """The next frame of this kind, whatever comes before it."""
        while True:
            frame = json.loads(await asyncio.wait_for(self.socket.recv(), _PATIENCE_S))
            if kind in frame:
                return frame[kind]

    async def is_closed_with(self, code):
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.wait_for(self.socket.recv(), _PATIENCE_S)
        assert self.socket.close_code == code, f"{self.name}: {self.socket.close_code}"
