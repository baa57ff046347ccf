"use strict";
// One HTTP call to a gateway. Nothing is ever sent twice: what may be repeated, the gateway repeats.

const http = require("node:http");
const https = require("node:https");
const { ImCloudError, problem } = require("./errors.js");

/** Following an order or a report may take an hour by itself; a call that is silent longer is lost. */
const LONGEST_SILENCE = 70 * 60 * 1000;
/** Far above any answer: a list of 100,000 rows has about 20 MB. */
const LARGEST_ANSWER = 512 * 1024 * 1024;
const NEVER_LEFT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EACCES"]);

/**
 * Calls the gateway.
 *
 * @param {{url: string, key: string}} gateway where, and the key; it travels in a header only
 * @param {{method: string, path: string, query?: object, body?: object, correlation?: string, reads?: boolean,
 *     signal?: AbortSignal, silence?: number}} call `reads` says that nothing can have changed when no answer comes
 * @returns {Promise<{status: number, value: object, correlation: string|null}>} also for error statuses that are
 *     `expected`
 * @throws {ImCloudError} for everything else
 */
async function callGateway(gateway, call) {
    const answer = await send(gateway, call);
    const correlation = answer.headers["x-correlation-id"] || null;
    const value = parsed(answer.text);
    const success = answer.status >= 200 && answer.status < 300;
    if ((success && value) || (value && !value.error && (call.expected || []).includes(answer.status))) {
        return { status: answer.status, value, correlation };
    }
    if (value && value.error && typeof value.error === "object") {
        throw refusal(value.error, answer, correlation);
    }
    throw unreadable(answer, call, correlation);
}

function send(gateway, call) {
    const target = new URL(gateway.url.replace(/\/+$/, "") + call.path);
    for (const [name, value] of Object.entries(call.query || {})) {
        if (value !== undefined && value !== null && value !== "") {
            target.searchParams.set(name, String(value));
        }
    }
    const body = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
    const headers = { Accept: "application/json", Authorization: `Bearer ${gateway.key}` };
    if (call.correlation) {
        headers["X-Correlation-ID"] = call.correlation;
    }
    if (body) {
        headers["Content-Type"] = "application/json";
        headers["Content-Length"] = body.length;
    }
    const { request } = target.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
        const lost = (error) => reject(lostCall(error, call));
        // A connection of its own for each call: one kept open may just be closing at the other end, and then nobody
        // knows whether a write has arrived.
        const options = { method: call.method, headers, signal: call.signal, agent: false };
        const asked = request(target, options, (answer) => {
            const parts = [];
            let size = 0;
            answer.on("data", (part) => {
                size += part.length;
                if (size > LARGEST_ANSWER) {
                    answer.destroy(new Error("the answer is too large"));
                    return;
                }
                parts.push(part);
            });
            answer.on("error", lost);
            answer.on("aborted", () => lost(new Error("the connection broke")));
            answer.on("end", () =>
                resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }),
            );
        });
        asked.setTimeout(call.silence || LONGEST_SILENCE, () => asked.destroy(new Error("no answer came in time")));
        asked.on("error", lost);
        asked.end(body);
    });
}

function parsed(text) {
    try {
        const value = JSON.parse(text);
        return value && typeof value === "object" ? value : null;
    } catch {
        return null;
    }
}

function refusal(error, answer, correlation) {
    const wait = Number(answer.headers["retry-after"]);
    const details = { ...error, gateway_status: answer.status };
    if (Number.isFinite(wait)) {
        details.retry_after = wait;
    }
    details.correlation_id = details.correlation_id || correlation;
    return new ImCloudError(details);
}

function unreadable(answer, call, correlation) {
    const told = { status_code: answer.status, correlation_id: correlation };
    if (answer.status >= 300 && answer.status < 500) {
        return problem("gateway_refused", `The gateway answered with status ${answer.status} and no reason.`, {
            ...told,
            hint: "Check the gateway's URL; something else may be answering there.",
        });
    }
    if (call.reads) {
        return problem("unreadable_answer", `The gateway's answer (status ${answer.status}) could not be read.`, {
            ...told,
            hint: "Try again; if it stays, look at the gateway and at the proxy in front of it.",
            retry: "yes",
        });
    }
    return unknown(`The gateway's answer (status ${answer.status}) could not be read.`, told);
}

function lostCall(error, call) {
    const certificate = typeof error.code === "string" && /CERT|TLS|SSL/.test(error.code);
    if (NEVER_LEFT.has(error.code) || certificate) {
        return problem("gateway_unreachable", `The gateway cannot be reached (${error.code}).`, {
            hint: "Nothing was sent. Check the gateway's URL, and that it runs.",
            retry: "yes",
        });
    }
    if (call.reads) {
        return problem("gateway_lost", `The gateway did not answer: ${error.message}.`, {
            hint: "Only reading was asked for; try again.",
            retry: "yes",
        });
    }
    return unknown(`The gateway did not answer: ${error.message}.`, {});
}

function unknown(message, more) {
    return problem("outcome_unknown", `${message} What was asked may or may not have been done.`, {
        ...more,
        hint: "Look before it is run again: an order with Check Orders, anything else with the action that reads it.",
        retry: "after_check",
    });
}

module.exports = { callGateway };
