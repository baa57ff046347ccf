"use strict";
// Which host a stored secret was given for. It goes to that host and to no other until it is typed again.

const { createHash } = require("node:crypto");

/** No credential of the node's type, so neither the editor nor a deploy can read or write it. */
const BOUND = "bound_to";
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Returns the credential in which the dialog keeps a secret once more, with the address it was typed for. */
function evidenceOf(secret) {
    return `${secret}_for`;
}

/** Returns scheme, host and port of an address as people type it, or null. */
function originOf(address) {
    const plain = String(address || "").replace(/\s+/g, "");
    const [start] = plain.split("/");
    const scheme = LOOPBACK.test(start.replace(/:\d+$/, "")) ? "http" : "https";
    try {
        const { protocol, host } = new URL(plain.includes("://") ? plain : `${scheme}://${plain}`);
        return host ? `${protocol}//${host.replace(/\.(?=:|$)/, "")}` : null;
    } catch {
        return null;
    }
}

/**
 * Binds the secrets a node was deployed with to the host it names.
 *
 * A secret that is new is taken as given for that host. One that was there before stays with its host, unless the
 * dialog says it was typed for the new one: it says so with the secret itself, which nobody else knows.
 *
 * @param {string[]} names of the secrets
 * @returns {string[]} those that belong to another host
 */
function bindSecrets(RED, id, names, address) {
    const stored = RED.nodes.getCredentials(id) || {};
    const bound = { ...stored[BOUND] };
    const origin = originOf(address);
    const foreign = [];
    for (const name of names.filter((each) => stored[each])) {
        const typedFor = typedOrigin(stored[evidenceOf(name)], stored[name]);
        const before = bound[name];
        const known = before && before.digest === digestOf(stored[name]) ? before.origin : null;
        const isNew = typedFor === null && known === null;
        if (!isNew && (origin === null || (typedFor !== origin && known !== origin))) {
            foreign.push(name);
        } else if (origin) {
            bound[name] = { origin, digest: digestOf(stored[name]) };
        }
    }
    if (JSON.stringify(bound) !== JSON.stringify(stored[BOUND] || {})) {
        RED.nodes.addCredentials(id, { ...stored, [BOUND]: bound });
    }
    return foreign;
}

/** Whether a stored secret may go to an address. */
function belongsTo(RED, id, name, address) {
    const stored = RED.nodes.getCredentials(id) || {};
    const bound = (stored[BOUND] || {})[name];
    return Boolean(bound && bound.digest === digestOf(stored[name]) && bound.origin === originOf(address));
}

function typedOrigin(evidence, secret) {
    try {
        const [address, typed] = JSON.parse(evidence);
        return typed === secret ? originOf(address) : null;
    } catch {
        return null;
    }
}

function digestOf(secret) {
    return createHash("sha256").update(String(secret)).digest("hex");
}

module.exports = { belongsTo, bindSecrets, evidenceOf };
