// The package's nodes against a fake gateway on this machine. PACKAGE is the unpacked npm package.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fakeRed } from "./fake_red.mjs";
import { fakeGateway, KEY } from "./fake_serve.mjs";

const require = createRequire(import.meta.url);
const unpacked = process.env.PACKAGE;
const palette = require(path.join(unpacked, "palette.json"));
const start = require(path.join(unpacked, "im-cloud.js"));
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "node-red-package-"));
const log = path.join(folder, "log");
const CANARY = "right password";

process.env.FAKE_LOG = log;
const command = `"${process.execPath}" "${path.join(here, "fake_serve.mjs")}"`;
process.env.IM_CLOUD_COMMAND = command;
delete process.env.IM_CLOUD_HOME;
after(() => rmSync(folder, { recursive: true }));

let host;
let open;
beforeEach(() => {
    rmSync(log, { force: true });
    host = fakeRed({ userDir: folder });
    start(host.RED);
    open = [];
});
afterEach(async () => {
    for (const node of open.reverse()) {
        await host.close(node);
    }
});

function deployed(type, config) {
    const node = host.deploy(type, config);
    open.push(node);
    return node;
}
function configuration(changes = {}) {
    const values = { api_url: "https://a.example", username: "a.api", marketplace: "us" };
    const filled = { id: "c1", name: "main", place: "local", values };
    const secrets = { password: CANARY, subscription_key: "12345678" };
    return deployed(palette.configuration, { ...filled, credentials: secrets, ...changes });
}
function action(id, config = {}) {
    const { type } = palette.actions.find((each) => each.id === id);
    return deployed(type, { id: `n-${id}`, configuration: "c1", given: {}, ...config });
}
function entries() {
    return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").map((line) => JSON.parse(line)) : [];
}
function calls(prefix = "/actions/") {
    return entries().filter((entry) => entry.path && entry.path.startsWith(prefix));
}
const text = (value) => ({ type: "str", value });

describe("registering", () => {
    test("every action of the palette, and the configuration with its secrets as password credentials", () => {
        assert.deepEqual(
            [...host.types.keys()].sort(),
            [palette.configuration, ...palette.actions.map((each) => each.type)].sort(),
        );
        const { credentials } = host.types.get(palette.configuration).options;
        const secrets = ["gateway_key", ...palette.form.secrets];
        assert.deepEqual(Object.keys(credentials).sort(), [...secrets, ...secrets.map((each) => `${each}_for`)].sort());
        assert.ok(Object.values(credentials).every(({ type }) => type === "password"));
    });

    test("the editor's routes ask for the permission to change flows", () => {
        assert.ok(host.routes.size >= 2);
        for (const { guard } of host.routes.values()) {
            assert.equal(guard.permission, "flows.write");
        }
    });
});

describe("a call", () => {
    test("hands on the inputs and answers the list and what is known about it", async () => {
        configuration();
        const node = action("list_customers", {
            given: { name: text("Ald"), limit: { type: "num", value: "5" }, email: { type: "msg", value: "who.mail" } },
            organization: text("org-7"),
            deadline: "30",
        });
        const { sent, error } = await host.send(node, { _msgid: "abc.1", who: { mail: "a@b.example" } });
        assert.equal(error, undefined);
        assert.deepEqual(sent.payload.map((row) => row.id), ["1", "2"]);
        assert.deepEqual(sent.im_cloud, {
            action: "list_customers", organization: "org-7", total: 2, complete: true, calls: 3,
            request_ids: ["vendor-1"], warnings: [], correlation_id: "abc.1",
        });
        const [call] = calls();
        assert.deepEqual(call.body, { name: "Ald", limit: 5, email: "a@b.example" });
        assert.deepEqual(call.query, { configuration: "node-red-c1", organization: "org-7", deadline_seconds: "30" });
        assert.equal(call.authorization, `Bearer ${KEY}`);
        assert.ok(!call.url.includes(KEY));
        assert.deepEqual(node.statuses.at(-1), { fill: "green", shape: "dot", text: "2 rows · 3 calls" });
        assert.ok(node.statuses.some((status) => status.text === "running"));
    });

    test("a correlation id of the flow's own wins over Node-RED's", async () => {
        configuration();
        const { sent } = await host.send(action("list_customers"), { _msgid: "abc", correlation_id: "mine-1" });
        assert.equal(sent.im_cloud.correlation_id, "mine-1");
        const odd = await host.send(host.RED.nodes.getNode("n-list_customers"), { _msgid: "abc", correlation_id: "a\nb" });
        assert.equal(odd.sent.im_cloud.correlation_id, "abc");
    });

    const payloads = [
        ["is left alone by default", {}, { customerId: "9" }, { id: "1" }],
        ["fills what the dialog leaves empty", { from_payload: true }, { id: "9", name: "x" }, { id: "1", name: "x" }],
        ["is left alone when it is a list", { from_payload: true }, [1, 2], { id: "1" }],
    ];
    for (const [name, config, payload, expected] of payloads) {
        test(`msg.payload ${name}`, async () => {
            configuration();
            await host.send(action("get_subscription", { given: { id: text("1") }, ...config }), { payload });
            assert.deepEqual(calls()[0].body, expected);
        });
    }

    test("a dry run says so and shows the request", async () => {
        configuration();
        const node = action("preview_order", { dry_run: true });
        const { sent } = await host.send(node, {});
        assert.equal(calls()[0].query.dry_run, "true");
        assert.deepEqual(sent.im_cloud.request, { method: "POST" });
        assert.match(node.statuses.at(-1).text, /^dry run/);
    });

    const typed = [
        ["a switch", "preview", { type: "bool", value: "false" }, false],
        ["a number", "seats", { type: "num", value: "0" }, 0],
        ["a choice", "when", { type: "choice", value: "now" }, "now"],
        ["a list", "seats", { type: "json", value: "[1]" }, [1]],
        ["nothing", "seats", { type: "num", value: "" }, undefined],
        ["an unset variable", "mpn", { type: "env", value: "NO_SUCH_VARIABLE" }, undefined],
    ];
    for (const [name, input, field, expected] of typed) {
        test(`${name} arrives as ${JSON.stringify(expected)}`, async () => {
            configuration();
            await host.send(action("set_subscription_seats", { given: { [input]: field } }), {});
            assert.deepEqual(calls()[0].body[input], expected);
        });
    }
});

describe("an error", () => {
    test("reaches a catch node whole: as the error and beside the message", async () => {
        configuration();
        const node = action("get_customer", { given: { id: text("77") } });
        const { sent, error, msg } = await host.send(node, { payload: "kept" });
        assert.equal(sent, null);
        assert.equal(error.code, "not_found");
        assert.equal(error.toString(), "It went wrong. Do this next.");
        assert.deepEqual(error.cause, msg.im_cloud_error);
        assert.equal(msg.im_cloud_error.correlation_id, "vendor-9");
        assert.equal(msg.im_cloud_error.status_code, 404);
        assert.equal(msg.payload, "kept");
        assert.ok(!Object.hasOwn(error, "stack"));
        assert.deepEqual(node.statuses.at(-1), { fill: "red", shape: "ring", text: "not_found" });
    });

    test("is forgotten when the message is sent again and it works", async () => {
        configuration();
        const { msg } = await host.send(action("get_customer"), {});
        assert.ok(msg.im_cloud_error);
        const again = await host.send(action("list_customers"), msg);
        assert.equal(again.sent.im_cloud_error, undefined);
    });

    test("carries how long to wait", async () => {
        configuration();
        const { msg } = await host.send(action("create_order"), {});
        assert.equal(msg.im_cloud_error.retry_after, 7);
    });

    const lost = [
        ["a broken connection while reading", "list_products", {}, "gateway_lost", "yes"],
        ["a broken connection while writing", "update_customer", {}, "outcome_unknown", "after_check"],
        ["a broken connection in a dry run", "update_customer", { dry_run: true }, "gateway_lost", "yes"],
        ["a proxy's page while reading", "list_reports", {}, "unreadable_answer", "yes"],
        ["a proxy's page while writing", "update_order", {}, "outcome_unknown", "after_check"],
        ["somebody else's server", "list_orders", {}, "gateway_refused", "no"],
    ];
    for (const [name, id, config, code, retry] of lost) {
        test(`${name}: ${code}, retry ${retry}, and nothing is sent twice`, async () => {
            configuration();
            const { msg } = await host.send(action(id, config), {});
            assert.equal(msg.im_cloud_error.code, code);
            assert.equal(msg.im_cloud_error.retry, retry);
            assert.equal(calls().length, 1);
        });
    }

    test("is not made of a read that the end of the flow broke off", async () => {
        configuration();
        const node = action("get_order");
        const asked = host.send(node, {});
        while (calls().length === 0) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        open = open.filter((each) => each !== node);
        await host.close(node);
        const { sent, error } = await asked;
        assert.equal(sent, null);
        assert.equal(error, undefined);
    });

    const deciding = [
        ["organization", "list_customers"],
        ["purchase_key", "create_order"],
    ];
    for (const [name, id] of deciding) {
        test(`a ${name} that is to come from the message and is not there stops the call`, async () => {
            configuration();
            const node = action(id, { [name]: { type: "msg", value: "nowhere" } });
            const { msg } = await host.send(node, {});
            assert.equal(msg.im_cloud_error.code, "invalid_input");
            assert.equal(msg.im_cloud_error.fields[0].pointer, `/${name}`);
            assert.equal(calls().length, 0);
            const { sent } = await host.send(node, { nowhere: 7 });
            assert.equal(id === "list_customers" ? sent.im_cloud.organization : calls()[0].query.purchase_key, "7");
        });
    }

    const odd = [
        ["an object", { type: "msg", value: "key" }, { a: 1 }],
        ["a list", { type: "msg", value: "key" }, ["org-7"]],
        ["no", { type: "msg", value: "key" }, false],
        ["no number", { type: "msg", value: "key" }, NaN],
        ["no as the dialog's", { type: "bool", value: "false" }, null],
        ["blanks", text(" "), null],
        ["blanks for a number", { type: "num", value: " " }, null],
        ["a plain text", "org-7", null],
        ["another shape", { value: "org-7" }, null],
        ["nothing in another shape", {}, null],
    ];
    for (const [name, id] of deciding) {
        for (const [what, field, key] of odd) {
            test(`a ${name} that is ${what} stops the call`, async () => {
                configuration();
                const { msg } = await host.send(action(id, { [name]: field }), { key });
                assert.equal(msg.im_cloud_error.code, "invalid_input");
                assert.equal(msg.im_cloud_error.fields[0].pointer, `/${name}`);
                assert.equal(calls().length, 0);
            });
        }
        for (const field of [undefined, null, "", text("")]) {
            test(`a ${name} that is ${JSON.stringify(field)} is none`, async () => {
                configuration();
                await host.send(action(id, { [name]: field }), {});
                assert.equal(calls()[0].query[name], undefined);
            });
        }
    }

    const circle = {};
    circle.itself = circle;
    const unsendable = [
        ["a circle", circle],
        ["a big integer", 10n],
        ["a function", () => 1],
        ["a function inside", { deep: [Symbol("x")] }],
        ["no number", Infinity],
    ];
    for (const [what, value] of unsendable) {
        test(`an input that holds ${what} is named, and nothing is sent`, async () => {
            configuration();
            const given = { address: { type: "msg", value: "odd" } };
            const { msg } = await host.send(action("create_customer", { given }), { odd: value });
            assert.equal(msg.im_cloud_error.code, "invalid_input");
            assert.equal(msg.im_cloud_error.fields[0].pointer, "/address");
            assert.equal(calls().length, 0);
            const payload = { address: value };
            const again = await host.send(action("create_customer", { id: "n2", from_payload: true }), { payload });
            assert.equal(again.msg.im_cloud_error.code, "invalid_input");
        });
    }

    test("an input in another shape than the dialog's does not count as left out", async () => {
        configuration();
        const { msg } = await host.send(action("list_customers", { given: { name: "Alder" } }), {});
        assert.equal(msg.im_cloud_error.fields[0].pointer, "/name");
        assert.equal(calls().length, 0);
    });

    const broken = [
        ["no JSON", { type: "json", value: "[1" }],
        ["an expression that fails", { type: "jsonata", value: "$$(" }],
    ];
    for (const [name, field] of broken) {
        test(`a field with ${name} is named`, async () => {
            configuration();
            const { msg } = await host.send(action("list_customers", { given: { name: field } }), {});
            assert.equal(msg.im_cloud_error.fields[0].pointer, "/name");
        });
    }

    test("a node without a configuration says so", async () => {
        const node = action("list_customers");
        assert.equal(node.statuses.at(-1).text, "no configuration");
        const { msg } = await host.send(node, {});
        assert.equal(msg.im_cloud_error.code, "configuration_missing");
    });
});

describe("the configuration", () => {
    test("is saved at the gateway under the node's own name, which keeps its state in the user folder and is stopped at the end", async () => {
        const node = configuration({ name: "my shop" });
        await host.send(action("list_customers"), {});
        const [saved] = calls("/configurations/");
        assert.equal(saved.path, "/configurations/node-red-c1");
        assert.equal(saved.body.name, "node-red-c1");
        assert.match(saved.body.description, /Node-RED.*my shop/);
        assert.deepEqual(saved.query, { unverified: "true" });
        assert.equal(saved.body.password, CANARY);
        const first = entries()[0];
        assert.deepEqual(first.started, ["serve", "--port", "0", "--json", "--until-stdin-closes"]);
        assert.equal(first.home, path.join(folder, "im-cloud"));
        open = open.filter((each) => each !== node);
        await host.close(node);
        assert.deepEqual(entries().at(-1), { stopped: true });
    });

    test("that is not accepted keeps its nodes from running and says which field", async () => {
        const node = configuration({ credentials: { password: "short", subscription_key: "12345678" } });
        const { msg } = await host.send(action("list_customers"), {});
        assert.equal(msg.im_cloud_error.code, "invalid_configuration");
        assert.equal(msg.im_cloud_error.fields[0].pointer, "/password");
        assert.equal(calls().length, 0);
        assert.equal(node.errors.length, 1);
        assert.match(node.errors[0], /Too short/);
        const later = action("list_orders");
        assert.deepEqual(later.statuses.at(-1), { fill: "red", shape: "ring", text: "invalid_configuration" });
    });

    test("that lacks a secret is not completed by what the gateway saved earlier", async () => {
        configuration({ credentials: { password: CANARY } });
        const { msg } = await host.send(action("list_customers"), {});
        assert.equal(msg.im_cloud_error.code, "invalid_configuration");
        assert.deepEqual(msg.im_cloud_error.fields.map((field) => field.pointer), ["/subscription_key"]);
        assert.equal(calls("/").length, 0);
    });

    test("shares one gateway with others, also with one that is called the same", async () => {
        configuration();
        configuration({ id: "c2", name: "other" });
        configuration({ id: "c3", name: "main" });
        await host.send(action("list_customers"), {});
        await host.send(action("get_subscription", { configuration: "c2" }), {});
        assert.equal(entries().filter((entry) => entry.started).length, 1);
        await host.send(action("create_customer", { configuration: "c3" }), {});
        const used = ["node-red-c1", "node-red-c2", "node-red-c3"];
        assert.deepEqual(calls().map((call) => call.query.configuration), used);
    });

    for (const name of ["..", ".", "a/b", "a\nb", " "]) {
        test(`may be called ${JSON.stringify(name)}`, async () => {
            configuration({ name });
            const { sent } = await host.send(action("list_customers"), {});
            assert.equal(sent.payload.length, 2);
        });
    }

    test("whose node has an odd id is saved under a name that can be one, and no other's", async () => {
        const odd = ["a/b", "a/c", "..", "x".repeat(100)];
        odd.forEach((id) => configuration({ id }));
        for (const id of odd) {
            await host.send(action("list_customers", { id: `n-${id}`, configuration: id }), {});
        }
        const names = calls("/configurations/").map((call) => call.body.name);
        assert.equal(new Set(names).size, odd.length);
        assert.ok(names.every((name) => /^node-red-[\w-]{1,60}$/.test(name)), names.join());
    });

    test("keeps what a person wrote as its description", async () => {
        configuration({ values: { api_url: "https://a.example", username: "a", marketplace: "us", description: "Mine" } });
        await host.send(action("list_customers"), {});
        assert.equal(calls("/configurations/")[0].body.description, "Mine");
    });

    test("is deleted at the gateway when its node is, and not when it only restarts", async () => {
        const other = configuration({ id: "c2", name: "other" });
        const node = configuration();
        await host.send(action("list_customers"), {});
        await host.close(node);
        assert.deepEqual(entries().filter((entry) => entry.method === "DELETE"), []);
        const again = configuration();
        await host.send(action("list_products"), {});
        open = open.filter((each) => ![node, again, other].includes(each));
        await host.close(again, true);
        const deleted = entries().filter((entry) => entry.method === "DELETE");
        assert.deepEqual(deleted.map((entry) => entry.path), ["/configurations/node-red-c1"]);
        await host.close(other, true);
        assert.equal(entries().filter((entry) => entry.method === "DELETE").length, 2);
        assert.deepEqual(host.warnings, []);
    });

    test("that the gateway does not delete is left behind with a word about it", async () => {
        const node = configuration({ id: "refused" });
        process.env.IM_CLOUD_COMMAND = "no-such-command";
        try {
            start(host.RED);
            const lost = configuration({ id: "c9" });
            open = open.filter((each) => each !== lost);
            await host.close(lost, true);
        } finally {
            process.env.IM_CLOUD_COMMAND = command;
        }
        assert.match(host.warnings.at(-1), /im-cloud config remove node-red-c9/);
        assert.ok(node);
    });
});

describe("a secret", () => {
    const values = { api_url: "https://a.example", username: "a.api", marketplace: "us" };
    const moved = { values: { ...values, api_url: "https://evil.example" }, credentials: undefined };
    const typedFor = (address, secret) => JSON.stringify([address, secret]);
    async function redeployed(changes) {
        await host.close(open.pop());
        rmSync(log, { force: true });
        const node = configuration(changes);
        const said = await host.send(action("list_customers"), {});
        await host.close(open.pop());
        return { node, code: said.error ? said.error.code : "done", fields: said.error ? said.error.details.fields : [] };
    }
    const saved = () => calls("/configurations/").filter((entry) => entry.method === "PUT");

    test("does not go to another host with a deploy that changes only the address", async () => {
        configuration();
        const { code, fields } = await redeployed(moved);
        assert.equal(code, "secret_needed");
        assert.deepEqual(fields.map((field) => field.pointer), ["/password", "/subscription_key"]);
        assert.deepEqual(saved(), []);
        const body = { id: "c1", place: "local", name: "main", values: moved.values };
        const masked = { password: "__PWRD__", subscription_key: "__PWRD__" };
        const { value } = await host.ask("POST /im-cloud/check", { body: { ...body, secrets: masked } });
        assert.equal(value.steps[0].code, "secret_needed");
        assert.equal((await redeployed({ credentials: undefined })).code, "done");
    });

    const sameHost = ["https://a.example/eu", "https://A.example:443/", " a.example ", "https://a.example./x"];
    for (const api_url of sameHost) {
        test(`goes to ${JSON.stringify(api_url)}, which is the same host`, async () => {
            configuration();
            assert.equal((await redeployed({ values: { ...values, api_url }, credentials: undefined })).code, "done");
        });
    }
    const otherHost = ["https://a.example:8443", "http://a.example", "https://b.a.example", "https://a.example@b.example", "https://["];
    for (const api_url of otherHost) {
        test(`does not go to ${api_url}, which is none or another`, async () => {
            configuration();
            const { code } = await redeployed({ values: { ...values, api_url }, credentials: undefined });
            assert.equal(code, "secret_needed");
        });
    }

    test("that is given anew goes to the new host, and back only when it is given again", async () => {
        configuration({ credentials: { password: "older password", subscription_key: "87654321" } });
        const fresh = { password: CANARY, subscription_key: "12345678" };
        assert.equal((await redeployed({ ...moved, credentials: fresh })).code, "done");
        assert.equal((await redeployed({ credentials: undefined })).code, "secret_needed");
    });

    test("that is the same and was typed for the new host goes there", async () => {
        configuration();
        const evidence = {
            password_for: typedFor("https://b.example/eu", CANARY),
            subscription_key_for: typedFor("https://b.example/eu", "12345678"),
        };
        const b = { ...values, api_url: "https://b.example" };
        assert.equal((await redeployed({ values: b, credentials: evidence })).code, "done");
        assert.equal((await redeployed({ credentials: undefined })).code, "secret_needed");
        assert.equal((await redeployed({ values: b, credentials: undefined })).code, "done");
    });

    test("of which only one was typed again keeps the other from going", async () => {
        configuration();
        const { code, fields } = await redeployed({
            ...moved, credentials: { password_for: typedFor("https://evil.example", CANARY) },
        });
        assert.equal(code, "secret_needed");
        assert.deepEqual(fields.map((field) => field.pointer), ["/subscription_key"]);
    });

    for (const forged of ["", "no JSON", typedFor("https://evil.example", "guess"), "null", '["https://evil.example"]']) {
        test(`does not go to another host for whoever does not know it: ${JSON.stringify(forged)}`, async () => {
            configuration();
            const credentials = { password_for: forged, subscription_key_for: forged, bound_to: {} };
            assert.equal((await redeployed({ ...moved, credentials })).code, "secret_needed");
        });
    }

    test("stays with the host it was typed for over a restart of Node-RED", async () => {
        const typed = {
            password: CANARY, password_for: typedFor("https://a.example", CANARY),
            subscription_key: "12345678", subscription_key_for: typedFor("https://a.example", "12345678"),
        };
        configuration({ credentials: typed });
        host.credentials.set("c1", typed);
        assert.equal((await redeployed(moved)).code, "secret_needed");
    });
});

describe("a write that is still running when its flow is stopped", () => {
    const late = [
        ["is done", "submit_order", /Submit Order \(submit_order\).*done, id sub-9, correlation id abc/],
        ["fails", "create_reseller_customer", /create_reseller_customer.*conflict: It went wrong.*correlation id abc/],
    ];
    for (const [name, id, told] of late) {
        test(`and ${name} is told in the log`, async () => {
            const node = configuration();
            const acting = action(id);
            const ended = host.send(acting, { _msgid: "abc" });
            while (calls().length === 0) {
                await new Promise((resolve) => setTimeout(resolve, 10));
            }
            open = [];
            await Promise.all([host.close(acting), host.close(node)]);
            await ended;
            assert.match(host.warnings.at(-1), told);
        });
    }

    test("and one that ends before says nothing there", async () => {
        configuration();
        await host.send(action("submit_order"), {});
        assert.deepEqual(host.warnings, []);
    });
});

describe("a gateway by URL", () => {
    let server;
    const seen = [];
    beforeEach(async () => {
        seen.length = 0;
        server = fakeGateway((entry) => seen.push(entry));
        await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
    const url = () => `http://127.0.0.1:${server.address().port}/`;
    const remote = (changes = {}) =>
        configuration({ place: "remote", url: url(), credentials: { gateway_key: KEY }, ...changes });

    test("is called with its key, and no process is started", async () => {
        remote();
        const { sent } = await host.send(action("list_customers"), {});
        assert.equal(sent.payload.length, 2);
        assert.equal(seen[0].authorization, `Bearer ${KEY}`);
        assert.deepEqual(entries(), []);
    });

    const wrong = [
        ["plain http to another machine", { url: "http://gateway.example" }, "/url"],
        ["no address", { url: "gateway" }, "/url"],
        ["no key", { credentials: {} }, "/gateway_key"],
    ];
    for (const [name, changes, pointer] of wrong) {
        test(`${name} is refused before anything is sent`, async () => {
            remote(changes);
            const { msg } = await host.send(action("list_customers"), {});
            assert.equal(msg.im_cloud_error.code, "invalid_configuration");
            assert.equal(msg.im_cloud_error.fields[0].pointer, pointer);
        });
    }

    test("that cannot be reached was sent nothing, so a write may be repeated", async () => {
        remote({ url: "http://127.0.0.1:1/" });
        const { msg } = await host.send(action("update_customer"), {});
        assert.equal(msg.im_cloud_error.code, "gateway_unreachable");
        assert.equal(msg.im_cloud_error.retry, "yes");
    });

    test("an answer that breaks off in the middle is not taken for one", async () => {
        remote();
        const node = action("get_order");
        const asked = host.send(node, {});
        setTimeout(() => server.closeAllConnections(), 300);
        assert.equal((await asked).msg.im_cloud_error.code, "gateway_lost");
    });

    const checks = [
        ["passes", { name: "main" }, true, ["gateway", "key", "form"], []],
        ["marks a key it does not know", { gateway_key: "other" }, false, ["gateway", "key"], ["gateway_key"]],
        ["with a small key does not say that all is well", { name: "refused" }, false, ["gateway", "key"], []],
        ["without a name does not either", { name: "" }, false, ["gateway", "key"], []],
        ["marks a name that is not there", { name: "refused-elsewhere" }, false, ["gateway", "key", "configuration"], ["name"]],
        ["of a name that is part of a path asks for no other one", { name: ".." }, false, ["gateway", "key"], []],
        ["marks a URL nobody answers at", { url: "http://127.0.0.1:1" }, false, ["gateway"], ["url"]],
    ];
    for (const [name, changes, passing, steps, fields] of checks) {
        test(`Test ${name}`, async () => {
            const body = { place: "remote", url: url(), name: "main", gateway_key: KEY, ...changes };
            const { value } = await host.ask("POST /im-cloud/check", { body });
            assert.equal(value.passing, passing);
            assert.deepEqual(value.steps.map((step) => step.name), steps);
            assert.deepEqual(value.steps.flatMap((step) => step.fields), fields);
            const failed = value.steps.some((step) => !step.passed);
            assert.equal(value.warnings.length, passing || failed ? 0 : 1);
        });
    }

    test("with a key that holds a line break says so, and a blank around it does no harm", async () => {
        remote({ credentials: { gateway_key: "key\nother" } });
        const { msg } = await host.send(action("list_customers"), {});
        assert.equal(msg.im_cloud_error.code, "invalid_configuration");
        assert.equal(msg.im_cloud_error.fields[0].pointer, "/gateway_key");
        remote({ id: "c2", credentials: { gateway_key: ` ${KEY}\n` } });
        const { sent } = await host.send(action("list_products", { id: "n2", configuration: "c2" }), {});
        assert.equal(sent, null);
        assert.equal(seen[0].authorization, `Bearer ${KEY}`);
    });

    test("its key does not go to another URL with a deploy that changes only that", async () => {
        remote();
        await host.close(open.pop());
        const other = fakeGateway((entry) => seen.push(entry));
        await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
        try {
            remote({ url: `http://127.0.0.1:${other.address().port}`, credentials: undefined });
            const { msg } = await host.send(action("list_customers"), {});
            assert.equal(msg.im_cloud_error.code, "secret_needed");
            assert.equal(msg.im_cloud_error.fields[0].pointer, "/gateway_key");
            assert.deepEqual(seen, []);
        } finally {
            await new Promise((resolve) => other.close(resolve));
        }
    });

    test("Test sends a stored key only to the gateway it was stored for", async () => {
        remote();
        const body = { id: "c1", place: "remote", url: url(), name: "main", gateway_key: "__PWRD__" };
        assert.equal((await host.ask("POST /im-cloud/check", { body })).value.passing, true);
        const moved = { ...body, url: "http://127.0.0.1:1" };
        const { value } = await host.ask("POST /im-cloud/check", { body: moved });
        assert.equal(value.steps[0].code, "secret_needed");
        assert.deepEqual(value.steps[0].fields, ["gateway_key"]);
    });
});

describe("Test in the dialog", () => {
    const filled = { place: "local", name: "main", values: { api_url: "https://a.example/" } };
    const masked = { password: "__PWRD__", subscription_key: "__PWRD__" };

    test("works before the first deploy, and the gateway it needed is gone afterwards", async () => {
        const secrets = { password: "typed", subscription_key: "12345678" };
        const { value } = await host.ask("POST /im-cloud/check", { body: { ...filled, id: "new", secrets } });
        assert.equal(value.passing, true);
        assert.equal(calls("/configuration-tests")[0].body.password, "typed");
        assert.deepEqual(entries().at(-1), { stopped: true });
    });

    test("uses stored secrets for the address they were stored for", async () => {
        configuration();
        const { value } = await host.ask("POST /im-cloud/check", { body: { ...filled, id: "c1", secrets: masked } });
        assert.equal(value.passing, true);
        assert.equal(calls("/configuration-tests")[0].body.password, CANARY);
    });

    test("asks for the secrets again when the address is another", async () => {
        configuration();
        const values = { api_url: "https://evil.example" };
        const { value } = await host.ask("POST /im-cloud/check", { body: { ...filled, values, id: "c1", secrets: masked } });
        assert.equal(value.passing, false);
        assert.equal(value.steps[0].code, "secret_needed");
        assert.deepEqual(value.steps[0].fields.sort(), ["password", "subscription_key"]);
        assert.ok(!JSON.stringify(value).includes(CANARY));
    });

    test("takes nothing but JSON", async () => {
        assert.equal((await host.ask("POST /im-cloud/check", { body: filled, json: false })).status, 415);
    });
});

describe("a list from the vendor", () => {
    const route = "GET /im-cloud/:configId/options/:action/:input";
    const params = { configId: "c1", action: "list_orders", input: "customerId" };

    test("comes through the deployed configuration, narrowed by what is chosen", async () => {
        configuration();
        const query = { search: "Al", organization: "org-7", status: "active" };
        const { status, value } = await host.ask(route, { params, query });
        assert.equal(status, 200);
        assert.deepEqual(value, { items: [{ id: "1", name: "Alder" }], total: 1 });
        const [call] = calls("/options/");
        assert.equal(call.path, "/options/list_orders/customerId");
        assert.deepEqual(call.query, {
            status: "active", configuration: "node-red-c1", organization: "org-7", search: "Al", limit: "50",
        });
    });

    test("that was typed over is given up at the gateway", async () => {
        configuration();
        const gone = new EventEmitter();
        const asked = host.ask(route, { params, query: { search: "slow" }, gone });
        while (calls("/options/").length === 0) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        gone.emit("close");
        await asked;
        while (!entries().some((entry) => entry.gone === "/options/list_orders/customerId")) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
    });

    test("before the first deploy says what to do", async () => {
        const { status, value } = await host.ask(route, { params });
        assert.equal(status, 409);
        assert.match(value.error.hint, /Deploy/);
    });
});
