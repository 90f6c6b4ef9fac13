"""The whole story told by a client that is not ours: Python's websockets and urllib, in JSON."""

import asyncio
import tempfile
import unittest

import websockets

from tests.integration import own_server
from tests.integration.foreign_person import ForeignPerson
from tools.testing import report

_PATIENCE_S = 30


class ForeignClientTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = own_server.OwnServer(folder.name, "foreign_client_server.log")
        self.addCleanup(self.server.stop)

    def _people(self):
        alice = ForeignPerson(self.server.address, "alice")
        bob = ForeignPerson(self.server.address, "bob")
        for person in (alice, bob):
            person.logs_in()
        return alice, bob

    async def _befriend(self, alice, bob):
        alice.call("POST", "/v1/contacts", 201, {"username": bob.name})
        await self._both_hear_of_each_other("requested", alice, bob)
        bob.call("POST", f"/v1/contacts/{alice.user_id}/accept", 200)
        await self._both_hear_of_each_other("accepted", alice, bob)

    async def _both_hear_of_each_other(self, event, alice, bob):
        for person, other in ((alice, bob), (bob, alice)):
            contact = await person.hears("contact")
            self.assertEqual((contact["event"], contact["user"]["username"]), (event, other.name))

    async def _open_conversation(self, alice, bob):
        answer = alice.call("POST", "/v1/conversations", 201,
                            {"kind": "direct", "user_id": bob.user_id})
        conversation_id = answer["conversation"]["conversation_id"]
        for person in (alice, bob):
            gained = await person.hears("conversation")
            self.assertEqual(gained["event"], "gained")
            self.assertEqual(gained["conversation"]["conversation_id"], conversation_id)
        return conversation_id

    def test_tells_the_whole_story(self):
        asyncio.run(self._story())

    async def _story(self):
        alice, bob = self._people()
        welcome = await alice.connects()
        self.assertEqual(welcome["user_id"], alice.user_id)
        await bob.connects()
        await self._befriend(alice, bob)
        conversation_id = await self._open_conversation(alice, bob)

        await self._exchange(alice, bob, conversation_id)
        await self._sync(bob, conversation_id)
        await self._presence(alice, bob)

        bob.call("POST", "/v1/auth/logout", 204)
        await bob.is_closed_with(4002)
        bob.call("GET", "/v1/users/me", 401)
        seen = (await alice.hears("presence"))["users"]
        self.assertEqual([(user["user_id"], user["online"]) for user in seen],
                         [(bob.user_id, False)])
        await alice.socket.close()
        self.assertEqual(self.server.stop(), 0)

    async def _exchange(self, alice, bob, conversation_id):
        send = {"conversation_id": conversation_id, "client_msg_id": "first", "text": "hi"}
        await alice.says(ref=1, send=send)
        ack = await alice.hears("ack")
        self.assertEqual((ack["seq"], ack["client_msg_id"]), ("1", "first"))
        message = await bob.hears("message")
        self.assertEqual((message["text"], message["seq"]), ("hi", "1"))
        self.assertEqual(message["message_id"], ack["message_id"])

        await alice.says(ref=2, send=send)
        self.assertEqual(await alice.hears("ack"), ack)
        await alice.says(ref=3, send=send | {"text": "something else"})
        self.assertEqual((await alice.hears("error"))["code"], "client_msg_id_reused")

        await bob.says(send=send | {"text": "hello \N{WAVING HAND SIGN}"})
        self.assertEqual((await bob.hears("ack"))["seq"], "2")
        self.assertEqual((await alice.hears("message"))["text"], "hello \N{WAVING HAND SIGN}")
        page = alice.call("GET", f"/v1/conversations/{conversation_id}/messages", 200)
        self.assertEqual([entry["seq"] for entry in page["messages"]], ["1", "2"])

    async def _sync(self, bob, conversation_id):
        await bob.socket.close()
        await bob.connects()
        # Numbers are taken as well as decimal strings.
        cursor = {"conversation_id": int(conversation_id), "after_seq": 0}
        await bob.says(ref=4, sync={"cursors": [cursor]})
        self.assertEqual((await bob.hears("message"))["seq"], "1")
        self.assertEqual((await bob.hears("message"))["seq"], "2")
        done = (await bob.hears("sync_done"))["conversations"]
        self.assertEqual([(item["next_after_seq"], item["more"]) for item in done], [("2", False)])
        await bob.says(heartbeat={})
        await bob.hears("heartbeat_ack")

    async def _presence(self, alice, bob):
        await alice.says(ref=5, watch_presence={"user_ids": [bob.user_id]})
        snapshot = (await alice.hears("presence"))["users"]
        self.assertEqual([(user["user_id"], user["online"]) for user in snapshot],
                         [(bob.user_id, True)])

    def test_refused_upgrades_say_why_in_http(self):
        asyncio.run(self._refused_upgrades())

    async def _refused_upgrades(self):
        alice, _ = self._people()
        url = f"ws://{self.server.address}/v1/ws"
        ticket = alice.call("POST", "/v1/auth/otp", 201)["otp"]
        for target, offers, status in ((f"{url}?otp=invented", ["chat.v1.json"], 401),
                                       (url, ["chat.v1.json"], 401),
                                       (f"{url}?otp={ticket}", ["graphql-ws"], 400),
                                       (f"{url}?otp={ticket}", None, 400)):
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await websockets.connect(target, subprotocols=offers, open_timeout=_PATIENCE_S)
            self.assertEqual(refused.exception.status_code, status, target)

    def test_server_answers_pings_and_says_why_it_closes(self):
        asyncio.run(self._pings_and_closes())

    async def _pings_and_closes(self):
        alice, _ = self._people()
        await alice.connects()
        pong = await alice.socket.ping(b"are you there?")
        await asyncio.wait_for(pong, _PATIENCE_S)
        await alice.socket.send(b"binary on the JSON subprotocol")
        await alice.is_closed_with(1003)


if __name__ == "__main__":
    report.main()
