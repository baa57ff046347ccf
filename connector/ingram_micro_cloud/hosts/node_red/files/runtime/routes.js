"use strict";
// What the editor asks: the connection check, and the entries of a drop-down.

const { asProblem, problem } = require("./errors.js");
const { callGateway } = require("./gateway_call.js");
const { checkLocal, checkRemote } = require("./connection_check.js");

const ENTRIES = 50;
const PATIENCE = 90 * 1000;

function addRoutes(RED, palette, shared) {
    const allowed = RED.auth.needsPermission("flows.write");

    RED.httpAdmin.post("/im-cloud/check", allowed, async (request, response) => {
        if (!request.is("application/json")) {
            // A form on a foreign page can send anything but JSON.
            response.status(415).json({ error: { code: "wrong_content_type", message: "Send JSON." } });
            return;
        }
        const typed = request.body || {};
        const stored = storedBy(RED, typed.id);
        const report = typed.place === "remote" ? checkRemote(RED, typed, stored) : checkLocal(RED, palette, shared, typed, stored);
        response.json(await report);
    });

    RED.httpAdmin.get("/im-cloud/:configId/options/:action/:input", allowed, async (request, response) => {
        // A search that was typed over is not read to its end.
        const superseded = new AbortController();
        response.on("close", () => superseded.abort());
        try {
            response.json(await options(RED, palette, request, superseded.signal));
        } catch (error) {
            const found = asProblem(error);
            response.status(found.code === "not_deployed" ? 409 : 502).json({ error: found.details });
        }
    });
}

/** Returns the deployed node of this id and its secrets, or nothing before the first deploy. */
function storedBy(RED, id) {
    const node = typeof id === "string" ? RED.nodes.getNode(id) : null;
    return node && node.values ? { node, secrets: RED.nodes.getCredentials(id) || {} } : { node: null, secrets: {} };
}

async function options(RED, palette, request, signal) {
    const { configId, action, input } = request.params;
    const node = RED.nodes.getNode(configId);
    if (!node || !node.connection) {
        throw problem("not_deployed", "The list comes from the vendor once the configuration is deployed.", {
            hint: "Deploy, then open this dialog again. The value can be typed as well.",
        });
    }
    if (!palette.actions.some((each) => each.id === action)) {
        throw problem("unknown_action", "There is no such action.");
    }
    const { configuration, ...gateway } = await node.connection();
    const path = `/options/${encodeURIComponent(action)}/${encodeURIComponent(input)}`;
    const { search, organization, ...chosen } = request.query;
    const { value } = await callGateway(gateway, {
        method: "GET",
        path,
        query: { ...chosen, configuration, organization, search, limit: ENTRIES },
        reads: true,
        silence: PATIENCE,
        signal,
    });
    return { items: value.items, total: value.total };
}

module.exports = { addRoutes };
