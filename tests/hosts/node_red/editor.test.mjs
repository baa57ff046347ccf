// What the editor's script registers, and what it finds wrong in a node, without a browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import vm from "node:vm";

const page = readFileSync(path.join(process.env.PACKAGE, "im-cloud.html"), "utf8");
const palette = JSON.parse(readFileSync(path.join(process.env.PACKAGE, "palette.json"), "utf8"));
const types = {};
const [, script] = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(page);
vm.runInNewContext(script, { RED: { nodes: { registerType: (name, definition) => (types[name] = definition) } } });

const text = (value) => ({ type: "str", value });
const typeOf = (id) => types[palette.actions.find((action) => action.id === id).type];
/** An array of another realm is no array of this one. */
const plain = (value) => JSON.parse(JSON.stringify(value));

test("every action and the configuration are registered with what the palette says", () => {
    assert.equal(Object.keys(types).length, palette.actions.length + 1);
    for (const action of palette.actions) {
        const definition = types[action.type];
        assert.equal(definition.category, action.category);
        assert.equal(definition.color, action.colour);
        assert.equal(definition.icon, action.icon);
        assert.equal(definition.label.call({ name: "" }), action.label);
        assert.equal(definition.label.call({ name: "mine" }), "mine");
        assert.equal("purchase_key" in definition.defaults, action.buys);
    }
    assert.equal(types[palette.configuration].category, "config");
});

const cases = [
    ["nothing is missing where nothing is required", "list_customers", {}, {}, []],
    ["a required input is missing", "get_customer", {}, {}, ["Customer is required."]],
    ["an organization fills the mapped input", "get_customer", {}, { organization: text("org-7") }, []],
    ["an organization fills nothing else", "get_order", {}, { organization: text("org-7") }, ["Order is required."]],
    ["the payload may fill it", "get_customer", {}, { from_payload: true }, []],
    ["a number that is too small", "list_customers", { limit: { type: "num", value: "0" } }, {}, ["must be at least 1"]],
    ["a number that is too large", "list_customers", { limit: { type: "num", value: "9999" } }, {}, ["at most 1000"]],
    ["a broken number", "list_customers", { limit: { type: "num", value: "1.5" } }, {}, ["must be a whole number"]],
    ["a text as number", "list_customers", { limit: text("many") }, {}, ["must be a number"]],
    ["no JSON", "create_customer", filled({ address: { type: "json", value: "{" } }), {}, ["must be valid JSON"]],
    ["a list for an object", "create_customer", filled({ address: { type: "json", value: "[]" } }), {}, ["an object"]],
    ["too few entries", "create_customer", filled({ contactPersons: { type: "json", value: "[]" } }), {}, ["at least 1 entr"]],
    ["an odd date", "list_reports", { from: text("yesterday") }, {}, ["a date such as"]],
    ["a good date", "list_reports", { from: { type: "day", value: "2026-11-02" } }, {}, []],
    ["an odd moment", "list_orders", { creationTimeFrom: text("yesterday") }, {}, ["such as 2026"]],
    ["no UUID", "get_report", { reportId: text("7") }, {}, ["a UUID"]],
    ["an odd content type", "generic_request", { path: text("/x"), content_type: text("x") }, {}, ["must be like"]],
    ["what comes from elsewhere is not judged", "list_customers", { limit: { type: "msg", value: "x" } }, {}, []],
];

function filled(changes) {
    const json = (value) => ({ type: "json", value });
    const given = { name: text("A"), language: text("en"), address: json("{}"), contactPersons: json("[{}]") };
    return { ...given, ...changes };
}

for (const [name, id, given, node, expected] of cases) {
    test(`in the dialog: ${name}`, () => {
        const { validate } = typeOf(id).defaults.given;
        assert.equal(validate.length, 2);
        const found = validate.call({ organization: text(""), ...node }, given, {});
        const problems = found === true ? [] : plain(found);
        assert.equal(problems.length, expected.length, String(problems));
        expected.forEach((part, at) => assert.ok(problems[at].includes(part), problems[at]));
    });
}

const whole = { username: "a.api", api_url: "https://a.example", marketplace: "us", max_order_amount: null };
const configurations = [
    ["a new one needs a name", { place: "local" }, "name", "", /required/],
    ["a name that cannot be one", { place: "local" }, "name", "a/b", /must be/],
    ["a gateway's default needs no name", { place: "remote" }, "name", "", true],
    ["a gateway needs its URL", { place: "remote" }, "url", "gateway", /https/],
    ["on this machine needs no URL", { place: "local" }, "url", "", true],
    ["required fields", { place: "local" }, "values", null, /Username is required/],
    ["all filled in", { place: "local" }, "values", whole, true],
    ["an odd amount", { place: "local" }, "values", { ...whole, max_order_amount: "much" }, /amount/],
    ["a gateway needs no form", { place: "remote" }, "values", null, true],
];
for (const [name, node, property, value, expected] of configurations) {
    test(`a configuration: ${name}`, () => {
        const found = types[palette.configuration].defaults[property].validate.call(node, value, {});
        if (expected === true) {
            assert.equal(found, true);
        } else {
            assert.match(String(found), expected);
        }
    });
}
