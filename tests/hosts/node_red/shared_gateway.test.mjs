// Starting, restarting and stopping of the gateway on this machine, with processes and time stood in for.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const library = path.join(process.env.PACKAGE, "lib");
const { SharedGateway } = require(path.join(library, "shared_gateway.js"));
const { gatewayCommand, gatewayEnvironment } = require(path.join(library, "gateway_command.js"));
const soon = () => new Promise(setImmediate);

function stage(command = () => ["im-cloud"]) {
    const made = { children: [], pauses: [], warnings: [], time: 0 };
    const start = (program, words, options) => {
        const child = new EventEmitter();
        Object.assign(child, { program, words, options, stdout: new PassThrough(), stderr: new PassThrough(), signals: [] });
        child.kill = (signal) => child.signals.push(signal);
        child.announce = (port) => child.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, key: "k" })}\n`);
        made.children.push(child);
        return child;
    };
    const wait = (milliseconds, then) => {
        const pause = { milliseconds, then, cancelled: false };
        made.pauses.push(pause);
        return { cancel: () => (pause.cancelled = true) };
    };
    const log = { debug() {}, warn: (text) => made.warnings.push(text) };
    made.gateway = new SharedGateway({
        command, environment: {}, log, start, wait, now: () => made.time,
    });
    made.due = () => made.pauses.filter((pause) => !pause.cancelled && !pause.done);
    made.pass = () => made.due().forEach((pause) => ((pause.done = true), pause.then()));
    return made;
}

test("the first holder starts it, and everybody gets the same address", async () => {
    const { gateway, children } = stage();
    gateway.acquire();
    gateway.acquire();
    children[0].announce(1);
    assert.deepEqual(await gateway.address(), { url: "http://127.0.0.1:1", key: "k" });
    assert.equal(children.length, 1);
    assert.deepEqual(children[0].words, ["serve", "--port", "0", "--json", "--until-stdin-closes"]);
    assert.equal(children[0].options.stdio[0], "pipe");
});

test("the last holder's end asks it to stop and waits until it has", async () => {
    const { gateway, children } = stage();
    gateway.acquire();
    gateway.acquire();
    children[0].announce(1);
    await gateway.address();
    await gateway.release();
    assert.deepEqual(children[0].signals, []);
    let ended = false;
    const leaving = gateway.release().then(() => (ended = true));
    await soon();
    assert.deepEqual(children[0].signals, ["SIGTERM"]);
    assert.equal(ended, false);
    children[0].emit("close", 0, null);
    await leaving;
    assert.equal(ended, true);
});

test("one that still works on a write when it is left is not waited for", async () => {
    const made = stage();
    made.gateway.acquire();
    made.children[0].announce(1);
    await made.gateway.address();
    const leaving = made.gateway.release();
    assert.deepEqual(made.due().map((pause) => pause.milliseconds), [2000]);
    made.pass();
    await leaving;
    assert.deepEqual(made.children[0].signals, ["SIGTERM"]);
    made.children[0].emit("close", 0, null);
    await soon();
    assert.deepEqual(made.due(), []);
    assert.deepEqual(made.warnings, []);
});

test("when it dies it is started again, later each time, and calls wait for the next start", async () => {
    const made = stage();
    made.gateway.acquire();
    made.children[0].announce(1);
    await made.gateway.address();
    made.children[0].emit("close", 1, null);
    const next = made.gateway.address();
    assert.deepEqual(made.due().map((pause) => pause.milliseconds), [1000]);
    made.pass();
    made.children[1].announce(2);
    assert.equal((await next).url, "http://127.0.0.1:2");
    await soon();
    made.children[1].emit("close", null, "SIGKILL");
    assert.deepEqual(made.due().map((pause) => pause.milliseconds), [2000]);
    assert.match(made.warnings.at(-1), /ended by SIGKILL/);
    made.pass();
    made.children[2].announce(3);
    await made.gateway.address();
    made.time += 61_000;
    made.children[2].emit("close", 1, null);
    assert.deepEqual(made.due().map((pause) => pause.milliseconds), [1000]);
});

test("a command that is not there is named, and tried again", async () => {
    const made = stage();
    made.gateway.acquire();
    made.children[0].emit("error", Object.assign(new Error("no"), { code: "ENOENT" }));
    await assert.rejects(made.gateway.address(), (error) => {
        assert.equal(error.code, "gateway_not_started");
        assert.match(error.details.hint, /IM_CLOUD_COMMAND/);
        return true;
    });
    made.pass();
    made.children[1].announce(2);
    assert.equal((await made.gateway.address()).url, "http://127.0.0.1:2");
});

test("what it said last is in the error when it ends at once", async () => {
    const { gateway, children } = stage();
    gateway.acquire();
    children[0].stderr.write("The state was written by a newer version.\n");
    await soon();
    children[0].emit("close", 3, null);
    await assert.rejects(gateway.address(), /newer version/);
});

test("what it said about requests that went well does not explain its end", async () => {
    const { gateway, children } = stage();
    gateway.acquire();
    children[0].stderr.write("2026-11-02 09:30:00,123 INFO ingram_micro_cloud.access GET /health 200 correlation_id=-\n");
    await soon();
    children[0].emit("close", null, "SIGKILL");
    await assert.rejects(gateway.address(), (error) => {
        assert.match(error.details.message, /SIGKILL\.$/);
        return true;
    });
});

test("a command that is none is told to every call, and nothing is started", async () => {
    const made = stage(() => gatewayCommand({ imCloudCommand: [] }, {}));
    made.gateway.acquire();
    await assert.rejects(made.gateway.address(), { code: "gateway_not_started" });
    assert.deepEqual([made.children, made.due()], [[], []]);
    await made.gateway.release();
});

test("one that never announces itself is given up", async () => {
    const made = stage();
    made.gateway.acquire();
    made.children[0].stdout.write("warming up\n{not json}\n");
    await soon();
    made.pass();
    assert.deepEqual(made.children[0].signals, ["SIGTERM"]);
});

test("released while it waits to start again, it is not started", async () => {
    const made = stage();
    made.gateway.acquire();
    made.children[0].emit("close", 1, null);
    await made.gateway.release();
    made.pass();
    assert.equal(made.children.length, 1);
});

test("a holder that comes while the old one still ends gets a new one, and keeps it", async () => {
    const made = stage();
    made.gateway.acquire();
    made.children[0].announce(1);
    await made.gateway.address();
    const leaving = made.gateway.release();
    made.gateway.acquire();
    made.children[1].announce(2);
    made.children[0].emit("close", 0, null);
    await leaving;
    assert.equal((await made.gateway.address()).url, "http://127.0.0.1:2");
    assert.deepEqual(made.due(), []);
    assert.equal(made.children.length, 2);
});

test("holders are told when it goes and when it is back", async () => {
    const made = stage();
    const told = [];
    made.gateway.watch((up) => told.push(up));
    made.gateway.acquire();
    made.children[0].announce(1);
    await made.gateway.address();
    made.children[0].emit("close", 1, null);
    made.pass();
    made.children[1].announce(2);
    await made.gateway.address();
    assert.deepEqual(told, [true, false, true]);
});

test("the command comes from the environment, the settings, or is im-cloud", () => {
    assert.deepEqual(gatewayCommand({}, {}), ["im-cloud"]);
    assert.deepEqual(gatewayCommand({ imCloudCommand: ["a b", "c"] }, {}), ["a b", "c"]);
    assert.deepEqual(gatewayCommand({ imCloudCommand: "x" }, { IM_CLOUD_COMMAND: "run it" }), ["run", "it"]);
    assert.deepEqual(gatewayCommand({ imCloudCommand: process.execPath }, {}), [process.execPath]);
    assert.deepEqual(gatewayCommand({ imCloudCommand: "x" }, { IM_CLOUD_COMMAND: " " }), ["x"]);
    assert.deepEqual(gatewayCommand({ imCloudCommand: "" }, {}), ["im-cloud"]);
});

test("quoted words of a command stay whole", () => {
    const words = (text) => gatewayCommand({}, { IM_CLOUD_COMMAND: text });
    assert.deepEqual(words(`"/a b/im-cloud" --x 'c d' e`), ["/a b/im-cloud", "--x", "c d", "e"]);
    assert.deepEqual(words(`'it'"'"'s' ""`), ["it's", ""]);
    assert.throws(() => words(`"/a b/im-cloud`), { code: "gateway_not_started" });
});

for (const given of [[], [1], [" "], 5, true, {}]) {
    test(`imCloudCommand ${JSON.stringify(given)} is no command`, () => {
        assert.throws(() => gatewayCommand({ imCloudCommand: given }, {}), (error) => {
            assert.match(error.details.message, /imCloudCommand/);
            assert.ok(error.details.hint);
            return true;
        });
    });
}

test("the state is kept below the user folder unless another place is named", () => {
    assert.equal(gatewayEnvironment({ userDir: "/u" }, {}).IM_CLOUD_HOME, path.join("/u", "im-cloud"));
    assert.equal(gatewayEnvironment({ userDir: "/u" }, { IM_CLOUD_HOME: "/h" }).IM_CLOUD_HOME, "/h");
});
