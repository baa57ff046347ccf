// One call to a gateway: what is believed, and what is said to have been sent. TLS_KEY and TLS_CERTIFICATE are files;
// NODE_EXTRA_CA_CERTS names the certificate too.

import assert from "node:assert/strict";
import { readFileSync, writeSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { test } from "node:test";
import tls from "node:tls";

const require = createRequire(import.meta.url);
const { callGateway } = require(path.join(process.env.PACKAGE, "lib", "gateway_call.js"));
const tlsFiles = () => ({
    key: readFileSync(process.env.TLS_KEY),
    cert: readFileSync(process.env.TLS_CERTIFICATE),
});

async function serving(server, use) {
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const open = new Set();
    server.on("connection", (socket) => open.add(socket));
    try {
        return await use(server.address().port);
    } finally {
        open.forEach((socket) => socket.destroy());
        await new Promise((resolve) => server.close(resolve));
    }
}
const asked = (url, call = {}) =>
    callGateway({ url, key: "k" }, { method: "POST", path: "/actions/any", body: { a: {} }, ...call }).catch((error) => error);

// Record type 23 (application data) that no key fits, and plain text where TLS is spoken.
const garbage = {
    "a record that was tampered with": Buffer.concat([Buffer.from([0x17, 3, 3, 0, 40]), Buffer.alloc(40, 7)]),
    "plain text": Buffer.from("HTTP/1.1 502 Bad Gateway\r\n\r\n"),
};
for (const [name, bytes] of Object.entries(garbage)) {
    test(`${name} after a write was sent over TLS: nobody knows what came of it`, async () => {
        let received = "";
        const server = net.createServer((raw) => {
            const socket = new tls.TLSSocket(raw, { isServer: true, ...tlsFiles() });
            raw.on("error", () => {});
            socket.on("error", () => {});
            socket.on("data", (part) => {
                received += part;
                if (received.endsWith("}")) {
                    writeSync(raw._handle.fd, bytes);
                }
            });
        });
        const error = await serving(server, (port) => asked(`https://127.0.0.1:${port}`));
        assert.match(received, /^POST \/actions\/any/);
        assert.equal(error.code, "outcome_unknown");
        assert.equal(error.details.retry, "after_check");
    });
}

test("a certificate that is not for this host: nothing was sent, and that is true", async () => {
    let received = "";
    const server = https.createServer(tlsFiles(), (request) => (received += request.url));
    server.on("tlsClientError", () => {});
    const error = await serving(server, (port) => asked(`https://localhost:${port}`));
    assert.equal(error.code, "gateway_unreachable");
    assert.match(error.toString(), /Nothing was sent/);
    assert.equal(received, "");
});

test("over TLS with the right certificate it is answered", async () => {
    const server = https.createServer(tlsFiles(), (request, response) => response.end('{"item": 1}'));
    const answer = await serving(server, (port) => asked(`https://127.0.0.1:${port}`));
    assert.deepEqual(answer.value, { item: 1 });
});

test("a server that hangs up before it speaks TLS was sent nothing", async () => {
    const server = net.createServer((socket) => socket.destroy());
    const error = await serving(server, (port) => asked(`https://127.0.0.1:${port}`));
    assert.equal(error.code, "gateway_unreachable");
});

const ours = { code: "conflict", message: "No.", hint: null, retry: "no", fields: [] };
const answers = [
    ["a refusal of the gateway's", 409, { error: ours }, "conflict", "conflict"],
    ["another's JSON error", 502, { error: { message: "upstream" } }, "outcome_unknown", "unreadable_answer"],
    ["an error that is a text", 500, { error: "upstream" }, "outcome_unknown", "unreadable_answer"],
    ["an error with another's retry", 503, { error: { ...ours, retry: true } }, "outcome_unknown", "unreadable_answer"],
    ["an error with a number as code", 503, { error: { ...ours, code: 17 } }, "outcome_unknown", "unreadable_answer"],
    ["a success that says nothing", 200, {}, "outcome_unknown", "unreadable_answer"],
    ["a success that is a list", 200, [], "outcome_unknown", "unreadable_answer"],
    ["a success with rows that are none", 200, { items: null }, "outcome_unknown", "unreadable_answer"],
    ["a success that is a page", 200, "<html>", "outcome_unknown", "unreadable_answer"],
    ["a refusal with the status of a success", 200, { error: ours }, "outcome_unknown", "unreadable_answer"],
    ["an empty answer", 204, "", "outcome_unknown", "unreadable_answer"],
    ["a proxy that lost patience", 408, "", "outcome_unknown", "unreadable_answer"],
    ["a proxy whose client went", 499, "", "outcome_unknown", "unreadable_answer"],
    ["a proxy's refusal", 403, "", "outcome_unknown", "gateway_refused"],
    ["another server", 404, "not here", "outcome_unknown", "gateway_refused"],
    ["a redirect", 302, "", "outcome_unknown", "gateway_refused"],
];
for (const [name, status, said, writing, reading] of answers) {
    test(`${name} (${status}): ${writing} for a write, ${reading} for a read`, async () => {
        const text = typeof said === "string" ? said : JSON.stringify(said);
        const server = http.createServer((request, response) => response.writeHead(status).end(text));
        const codes = await serving(server, async (port) => {
            const both = [];
            for (const reads of [false, true]) {
                both.push(await asked(`http://127.0.0.1:${port}`, { reads }));
            }
            return both;
        });
        assert.deepEqual(codes.map((error) => error.code), [writing, reading]);
        assert.ok(codes.every(({ details }) => ["yes", "no", "after_check"].includes(details.retry) && details.message));
    });
}
