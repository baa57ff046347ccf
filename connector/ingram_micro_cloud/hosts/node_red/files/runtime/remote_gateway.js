"use strict";
// A gateway that somebody else runs, named by its URL.

const { problem } = require("./errors.js");

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Returns where to call.
 *
 * @throws {ImCloudError} when the URL cannot be used, or the key is missing
 */
function remoteGateway(url, key, plainHttp) {
    let target;
    try {
        target = new URL((url || "").trim());
    } catch {
        target = null;
    }
    if (!target || !/^https?:$/.test(target.protocol) || target.username || target.search || target.hash) {
        throw unusable("url", "The gateway's URL cannot be read as an address.", "It looks like https://gateway.example.");
    }
    if (target.protocol === "http:" && !LOOPBACK.test(target.hostname) && !plainHttp) {
        throw unusable(
            "url",
            "The gateway's URL begins with http://, and the key would travel readable.",
            'Use https://, or switch on "Allow plain http" when the network between is your own.',
        );
    }
    if (!key) {
        throw unusable("gateway_key", "The gateway's key is missing.", "Whoever runs the gateway issues one.");
    }
    const given = key.trim();
    if (!/^[\x21-\x7e]+$/.test(given)) {
        throw unusable("gateway_key", "The gateway's key holds blanks, a line break or other odd characters.", "Copy it again.");
    }
    return { url: target.href, key: given };
}

function unusable(field, message, hint) {
    return problem("invalid_configuration", message, {
        hint,
        fields: [{ pointer: `/${field}`, code: "invalid_configuration", message }],
    });
}

module.exports = { remoteGateway };
