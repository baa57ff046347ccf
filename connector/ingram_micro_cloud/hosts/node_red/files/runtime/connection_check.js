"use strict";
// The connection check behind the Test button, for what is typed and for a gateway by URL.

const { asProblem } = require("./errors.js");
const { callGateway } = require("./gateway_call.js");
const { remoteGateway } = require("./remote_gateway.js");
const { belongsTo } = require("./secret_binding.js");

const PATIENCE = 180 * 1000;
/** What Node-RED shows in place of a stored credential. */
const MASK = "__PWRD__";

/** Checks typed form values through the gateway on this machine; starts it for the while when nothing else has. */
async function checkLocal(RED, palette, shared, typed, stored) {
    const { values, foreign } = withSecrets(RED, palette, typed, stored);
    if (foreign) {
        const { message, fields } = palette.check.secret_needed;
        return failing([], step("form", false, "secret_needed", fields, message));
    }
    shared.acquire();
    try {
        const { value } = await callGateway(await shared.address(), {
            method: "POST",
            path: "/configuration-tests",
            body: values,
            reads: true,
            silence: PATIENCE,
            fits: isReport,
        });
        return value;
    } catch (error) {
        return failing([], stepOf("gateway", error));
    } finally {
        await shared.release();
    }
}

function withSecrets(RED, palette, typed, stored) {
    // How a person calls it is no name at the gateway.
    const values = { ...(typed.values || {}), name: "node-red" };
    let foreign = false;
    for (const name of palette.form.secrets) {
        const given = (typed.secrets || {})[name];
        if (given !== MASK) {
            values[name] = given || "";
        } else if (stored.node && belongsTo(RED, typed.id, name, values.api_url)) {
            values[name] = stored.secrets[name] || "";
        } else {
            // A stored secret is never sent to a host it was not stored for.
            foreign = true;
        }
    }
    return { values, foreign };
}

function isReport(answer) {
    return typeof answer.passing === "boolean" && Array.isArray(answer.steps);
}

/** Checks a gateway by URL, its key, and the configuration saved there. */
async function checkRemote(RED, typed, stored) {
    const passed = [];
    let key = typed.gateway_key;
    if (key === MASK) {
        if (!stored.node || !belongsTo(RED, typed.id, "gateway_key", typed.url)) {
            const text = "The stored key belongs to another gateway and goes only there. Type this gateway's key.";
            return failing(passed, step("key", false, "secret_needed", ["gateway_key"], text));
        }
        key = stored.secrets.gateway_key;
    }
    try {
        const gateway = remoteGateway(typed.url, key, typed.plain_http);
        const named = (typed.name || "").trim();
        const query = { configuration: named };
        await callGateway(gateway, { method: "GET", path: "/actions", query, reads: true, silence: PATIENCE });
        passed.push(step("gateway", true), step("key", true));
        if (!named) {
            return unchecked(passed, "The gateway's default configuration is used; name one to have it checked here.");
        }
        if (/^\.\.?$/.test(named)) {
            return unchecked(passed, `A configuration called ${named} cannot be tested from here.`);
        }
        const path = `/configurations/${encodeURIComponent(named)}/test`;
        const call = { method: "POST", path, body: {}, reads: true, silence: PATIENCE, fits: isReport };
        const { value } = await callGateway(gateway, call);
        return { ...value, steps: [...passed, ...value.steps] };
    } catch (error) {
        return remoteFailure(passed, asProblem(error));
    }
}

function remoteFailure(passed, error) {
    if (error.code === "manage_required") {
        const text = "This key may not run the connection check, so the configuration and its vendor were not tried.";
        return unchecked(passed, text);
    }
    if (error.code === "key_unknown" || error.code === "key_missing") {
        return failing([...passed, step("gateway", true)], stepOf("key", error, ["gateway_key"]));
    }
    if (error.code === "configuration_missing" || error.code === "configuration_refused") {
        return failing([step("gateway", true), step("key", true)], stepOf("configuration", error, ["name"]));
    }
    const marked = error.details.fields.map((field) => field.pointer.slice(1));
    return failing(passed, stepOf("gateway", error, marked.length ? marked : ["url"]));
}

function stepOf(name, error, fields = []) {
    const found = asProblem(error);
    return step(name, false, found.code, fields, found.toString());
}

function step(name, passed, code = null, fields = [], message = "") {
    return { name, passed, code, fields, message };
}

function failing(before, failed) {
    return { passing: false, steps: [...before, failed], warnings: [] };
}

/** Nothing failed, and not everything was tried: that is not "passing". */
function unchecked(steps, warning) {
    return { passing: false, steps, warnings: [warning] };
}

module.exports = { checkLocal, checkRemote };
